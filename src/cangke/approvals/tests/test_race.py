"""Two at once, twice the same, and killed in between: one decision, carried out once."""

import datetime as dt
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from cangke.approvals import actions
from cangke.approvals.models import ApprovalCase, ApprovalDecision
from cangke.approvals.tests.factories import (
    AT,
    MATTERS,
    decide,
    make_ladder,
    publish,
    step,
    submit,
)
from cangke.foundation.access.public import disable_account
from cangke.foundation.events.models import EventRecord
from cangke.foundation.refusal import Conflict
from tests.factories import client_for

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ladder():
    MATTERS.clear()
    return make_ladder()


def at_once(*acts):
    """Do all acts in threads of their own behind one barrier; return results or exceptions."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
    return [future.exception() or future.result() for future in futures]


def answered(case, task, by, action):
    def act():
        return actions.decide(
            task_id=task.pk, action=action, by=by, at=AT, seen=case.fingerprint, comment="看过了"
        )

    return act


@pytest.mark.parametrize("again", range(3))
def test_of_two_who_decide_opposite_ways_at_once_one_wins_and_the_other_is_told(ladder, again):
    """Security 59: the first holds, the second is refused with the state as it is."""
    publish(step("a", "manager:1", "head", mode="any"))
    case = submit(ladder.agent)
    tasks = {each.account_id: each for each in case.tasks.all()}
    came = at_once(
        answered(case, tasks[ladder.leader.pk], ladder.leader, "approve"),
        answered(case, tasks[ladder.boss.pk], ladder.boss, "refuse"),
    )
    lost = [each for each in came if isinstance(each, actions.AlreadyDecided)]
    assert len(lost) == 1, came
    case.refresh_from_db()
    said = list(case.decisions.exclude(action="submit").values_list("action", flat=True))
    assert case.state == {"approve": "approved", "refuse": "refused"}[said[0]]
    assert len(said) == 1
    assert case.get_state_display() in str(lost[0])
    decided = EventRecord.objects.filter(
        name__in=["approvals.CaseApproved", "approvals.CaseRefused"]
    )
    assert decided.count() == 1


def test_all_who_must_agree_may_do_so_at_once(ladder):
    publish(step("a", "manager:1", "head", mode="all"))
    case = submit(ladder.agent)
    tasks = {each.account_id: each for each in case.tasks.all()}
    came = at_once(
        *(answered(case, tasks[who.pk], who, "approve") for who in (ladder.leader, ladder.boss))
    )
    assert all(isinstance(each, ApprovalCase) for each in came), came
    case.refresh_from_db()
    assert (case.state, case.decisions.filter(action="approve").count()) == ("approved", 2)
    assert EventRecord.objects.filter(name="approvals.CaseApproved").count() == 1


def test_who_takes_back_and_who_decides_at_once_cannot_both_win(ladder):
    publish(step("a", "manager:1"))
    case = submit(ladder.agent)
    task = case.tasks.get()
    came = at_once(
        answered(case, task, ladder.leader, "approve"),
        lambda: actions.withdraw(case_id=case.pk, by=ladder.agent, at=AT),
    )
    assert sum(isinstance(each, Conflict) for each in came) == 1, came
    case.refresh_from_db()
    assert case.state in ("approved", "withdrawn")


def test_the_same_matter_handed_in_twice_at_once_becomes_one_case(ladder):
    publish(step("a", "manager:1"))
    came = at_once(*(lambda: submit(ladder.agent) for _ in range(2)))
    assert Counter(type(each).__name__ for each in came) == {
        "ApprovalCase": 1,
        "AlreadyRunning": 1,
    }
    assert ApprovalCase.objects.count() == 1


def test_a_double_click_on_agree_is_one_decision(ladder):
    """Security 59: the same form sent twice at once gives one answer, twice."""
    publish(step("a", "manager:1"))
    case = submit(ladder.agent, at=timezone.now())
    task = case.tasks.get()
    clients = [client_for(ladder.leader) for _ in range(2)]
    data = {
        "decision": "approve",
        "seen": case.fingerprint,
        f"t{task.pk}-comment": "",
        "_once": "k1",
    }
    url = reverse("approvals:decide", args=[case.pk, task.pk])
    came = at_once(*(lambda client=each: client.post(url, data).status_code for each in clients))
    assert set(came) <= {302, 409}, came
    assert 302 in came
    assert ApprovalDecision.objects.filter(case=case, action="approve").count() == 1


def test_a_double_click_on_ask_is_one_request(ladder):
    actions.ensure(at=AT)
    client = client_for(ladder.agent)
    data = {"title": "改发自提", "body": "制度没有写。", "amount": "", "currency": "CNY"}
    for _again in range(2):
        client.post(reverse("approvals:ask"), {**data, "_once": "k2"})
    assert ApprovalCase.objects.count() == 1


@pytest.mark.requirement("Q7")
def test_neither_the_own_case_nor_a_later_step_is_decided_by_its_address(ladder):
    """Security 4: posting one's own or a later step's address moves nothing."""
    publish(step("a", "manager:1"), step("b", "head"))
    case = submit(ladder.agent, at=timezone.now())
    first = case.tasks.get()
    forged = {"decision": "approve", "seen": case.fingerprint, f"t{first.pk}-comment": "好"}
    for who, task_id in (
        (ladder.agent, first.pk),  # the applicant
        (ladder.boss, first.pk),  # whose step comes later
        (ladder.leader, first.pk + 1),  # a step that does not exist yet
    ):
        url = reverse("approvals:decide", args=[case.pk, task_id])
        status = client_for(who).post(url, forged).status_code
        assert status in (403, 404, 409, 422), (who, status)
    case.refresh_from_db()
    assert (case.state, case.stage) == ("running", first.case.stage)
    assert case.decisions.count() == 1


def test_a_request_names_its_author_from_the_session(ladder):
    """Security 5: an applicant sent along with the form is not looked at."""
    actions.ensure(at=AT)
    data = {"title": "代人申请", "body": "…", "amount": "", "currency": "CNY"}
    sneaked = {"by": ladder.boss.pk, "applicant": ladder.boss.pk, "submitted_by": ladder.boss.pk}
    client_for(ladder.agent).post(reverse("approvals:ask"), {**data, **sneaked})
    case = ApprovalCase.objects.get()
    assert (case.applicant, case.submitted_by) == (ladder.agent, None)


def test_delegates_in_a_circle_decide_for_each_other_and_nobody_for_themselves(ladder):
    """Security 85: A for B and B for A make no chain, and the own case stays out of reach."""
    publish(step("a", "head"))
    pairs = ((ladder.boss, ladder.leader), (ladder.leader, ladder.boss))
    for giver, taker in pairs:
        actions.delegate(
            giver=giver, taker=taker, from_at=AT, until_at=AT + 2 * HOUR, reason="互代",
            by=giver, at=AT,
        )  # fmt: skip
    case = submit(ladder.agent)
    task = case.tasks.get()
    decide(case, ladder.leader, at=AT + HOUR, task=task)
    said = case.decisions.get(action="approve")
    assert (said.by, said.on_behalf_of) == (ladder.leader, ladder.boss)
    own = submit(ladder.boss, 2)
    for who in (ladder.boss, ladder.leader):
        if own.tasks.get().account_id != who.pk:
            with pytest.raises(actions.NotYours):
                decide(own, who, at=AT + HOUR, task=own.tasks.get())
    assert own.decisions.count() == 1


def test_who_left_is_replaced_and_their_delegate_with_them(ladder):
    """Security 85: a departed approver's seat moves on; the page shows who has it now."""
    publish(step("a", "manager:1", hours=24))
    case = submit(ladder.agent, at=AT)
    disable_account(account_id=ladder.leader.pk, by=None, at=AT, reason="离职")
    actions.sweep(at=AT + HOUR)
    now = case.tasks.get(state="open")
    assert (now.account, now.reason) == (ladder.boss, "gone")
    decide(case, ladder.boss, at=AT + 2 * HOUR)
    case.refresh_from_db()
    assert case.state == "approved"
