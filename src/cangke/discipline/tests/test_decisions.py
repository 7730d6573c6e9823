"""Hearing, decision and appeal (L15, L16)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import Http404

from cangke.approvals import public as approvals
from cangke.discipline import actions, queries
from cangke.discipline.actions import ConductIncomplete, ConductOver, WrongPerson
from cangke.discipline.models import ConductCase
from cangke.discipline.rules import CaseState

from .factories import AT, DAY, TODAY, approve, measure, told

pytestmark = pytest.mark.django_db
HOUR = DAY / 24


@pytest.mark.requirement("L20", "L16")
def test_candidate_hearing_decision_notice(office):
    case = office.case()
    with pytest.raises(ConductOver):
        actions.decide_case(case_id=case.pk, measure=measure(), by=office.decider, at=AT)
    actions.ask_person(case_id=case.pk, by=office.decider, at=AT)
    with pytest.raises(ConductIncomplete, match="还没有说明"):
        actions.decide_case(case_id=case.pk, measure=measure(), by=office.decider, at=AT)
    actions.state_view(case_id=case.pk, text="已经卸载", by=office.by, at=AT)
    actions.decide_case(case_id=case.pk, measure=measure(), by=office.decider, at=AT)
    case.refresh_from_db()
    assert (case.state, case.kind) == (CaseState.DECIDED, "demerit")
    assert case.appeal_until == TODAY + 5 * DAY
    assert any("处分决定" in title for title in told(office.by))
    actions.acknowledge(case_id=case.pk, by=office.by, at=AT)
    actions.acknowledge(case_id=case.pk, by=office.by, at=AT + HOUR)
    case.refresh_from_db()
    assert case.acknowledged_at == AT
    assert case.events.filter(kind="acknowledged").count() == 1


def test_who_says_nothing_is_decided_about_after_the_time(office):
    case = office.case()
    actions.ask_person(case_id=case.pk, by=office.decider, at=AT)
    last = AT + 3 * DAY
    with pytest.raises(ConductIncomplete):
        actions.decide_case(case_id=case.pk, measure=measure(), by=office.decider, at=last)
    # The fourth day begins at midnight in Shanghai.
    midnight = dt.datetime(2026, 4, 18, 16, tzinfo=dt.UTC)
    done = actions.decide_case(case_id=case.pk, measure=measure(), by=office.decider, at=midnight)
    assert done.state == CaseState.DECIDED


@pytest.mark.requirement("L16")
@pytest.mark.parametrize("missing", ["severity", "consequence", "attitude", "reasoning"])
def test_a_decision_needs_three_ratings_and_reasons(office, missing):
    case = office.heard()
    with pytest.raises(ConductIncomplete) as refused:
        actions.decide_case(
            case_id=case.pk, measure=measure(**{missing: ""}), by=office.decider, at=AT
        )
    assert refused.value.field == missing
    case.refresh_from_db()
    assert (case.state, case.kind) == (CaseState.HEARING, "")


@pytest.mark.requirement("L15")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "fine"}, "amount"),
        ({"kind": "fine", "amount": Decimal(-1)}, "amount"),
        ({"kind": "fine", "amount": Decimal("2000.01")}, "amount"),
        ({"kind": "suspension"}, "suspended_to"),
        (
            {"kind": "suspension", "suspended_from": TODAY - DAY, "suspended_to": TODAY},
            "suspended_from",
        ),
        ({"kind": "flogging"}, "kind"),
    ],
)
def test_a_measure_needs_what_its_kind_asks_for(office, given, field):
    case = office.heard()
    with pytest.raises(ConductIncomplete) as refused:
        actions.decide_case(case_id=case.pk, measure=measure(**given), by=office.decider, at=AT)
    assert refused.value.field == field
    case.refresh_from_db()
    assert case.state == CaseState.HEARING


def test_nobody_decides_about_themselves_or_a_superior(office):
    case = actions.report_case(
        employee=office.crew.boss,
        ground="certificate",
        matter="补卡证明不实",
        happened_on=TODAY,
        by=office.hr,
        at=AT,
    )
    with pytest.raises(WrongPerson):
        actions.ask_person(case_id=case.pk, by=office.decider, at=AT)
    with pytest.raises(WrongPerson):
        actions.ask_person(case_id=case.pk, by=office.leader, at=AT)
    actions.ask_person(case_id=case.pk, by=office.hr, at=AT)
    with pytest.raises(Http404):
        actions.state_view(case_id=case.pk, text="x", by=office.by, at=AT)


def test_the_word_is_given_once(office):
    case = office.heard()
    with pytest.raises(ConductOver):
        actions.state_view(case_id=case.pk, text="还有", by=office.by, at=AT)
    case.refresh_from_db()
    assert case.statement == "装了，没有玩，已经卸载"


@pytest.mark.requirement("L15")
def test_a_fine_is_served_once_it_is_approved_by_somebody_else(office):
    case = office.decided(kind="fine", amount=Decimal("100"))
    assert case.state == CaseState.APPROVAL
    assert told(office.by).count("处分决定已作出，请查看并签收") == 0
    done = approve(case, office)
    assert (done.state, done.amount) == (CaseState.DECIDED, Decimal("100.00"))


def test_what_is_not_approved_goes_back_to_the_hearing(office):
    case = office.decided(kind="fine", amount=Decimal("100"))
    actions.settle_decision(case_id=case.pk, approved=False, at=AT)
    case.refresh_from_db()
    assert (case.state, case.decided_by) == (CaseState.HEARING, None)
    assert actions.settle_decision(case_id=case.pk, approved=True, at=AT) is None


def test_another_content_than_approved_is_not_served(office):
    case = office.decided(kind="fine", amount=Decimal("100"))
    seen = approvals.fingerprint(actions.decision_snapshot(case))
    ConductCase.objects.update(amount=Decimal("900"))
    actions.settle_decision(case_id=case.pk, approved=True, fingerprint=seen, at=AT)
    case.refresh_from_db()
    assert case.state == CaseState.HEARING


@pytest.mark.requirement("L15")
def test_a_decision_holds_when_the_time_to_appeal_is_over(office):
    case = office.decided()
    last = dt.datetime(2026, 4, 20, 15, 59, tzinfo=dt.UTC)  # 23:59 in Shanghai
    assert actions.sweep_appeals(at=last) == 0
    assert actions.sweep_appeals(at=last + dt.timedelta(minutes=1)) == 1
    assert actions.sweep_appeals(at=last + DAY) == 0
    case.refresh_from_db()
    assert case.state == CaseState.FINAL
    assert case.visible_until == dt.date(2027, 4, 21)
    with pytest.raises(ConductOver):
        actions.appeal_case(case_id=case.pk, text="x", by=office.by, at=last + DAY)


@pytest.mark.requirement("L15")
def test_an_appeal_is_decided_by_somebody_else(office):
    case = office.decided()
    actions.appeal_case(case_id=case.pk, text="没有玩过", by=office.by, at=AT + HOUR)
    assert any("申诉" in title for title in told(office.manager))
    for wrong in (office.decider, office.by):
        with pytest.raises(WrongPerson):
            actions.answer_appeal(
                case_id=case.pk, outcome="upheld", reason="x", by=wrong, at=AT + 2 * HOUR
            )
    actions.answer_appeal(
        case_id=case.pk, outcome="upheld", reason="制度明确", by=office.manager, at=AT + DAY
    )
    case.refresh_from_db()
    assert (case.state, case.answer) == (CaseState.FINAL, "制度明确")
    with pytest.raises(ConductOver):
        actions.appeal_case(case_id=case.pk, text="再", by=office.by, at=AT + DAY)


def test_an_appeal_only_makes_it_milder(office):
    case = office.decided(kind="fine", amount=Decimal("100"))
    approve(case, office)
    actions.appeal_case(case_id=case.pk, text="太重", by=office.by, at=AT + HOUR)
    keys = {"case_id": case.pk, "outcome": "changed", "reason": "初犯", "by": office.hr}
    with pytest.raises(ConductIncomplete):
        actions.answer_appeal(**keys, kind="dismissal", at=AT + DAY)
    actions.answer_appeal(**keys, kind="warning", at=AT + DAY)
    case.refresh_from_db()
    assert (case.state, case.kind, case.amount) == (CaseState.FINAL, "warning", None)
    assert queries.extras(employee_ids=[office.agent.pk], month=dt.date(2026, 4, 1)) == []


def test_a_lifted_measure_counts_nowhere(office):
    case = office.decided()
    actions.appeal_case(case_id=case.pk, text="不是我", by=office.by, at=AT + HOUR)
    actions.answer_appeal(
        case_id=case.pk, outcome="lifted", reason="查明不是", by=office.hr, at=AT + DAY
    )
    assert actions.sweep_appeals(at=AT + 30 * DAY) == 0
    found = queries.standing(office.agent, first=TODAY - 30 * DAY, last=TODAY + 60 * DAY)
    assert (found.counted, found.measures) == (0, 0)


def test_two_decide_at_once_and_one_is_told(office):
    case = office.heard()
    actions.decide_case(case_id=case.pk, measure=measure(), by=office.decider, at=AT)
    with pytest.raises(ConductOver):
        actions.decide_case(case_id=case.pk, measure=measure(), by=office.hr, at=AT)
    case.refresh_from_db()
    assert case.decided_by == office.decider
    assert case.events.filter(kind="decided").count() == 1
