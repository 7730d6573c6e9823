"""One's own long work on the page."""

import datetime as dt

import pytest
from django.utils import timezone

from cangke.foundation.access.public import Roles
from cangke.foundation.jobs.public import Job
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_account(Roles.AGENT)


def make_job(account, **fields):
    values = {"kind": "test", "title": "导入订单", "created_at": timezone.now(), **fields}
    return Job.objects.create(started_by=account, **values)


def test_one_sees_ones_own_jobs_whatever_ones_reach(agent):
    make_job(agent)
    make_job(make_account(), title="别人的")
    found = client_for(agent).get("/jobs/").content.decode()
    assert "导入订单" in found
    assert "别人的" not in found


def test_a_foreign_job_is_not_found_and_not_cancelled(agent):
    job = make_job(make_account(), state="running")
    browser = client_for(agent)
    assert browser.get(f"/jobs/{job.key}/").status_code == 404
    assert browser.post(f"/jobs/{job.key}/cancel/").status_code == 404
    job.refresh_from_db()
    assert not job.cancel_requested


def test_a_running_job_keeps_its_page_up_to_date(agent):
    job = make_job(agent, state="running", done=30, total=100)
    browser = client_for(agent)
    found = browser.get(f"/jobs/{job.key}/").content.decode()
    assert "30%" in found
    assert f'data-live="account:{agent.pk}"' in found
    part = browser.get(f"/jobs/{job.key}/", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="job-progress")
    assert "30%" in part.content.decode()
    assert "<html" not in part.content.decode()
    Job.objects.update(state="done", done=100, message="已导入 100 单", result_url="/files/k")
    part = browser.get(f"/jobs/{job.key}/", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="job-progress")
    assert "已导入 100 单" in part.content.decode()
    assert 'href="/files/k"' in part.content.decode()
    assert "data-live" not in part.content.decode(), "nothing more will come"


def test_a_job_is_cancelled_once_and_only_while_it_runs(agent):
    job = make_job(agent, state="running")
    browser = client_for(agent)
    assert browser.get(f"/jobs/{job.key}/cancel/").status_code == 405
    assert browser.post(f"/jobs/{job.key}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.cancel_requested
    Job.objects.update(state="done")
    assert browser.post(f"/jobs/{job.key}/cancel/").status_code == 422


def test_the_panel_shows_what_runs_and_what_ended_lately(agent):
    make_job(agent, state="running", title="进行的")
    make_job(agent, state="done", title="刚完的", finished_at=timezone.now())
    old = timezone.now() - dt.timedelta(days=2)
    make_job(agent, state="done", title="早完的", finished_at=old)
    found = client_for(agent).get("/jobs/running/").content.decode()
    assert "进行的" in found
    assert "刚完的" in found
    assert "早完的" not in found


def test_the_list_takes_the_same_queries_at_any_length(agent, django_assert_max_num_queries):
    browser = client_for(agent)
    browser.get("/jobs/")
    for _n in range(60):
        make_job(agent)
    with django_assert_max_num_queries(10):
        browser.get("/jobs/")
