"""A closed month stays as it was; what becomes known later is noted once (L11)."""

import datetime as dt

import pytest

from cangke.attendance import actions, queries
from cangke.attendance.models import DayRecord, LateFact
from cangke.foundation.events.models import EventRecord

from .factories import MONTH, april, judge, leave, local, make_crew, plan, publish, punch

pytestmark = pytest.mark.django_db
MAY = dt.datetime(2026, 5, 2, 2, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)


@pytest.fixture
def crew():
    made = make_crew()
    publish(made, (made.agent, 7, "day*"), (made.agent, 8, "day*"))
    punch(made.agent, local(7, "09:01"), local(7, "17:31"), local(8, "08:20"), local(8, "17:31"))
    judge(made.agent, at=MAY)
    actions.close_months(employee_ids=[made.agent.pk], month=MONTH, by=None, at=MAY)
    return made


def days_of(employee):
    return list(DayRecord.objects.filter(employee=employee).order_by("date").values())


@pytest.mark.requirement("L11")
def test_a_late_punch_changes_no_closed_day_and_is_noted_once(crew):
    """Design security 88."""
    before = days_of(crew.agent)
    punch(crew.agent, local(7, "08:25"), source="terminal")
    for _turn in range(2):
        actions.recompute(employee_ids=[crew.agent.pk], months=[MONTH], at=LATER)
    assert days_of(crew.agent) == before
    fact = LateFact.objects.get()
    assert (fact.employee, fact.date, fact.source) == (crew.agent, april(7), "day")
    assert EventRecord.objects.filter(name__endswith="ClosedMonthChanged").count() == 1
    judged = queries.judge_months([crew.agent], MONTH, at=LATER)[0]
    assert judged.verdict.absent_days == 0, "what would be now can be asked"


def test_rest_on_a_closed_day_without_a_shift_is_noted_too(crew):
    leave(crew.agent, 15, kind="rest", override_reason="补登休假", at=LATER)
    assert list(LateFact.objects.values_list("source", "date")) == [("leave", april(15))]


@pytest.mark.requirement("L11")
def test_the_plan_of_a_closed_month_does_not_change(crew):
    """Design security 88."""
    with pytest.raises(actions.MonthClosed, match="2026-04"):
        plan(crew, (crew.agent, 9, "day"), at=LATER)
    assert plan(crew, (crew.agents[1], 9, "day*"), at=LATER) == 1, "others are not closed"


def test_a_month_opened_again_is_judged_anew(crew):
    punch(crew.agent, local(7, "08:25"), source="terminal")
    actions.reopen_months(employee_ids=[crew.agent.pk], month=MONTH)
    actions.recompute(employee_ids=[crew.agent.pk], months=[MONTH], at=LATER)
    assert DayRecord.objects.get(employee=crew.agent, date=april(7)).absent_days == 0
    actions.close_months(employee_ids=[crew.agent.pk], month=MONTH, by=None, at=LATER)
    actions.recompute(employee_ids=[crew.agent.pk], months=[MONTH], at=LATER)
    assert not LateFact.objects.exists(), "the month has taken it in by itself"


def test_a_fact_taken_back_is_noted_as_well(crew):
    made = leave(crew.agent, 7, override_reason="补假", at=LATER)
    actions.cancel_leave(
        request_id=made.pk, reason="写错了", by=crew.account(crew.leader), at=LATER, anytime=True
    )
    assert LateFact.objects.filter(source="leave").count() == 2
    assert LateFact.objects.filter(source="day").count() == 2
