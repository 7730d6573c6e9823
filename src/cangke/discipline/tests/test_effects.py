"""What a measure does once it holds (L10, L15, L21)."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke import wiring
from cangke.attendance import public as attendance
from cangke.attendance.actions import Barred
from cangke.attendance.models import ShiftAssignment
from cangke.attendance.tests.factories import plan, publish
from cangke.discipline import actions, queries
from cangke.discipline.actions import ConductOver
from cangke.discipline.models import ConductCase
from cangke.discipline.rules import CaseState
from cangke.foundation.access.public import Account
from cangke.people.models import Employee

from .factories import AT, DAY, TODAY, approve, told

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("L15", "L10")
def test_a_final_fine_is_a_recovery_of_the_month_once(office):
    case = approve(office.decided(kind="fine", amount=Decimal("100")), office)
    april = dt.date(2026, 4, 1)
    ask = {"employee_ids": [office.agent.pk]}
    assert wiring._month_extras(**ask, month=april) == [], "not before the appeal is over"
    actions.sweep_appeals(at=AT + 6 * DAY)
    (extra,) = wiring._month_extras(**ask, month=april)
    assert (extra.kind, extra.amount, extra.reference) == (
        "recovery",
        Decimal("100.00"),
        case.number,
    )
    assert case.number in extra.reason
    assert extra.url.endswith(f"/{case.pk}/")
    assert wiring._month_extras(**ask, month=dt.date(2026, 3, 1)) == []


@pytest.fixture
def plugged():
    attendance.barred.plug(queries.barred)
    yield
    attendance.barred.unplug()


def suspended(office, *, first: dt.date, last: dt.date) -> ConductCase:
    return approve(
        office.decided(kind="suspension", suspended_from=first, suspended_to=last), office
    )


@pytest.mark.requirement("L15")
def test_a_suspension_takes_shifts_off_and_lets_none_be_planned(office, plugged):
    agent = office.agent
    publish(office.crew, *[(agent, day, "day*") for day in (16, 20, 21, 22)], at=AT)
    suspended(office, first=dt.date(2026, 4, 20), last=dt.date(2026, 4, 21))
    left = ShiftAssignment.objects.filter(employee=agent).values_list("date", flat=True)
    assert sorted(day.day for day in left) == [16, 22]
    with pytest.raises(Barred):
        plan(office.crew, (agent, 21, "day"), at=AT)
    assert plan(office.crew, (agent, 23, "day"), at=AT) == 1


@pytest.mark.requirement("L15")
def test_a_suspension_shuts_the_account_on_its_days(office):
    case = suspended(office, first=dt.date(2026, 4, 20), last=dt.date(2026, 4, 21))
    before = dt.datetime(2026, 4, 19, 15, 59, tzinfo=dt.UTC)  # 23:59 in Shanghai
    assert actions.sweep_suspensions(at=before) == 0
    minute = dt.timedelta(minutes=1)
    assert actions.sweep_suspensions(at=before + minute) == 1
    assert actions.sweep_suspensions(at=before + 2 * minute) == 0
    account = Account.objects.get(pk=office.by.pk)
    assert not account.is_active
    assert Employee.objects.get(pk=office.agent.pk).status == "suspended"
    end = dt.datetime(2026, 4, 21, 16, 0, tzinfo=dt.UTC)
    assert actions.sweep_suspensions(at=end) == 1
    assert Account.objects.get(pk=office.by.pk).is_active
    assert Employee.objects.get(pk=office.agent.pk).status == "probation"
    kinds = list(case.events.values_list("kind", flat=True))
    assert kinds[-2:] == ["suspended", "resumed"]
    assert actions.sweep_suspensions(at=end + DAY) == 0


def test_a_lifted_suspension_lets_somebody_come_back_at_once(office):
    case = suspended(office, first=dt.date(2026, 4, 16), last=dt.date(2026, 4, 30))
    actions.appeal_case(case_id=case.pk, text="不是我", by=office.by, at=AT)
    actions.sweep_suspensions(at=AT + DAY)
    assert Employee.objects.get(pk=office.agent.pk).status == "suspended"
    actions.answer_appeal(
        case_id=case.pk, outcome="lifted", reason="查明不是", by=office.hr, at=AT + DAY
    )
    assert Employee.objects.get(pk=office.agent.pk).status == "probation"
    assert (
        queries.barred(employee_ids=[office.agent.pk], first=TODAY, last=TODAY + 20 * DAY) == set()
    )


def test_a_house_that_was_off_does_not_suspend_afterwards(office):
    suspended(office, first=dt.date(2026, 4, 16), last=dt.date(2026, 4, 17))
    actions.sweep_suspensions(at=AT + 10 * DAY)
    assert Employee.objects.get(pk=office.agent.pk).status == "probation"


@pytest.mark.requirement("L15")
def test_criticism_is_published_by_a_person_once_it_holds(office):
    case = approve(office.decided(kind="criticism"), office)
    given = {"case_id": case.pk, "text": "通报", "by": office.hr, "at": AT}
    with pytest.raises(ConductOver):
        actions.announce_case(**given)
    actions.sweep_appeals(at=AT + 6 * DAY)
    assert any("核对文字" in title for title in told(office.hr))
    actions.announce_case(**given)
    assert "通报批评" in told(office.leader)
    with pytest.raises(ConductOver):
        actions.announce_case(**given)


@pytest.mark.requirement("L15", "L21")
def test_dismissal_is_carried_out_by_personnel_only(office):
    case = approve(office.decided(kind="dismissal"), office)
    actions.sweep_appeals(at=AT + 6 * DAY)
    case.refresh_from_db()
    assert case.state == CaseState.FINAL
    assert any("办理离职" in title for title in told(office.hr))
    assert Employee.objects.get(pk=office.agent.pk).status == "probation"
