"""Own approval, skipped steps, stale and double decisions, a process killed in between."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.approvals import public as approvals
from cangke.approvals.events import CaseApproved
from cangke.foundation.access.public import disable_account
from cangke.foundation.events.public import EventRecord, sweep
from cangke.people import public as people
from cangke.regularization import actions, handlers
from cangke.regularization.models import Conclusion, RegularizationFile
from cangke.regularization.rules import FileState, Sheet
from cangke.regularization.tests.factories import (
    WORDS,
    answers_for,
    decide,
    make_file,
    make_ladder,
    submit,
    through,
    waiting,
)
from tests.factories import client_for

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def ladder():
    today = timezone.localdate()
    return make_ladder(employed_from=today - 80 * DAY, probation_until=today + 10 * DAY)


def handed_in(ladder, template: str = "v1") -> RegularizationFile:
    return submit(make_file(ladder, template), at=timezone.now())


def answered(client, file, task_id: int, step: str, outcome: str = "", **more):
    """Post a decision as a form would, whoever's turn it is."""
    prefix = f"t{task_id}-"
    answers = {f"{prefix}answer_{k}": v for k, v in answers_for(file, step).items()}
    data = {"decision": "approve", "outcome": outcome, "seen": file.case.fingerprint,
            f"{prefix}comment": "好", **answers, **more}  # fmt: skip
    return client.post(reverse("regularization:decide", args=[file.pk, task_id]), data)


def test_neither_the_own_file_nor_a_later_step_is_decided_by_its_address(ladder):
    """Security 4: through the file's page and through the case's, nothing moves."""
    file = handed_in(ladder)
    task = file.case.tasks.get()
    for who, task_id, step in (
        (ladder.agent, task.pk, "evaluate"),  # the own application
        (ladder.boss, task.pk, "final"),  # who comes later answers the first step
        (ladder.leader, task.pk + 1, "final"),  # a step that is not there yet
    ):
        status = answered(client_for(who), file, task_id, step, "pass").status_code
        assert status in (403, 404, 422), (who, status)
        url = reverse("approvals:decide", args=[file.case_id, task_id])
        forged = {"decision": "approve", "seen": file.case.fingerprint}
        assert client_for(who).post(url, forged).status_code in (403, 404, 409, 422)
    file.refresh_from_db()
    assert (file.state, file.case.decisions.count()) == (FileState.RUNNING, 1)
    assert waiting(file) == [ladder.leader]


def test_the_task_of_another_file_is_not_decided_on_this_ones_page(ladder):
    """Security 4: a task's number posted to the page of a file it does not belong to."""
    file = handed_in(ladder)
    stranger = make_ladder(employed_from=file.begins_on, probation_until=file.ends_on)
    other = handed_in(stranger)
    refused = answered(client_for(ladder.leader), file, other.case.tasks.get().pk, "evaluate")
    assert refused.status_code == 404
    assert other.case.decisions.count() == 1


def test_an_application_names_its_author_from_the_session(ladder):
    """Security 5: nobody applies for somebody else, whatever the form says."""
    file = make_file(ladder)
    address = reverse("regularization:apply", args=[file.pk])
    words = {**WORDS, "declared": "on", "do": "submit", "employee": ladder.employees["agent"].pk}
    for who in (ladder.leader, ladder.hr):
        assert client_for(who).post(address, {**words, "by": ladder.agent.pk}).status_code == 404
    file.refresh_from_db()
    assert (file.state, file.performance) == (FileState.OPEN, "")


def test_a_double_click_on_the_conclusion_makes_somebody_regular_once(
    ladder, django_capture_on_commit_callbacks
):
    """Security 59: the same form twice is one conclusion and one change of terms."""
    file = handed_in(ladder)
    through(file, at=timezone.now())
    task = file.case.tasks.get(state="open")
    client = client_for(ladder.boss)
    with django_capture_on_commit_callbacks(execute=True):
        came = [
            answered(client, file, task.pk, "final", "pass", _once="k1").status_code
            for _n in range(2)
        ]
    assert came[0] == 302
    assert came[1] in (302, 409)
    again = answered(client, file, task.pk, "final", "extend", _once="k2")
    assert again.status_code == 409, "who comes second is told the state"
    assert [each.outcome for each in file.conclusions.all()] == ["pass"]
    assert ladder.employees["agent"].terms.count() == 2


def test_killed_between_decision_and_execution_it_is_carried_out_once(ladder):
    """What was decided is redelivered by the sweeper, and a second delivery changes nothing."""
    file = handed_in(ladder)
    through(file, at=timezone.now())
    decide(file, ladder.boss, at=timezone.now())  # the process ends before anything follows
    file.refresh_from_db()
    assert (file.state, file.case.state) == (FileState.RUNNING, "approved")
    for _again in range(2):
        sweep(at=timezone.now() + dt.timedelta(minutes=5))
    file.refresh_from_db()
    assert file.state == FileState.PASSED
    handlers.carry_out(CaseApproved(file.case_id, actions.KIND, file.pk, file.case.fingerprint))
    assert Conclusion.objects.count() == 1
    assert EventRecord.objects.filter(name="regularization.EmployeeRegularized").count() == 1
    assert ladder.employees["agent"].terms.count() == 2


def test_a_superior_who_left_does_not_keep_a_file_waiting(ladder):
    """Security 85: the seat moves on, and never to the employee."""
    file = handed_in(ladder)
    disable_account(account_id=ladder.leader.pk, by=None, at=timezone.now(), reason="离职")
    approvals.sweep(at=timezone.now() + dt.timedelta(minutes=5))
    assert waiting(file) == [ladder.boss]
    decide(file, ladder.boss, at=timezone.now())
    assert ladder.agent not in waiting(file)


def test_a_rule_changed_on_the_way_leaves_the_frozen_sheet_as_it_was(ladder, monkeypatch):
    """Security 86: what was handed in is held to the rules of that day."""
    from cangke.regularization import queries

    file = handed_in(ladder)
    before = Sheet.read(file.sheet)
    line = next(each for row in before.rows for each in row.lines if each.measure == "absence")
    strict = type(queries.criteria_policy(file.employee, before.on))(absent_days=3)
    monkeypatch.setattr(queries.evidence, "criteria_policy", lambda employee, on: strict)
    file.refresh_from_db()
    now = queries.sheet_on(file, before.on)
    changed = next(each for row in now.rows for each in row.lines if each.measure == "absence")
    assert (line.threshold, changed.threshold) == (0, 3)
    assert Sheet.read(file.sheet) == before
    assert approvals.fingerprint(actions.snapshot_of(file)) == file.case.fingerprint


def test_somebody_who_left_meanwhile_is_not_made_regular(ladder):
    """A decision that is carried out late finds the person gone: nothing changes but the log."""
    file = handed_in(ladder)
    through(file, at=timezone.now())
    decide(file, ladder.boss, at=timezone.now())
    people.leave(
        employee_id=file.employee_id, last_date=timezone.localdate(), by=ladder.hr,
        at=timezone.now(), reason="个人原因",
    )  # fmt: skip
    sweep(at=timezone.now() + dt.timedelta(minutes=5))
    employee = people.Employee.objects.get(pk=file.employee_id)
    assert employee.status == people.Status.LEFT
    file.refresh_from_db()
    assert file.state in (FileState.ENDED, FileState.PASSED)
