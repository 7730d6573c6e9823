import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from cangke.approvals.models import ApprovalCase
from cangke.approvals.tests.factories import decide
from cangke.attendance import actions, handlers, queries
from cangke.attendance.actions import LeaveImpossible, LeaveRefused
from cangke.attendance.models import LeaveEntry, LeaveRequest
from cangke.attendance.queries import force, months, rosters
from cangke.attendance.rules import LeaveKind, LeavePolicy
from cangke.attendance.tests.factories import (
    AT,
    MONTH,
    april,
    leave,
    local,
    make_crew,
    publish,
)
from cangke.foundation.notices.models import Notice
from cangke.rulebook.public import policy

pytestmark = pytest.mark.django_db
MAY = dt.date(2026, 5, 1)


@pytest.fixture
def crew():
    made = make_crew()
    actions.ensure(at=AT)
    return made


def used(employee):
    rows = LeaveEntry.objects.filter(employee=employee).exclude(act="grant").order_by("pk")
    return [(row.act, row.date.day, row.days) for row in rows]


def granted(employee, month):
    rows = LeaveEntry.objects.filter(employee=employee, act="grant", date=month)
    return [row.days for row in rows.order_by("pk")]


@pytest.mark.requirement("K11")
def test_k11_rest_days_two_days_ahead_two_a_month(crew):
    with pytest.raises(LeaveRefused, match="2"):
        leave(crew.agent, 10, kind="rest", at=local(9, "09:00"))
    assert not LeaveRequest.objects.exists()
    assert not ApprovalCase.objects.exists()
    leave(crew.agent, 10, kind="rest", at=local(8, "23:59"))
    leave(crew.agent, 20, kind="rest", approve=False)
    with pytest.raises(LeaveRefused):
        leave(crew.agent, 25, kind="rest")
    assert used(crew.agent) == [("use", 10, 1)]


@pytest.mark.requirement("K11", "Q7")
def test_k11_nobody_makes_an_exception_of_themselves(crew):
    own = crew.account(crew.agent)
    with pytest.raises(LeaveRefused, match="2"):
        leave(crew.agent, 10, kind="rest", at=local(9, "09:00"), by=own, override_reason="我要休")
    assert not LeaveRequest.objects.exists()
    assert not ApprovalCase.objects.exists()


@pytest.mark.requirement("K11")
def test_k11_somebody_above_may_ask_in_time_or_not_with_a_reason(crew):
    leader = crew.account(crew.leader)
    made = leave(
        crew.agent, 10, kind="rest", at=local(9, "09:00"), by=leader, override_reason="搬家"
    )
    assert made.override_reason == "搬家"
    fine = leave(crew.agent, 20, kind="rest", by=leader, override_reason="用不着")
    assert fine.override_reason == "", "kept only where the rules refused"


@pytest.mark.requirement("K13")
def test_k13_the_superior_approves_and_only_then_it_is_leave(
    crew, django_capture_on_commit_callbacks
):
    made = leave(crew.agent, 10, 11, at=local(9, "23:59"), approve=False)
    case = ApprovalCase.objects.get(kind="attendance.leave", subject_id=made.pk)
    assert used(crew.agent) == []
    with django_capture_on_commit_callbacks(execute=True):
        decide(case, crew.account(crew.leader), at=local(9, "23:59"))
    made.refresh_from_db()
    assert made.state == "approved"
    assert used(crew.agent) == [("use", 10, 1), ("use", 11, 1)]
    handlers.approved(
        handlers.CaseApproved(
            case_id=case.pk, kind=case.kind, subject_id=made.pk, fingerprint=case.fingerprint
        )
    )
    assert len(used(crew.agent)) == 2, "told twice, written once"


