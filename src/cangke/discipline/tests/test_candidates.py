"""What is put forward, reported, and let go (L17, L20, L21)."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.discipline import actions, ports, tasks
from cangke.discipline.actions import ConductIncomplete, ConductOver, WrongPerson
from cangke.discipline.models import ConductCase, Incident
from cangke.discipline.rules import CaseState, Source
from cangke.rulebook.models import Explanation

from .factories import AT, DAY, TODAY, fact, told

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("L20")
def test_the_third_late_day_of_a_month_is_put_forward_and_nothing_is_imposed(office):
    fact(office, 1, day=TODAY - 20 * DAY)  # another month
    for n in (2, 3):
        fact(office, n)
    assert not ConductCase.objects.exists()
    fact(office, 4)
    case = ConductCase.objects.get()
    assert (case.state, case.ground, case.kind) == (CaseState.PROPOSED, "lateness", "")
    assert case.incidents.count() == 3
    assert Explanation.objects.filter(figure="conduct_candidate").count() == 1
    assert any("线索" in title for title in told(office.decider))
    assert told(office.by) == [], "the person is asked by a person"
    fact(office, 5)
    assert ConductCase.objects.count() == 1, "the next one joins the candidate"
    assert case.incidents.count() == 4


def test_the_same_fact_is_kept_once(office):
    assert fact(office, 1, source=Source.PLEDGE) is not None
    assert fact(office, 1, source=Source.PLEDGE) is None
    assert ConductCase.objects.count() == 1
    assert Incident.objects.count() == 1


@pytest.mark.requirement("L20")
def test_a_fact_that_proves_untrue_takes_its_candidate_along(office):
    fact(office, 1, source=Source.PLEDGE)
    actions.clear_incident(record_key="attendance.dayrecord:1", reason="按时兑现", at=AT)
    case = ConductCase.objects.get()
    assert (case.state, case.drop_reason) == (CaseState.DROPPED, "按时兑现")
    assert actions.clear_incident(record_key="attendance.dayrecord:1", reason="x", at=AT) is None


def test_a_case_that_people_have_taken_up_stays_when_a_fact_is_cleared(office):
    fact(office, 1, source=Source.PLEDGE)
    case = ConductCase.objects.get()
    actions.ask_person(case_id=case.pk, by=office.decider, at=AT)
    actions.clear_incident(record_key="attendance.dayrecord:1", reason="按时兑现", at=AT)
    case.refresh_from_db()
    assert case.state == CaseState.HEARING
    assert case.events.filter(kind="fact").exists()


@pytest.mark.requirement("L21")
def test_months_below_the_limit_are_put_forward_once(office):
    scores = [(dt.date(2026, 2, 1), Decimal("55")), (dt.date(2026, 3, 1), Decimal("58"))]
    case = actions.propose_poor(employee=office.agent, scores=scores, at=AT)
    assert case is not None
    assert (case.state, case.ground, case.kind) == (CaseState.PROPOSED, "poor", "")
    assert actions.propose_poor(employee=office.agent, scores=scores, at=AT) is None
    assert ConductCase.objects.count() == 1
    office.agent.refresh_from_db()
    assert office.agent.status != "suspended", "no automatic effect"


@pytest.mark.requirement("L21")
def test_the_duty_compares_the_months_that_ended(office):
    points = {dt.date(2026, 2, 1): Decimal(50), dt.date(2026, 3, 1): Decimal(59)}
    ports.monthly_scores.plug(
        lambda *, month: {office.agent.pk: points[month]} if month in points else {}
    )
    try:
        assert tasks.compare_months(AT) == 1
        assert tasks.compare_months(AT) == 0
    finally:
        ports.monthly_scores.unplug()


@pytest.mark.requirement("L17")
def test_a_leader_reports_with_the_facts_known(office):
    fact(office, 1)
    incident = Incident.objects.get()
    case = actions.report_case(
        employee=office.agent,
        ground="promise",
        matter="答应回电没有回",
        happened_on=TODAY,
        by=office.leader,
        at=AT,
        incidents=(incident.pk,),
    )
    assert list(case.incidents.all()) == [incident]


def test_nobody_reports_themselves_or_those_above(office):
    for employee, by in (
        (office.agent, office.by),
        (office.crew.leader, office.by),
        (office.crew.boss, office.leader),
    ):
        with pytest.raises(WrongPerson):
            actions.report_case(
                employee=employee, ground="noise", matter="x", happened_on=TODAY, by=by, at=AT
            )
    with pytest.raises(ConductIncomplete):
        actions.report_case(
            employee=office.agent,
            ground="noise",
            matter="x",
            happened_on=TODAY + DAY,
            by=office.leader,
            at=AT,
        )
    assert not ConductCase.objects.exists()


@pytest.mark.requirement("L20")
def test_a_candidate_is_let_go_with_a_reason(office):
    case = office.case()
    with pytest.raises(ConductIncomplete):
        actions.drop_case(case_id=case.pk, reason=" ", by=office.decider, at=AT)
    actions.drop_case(case_id=case.pk, reason="查无此事", by=office.decider, at=AT)
    case.refresh_from_db()
    assert (case.state, case.drop_reason) == (CaseState.DROPPED, "查无此事")
    with pytest.raises(ConductOver):
        actions.ask_person(case_id=case.pk, by=office.decider, at=AT)
