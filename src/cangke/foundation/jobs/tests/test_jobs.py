import datetime as dt

import pytest
from django.utils import timezone

from cangke.foundation.jobs import registry
from cangke.foundation.jobs.public import (
    Job,
    cancel_job,
    do_due_duties,
    every,
    job_kind,
    run_job,
    start_job,
    sweep_jobs,
)
from cangke.foundation.refusal import Refusal
from tests.factories import make_account

pytestmark = pytest.mark.django_db(transaction=True)
runs: list[int] = []


@pytest.fixture(autouse=True)
def _kinds():
    runs.clear()

    @job_kind("test.count", "数数")
    def count(progress):
        for number in range(progress.arguments["to"]):
            runs.append(number)
            progress.step(number + 1, progress.arguments["to"])
        progress.result(message="数完了")

    @job_kind("test.break", "出错")
    def broken(progress):
        raise ZeroDivisionError

    yield
    del registry.KINDS["test.count"], registry.KINDS["test.break"]


def test_a_job_runs_once_and_says_what_came_of_it():
    by = make_account()
    job = start_job("test.count", {"to": 3}, by=by, at=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.percent, job.message) == ("done", 100, "数完了")
    run_job(job.pk)
    assert runs == [0, 1, 2]


def test_a_failed_job_says_so_with_a_number_to_quote():
    job = start_job("test.break", {}, by=None, at=timezone.now())
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.key in job.message


def test_a_job_whose_worker_died_is_taken_up_again():
    """Design security 68: a worker killed in its job."""
    job = start_job("test.count", {"to": 2}, by=None, at=timezone.now())
    Job.objects.update(state="running", lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert sweep_jobs(at=timezone.now()) == 1
    job.refresh_from_db()
    assert job.state == "done"


def test_only_the_starter_may_cancel_and_only_while_it_runs():
    by = make_account()
    job = start_job("test.count", {"to": 1}, by=by, at=timezone.now())
    with pytest.raises(Refusal):
        cancel_job(key=job.key, by=by)
    with pytest.raises(Job.DoesNotExist):
        cancel_job(key=job.key, by=make_account())
    Job.objects.update(state="running", lease_until=None)
    cancel_job(key=job.key, by=by)
    Job.objects.update(state="queued")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_of_two_workers_one_does_a_due_duty():
    done = []

    @every(seconds=60)
    def duty(at):
        done.append(at)

    start = timezone.now()
    try:
        name = next(each for each in registry.PERIODIC if each.endswith(".duty"))
        assert name in do_due_duties(at=start)
        assert name not in do_due_duties(at=start + dt.timedelta(seconds=59))
        assert name in do_due_duties(at=start + dt.timedelta(seconds=61))
        assert len(done) == 2
    finally:
        del registry.PERIODIC[name]