def test_a_refusal_and_a_withdrawal_write_nothing(crew, django_capture_on_commit_callbacks):
    made = leave(crew.agent, 10, approve=False)
    case = ApprovalCase.objects.get(subject_id=made.pk, kind="attendance.leave")
    with django_capture_on_commit_callbacks(execute=True):
        decide(case, crew.account(crew.leader), "refuse", at=AT)
    made.refresh_from_db()
    assert (made.state, used(crew.agent)) == ("refused", [])
    again = leave(crew.agent, 10, approve=False)
    actions.drop_leave(request_id=again.pk, state="withdrawn", at=AT)
    actions.approve_leave(request_id=again.pk, by=None, at=AT)
    assert used(crew.agent) == [], "what was taken back is not approved afterwards"


@pytest.mark.requirement("K14")
def test_k14_called_first_applied_afterwards(crew):
    publish(
        crew, (crew.leader, 10, "day*"), (crew.agent, 10, "day"), (crew.leader, 13, "day*"),
        (crew.agent, 13, "day"),
    )  # fmt: skip
    late = local(13, "09:00")
    with pytest.raises(LeaveRefused, match="来电"):
        leave(crew.agent, 10, emergency=True, at=late)
    actions.log_call(
        employee=crew.agent, date=april(10), called_at=local(10, "07:50"), reason="发烧",
        by=crew.account(crew.leader), at=local(10, "08:00"),
    )  # fmt: skip
    with pytest.raises(LeaveRefused, match="补申请"):
        leave(crew.agent, 10, emergency=True, at=local(15, "09:00"))
    made = leave(crew.agent, 10, emergency=True, at=late)
    assert made.call is not None
    assert used(crew.agent) == [("use", 10, 1)]


def test_a_call_in_the_future_is_refused(crew):
    with pytest.raises(LeaveImpossible):
        actions.log_call(
            employee=crew.agent, date=april(10), called_at=local(10, "08:01"), reason="x",
            by=crew.account(crew.leader), at=local(10, "08:00"),
        )  # fmt: skip


@pytest.mark.requirement("K17")
@pytest.mark.parametrize(("half", "days"), [(False, [2]), (True, [0])])
def test_k17_more_than_three_days_take_the_next_months_rest(crew, half, days):
    leave(crew.agent, 7, 9)
    if half:
        leave(crew.agent, 10, half=True)
    actions.grant_rest(employees=[crew.agent], month=MAY, at=local(1, "09:00", month=5))
    assert granted(crew.agent, MAY) == days
    told = set(
        Notice.objects.filter(kind="attendance.leave", url__contains="2026-05").values_list(
            "account", flat=True
        )
    )
    expected = {crew.agent.account_id, crew.leader.account_id} if half else set()
    assert told == expected


@pytest.mark.requirement("K17")
def test_k17_leave_given_back_gives_the_rest_days_back(crew):
    leave(crew.agent, 7, 9)
    made = leave(crew.agent, 10)
    assert granted(crew.agent, MAY) == [0]
    actions.cancel_leave(request_id=made.pk, reason="不用了", by=None, at=AT)
    assert granted(crew.agent, MAY) == [0, 2]
    actions.grant_rest(employees=[crew.agent], month=MAY, at=local(1, "09:00", month=5))
    assert granted(crew.agent, MAY) == [0, 2], "granted once"


def test_protected_leave_takes_no_rest_days(crew):
    leave(crew.agent, 7, 13, kind="statutory")
    assert granted(crew.agent, MAY) == []


@pytest.mark.requirement("K12")
@pytest.mark.parametrize(("joined", "days"), [(1, 2), (16, 1), (24, 0)])
def test_k12_rest_days_of_part_of_a_month(crew, joined, days):
    crew.agent.employed_from = april(joined)
    crew.agent.save()
    assert queries.rest_entitled([crew.agent], MONTH)[crew.agent.pk][0] == days


def test_the_month_is_granted_once_to_everybody(crew):
    assert actions.grant_month(at=AT) == 4
    assert actions.grant_month(at=AT) == 0
    assert granted(crew.agent, MONTH) == [2]


def test_leave_is_counted_on_days_with_a_shift_once_the_roster_is_published(crew):
    publish(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day"), (crew.agent, 8, "day"),
            (crew.leader, 8, "day*"))  # fmt: skip
    assert leave(crew.agent, 6, 9).days == 2
    with pytest.raises(LeaveImpossible, match="没有排班"):
        leave(crew.agent, 20)


@pytest.mark.parametrize(
    "more",
    [
        {"last": 40},
        {"kind": "holiday"},
        {"first": 10, "last": 11, "half": True},
        {"first": 7, "last": 7},
    ],
)
def test_impossible_leave_is_refused(crew, more):
    leave(crew.agent, 7)
    first, last = more.pop("first", 10), more.pop("last", 10)
    end = april(last) if last <= 30 else dt.date(2027, 1, 2)
    with pytest.raises(LeaveImpossible):
        actions.ask_leave(
            employee=crew.agent, first=april(first), last=end, reason="x",
            by=crew.account(crew.agent), at=AT, **{"kind": "personal", **more},
        )  # fmt: skip
    assert LeaveRequest.objects.count() == 1


def test_two_half_days_make_one_and_no_more(crew):
    leave(crew.agent, 7, half=True)
    assert leave(crew.agent, 7, half=True, kind="sick").days == Decimal("0.5")
    with pytest.raises(LeaveImpossible):
        leave(crew.agent, 7, half=True)


def test_leave_that_has_begun_is_given_back_by_somebody_above_only(crew):
    made = leave(crew.agent, 10)
    own = crew.account(crew.agent)
    with pytest.raises(actions.LeaveOver):
        actions.cancel_leave(request_id=made.pk, reason="x", by=own, at=local(10, "08:00"))
    actions.cancel_leave(
        request_id=made.pk, reason="x", by=None, at=local(10, "08:00"), anytime=True
    )
    assert used(crew.agent) == [("use", 10, 1), ("reverse", 10, -1)]
    with pytest.raises(actions.LeaveOver):
        actions.cancel_leave(request_id=made.pk, reason="x", by=None, at=AT, anytime=True)


def test_the_ledger_is_only_ever_added_to(crew):
    leave(crew.agent, 10)
    with pytest.raises(DatabaseError), transaction.atomic():
        LeaveEntry.objects.update(days=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        LeaveEntry.objects.all().delete()


def test_planning_somebody_on_leave_is_warned_of(crew):
    leave(crew.agent, 10)
    made = publish(crew, (crew.leader, 10, "day*"), (crew.agent, 10, "day"))
    assert [each["problem"] for each in made.warnings] == ["away"]


@pytest.mark.requirement("K28")
def test_k28_another_kind_of_leave_needs_no_code(crew, monkeypatch):
    kinds = (*LeavePolicy().kinds, LeaveKind("marriage", "婚假", Decimal(40), protected=True))
    held = LeavePolicy(kinds=kinds)

    def ask(kind, *, on, group=None):
        return held if kind is LeavePolicy else policy(kind, on=on, group=group)

    for module in (force, months, rosters):
        monkeypatch.setattr(module, "policy", ask)
    assert leave(crew.agent, 10, kind="marriage").state == "approved"
    found = queries.judge_months([crew.agent], MONTH, at=local(30, "23:00"))[0]
    assert (float(found.verdict.leave.wages), found.verdict.leave.spoiling) == (0.4, 0)


def test_approvals_hear_who_is_on_leave_by_the_clock_where_they_work(crew):
    """Design security 85: whole days of leave, as long as they hold; a rest day is none."""
    one, other = crew.agent, crew.agents[1]
    request = leave(one, 10, 11)
    leave(other, 10, kind="rest")

    def away(day, clock):
        accounts = [crew.account(each).pk for each in (one, other)]
        return queries.on_leave(account_ids=accounts, at=local(day, clock))

    mine = frozenset({crew.account(one).pk})
    assert away(9, "23:59") == frozenset()
    assert away(10, "00:00") == away(11, "23:59") == mine
    assert away(12, "00:00") == frozenset()
    actions.cancel_leave(
        request_id=request.pk, by=crew.account(one), reason="不去了", at=local(9, "10:00")
    )
    assert away(10, "09:00") == frozenset()
