"""A matter from candidate to measure, and what it does (L14–L21, L23)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import Http404

from cangke import wiring
from cangke.approvals import public as approvals
from cangke.attendance import public as attendance
from cangke.attendance.actions import Barred
from cangke.attendance.models import ShiftAssignment
from cangke.attendance.tests.factories import plan, publish
from cangke.discipline import actions, ports, queries, tasks
from cangke.discipline.actions import ConductIncomplete, ConductOver, WrongPerson
from cangke.discipline.models import ConductCase, Incident, Reward
from cangke.discipline.rules import CaseState, Source
from cangke.foundation.access.public import Account
from cangke.foundation.notices.models import Notice
from cangke.people.models import Employee
from cangke.rulebook.models import Explanation

from .factories import AT, DAY, TODAY, make_office, measure

pytestmark = pytest.mark.django_db
HOUR = DAY / 24


@pytest.fixture
def office():
    return make_office()


def say_yes(kind: str, subject_id: int, by: Account, at: dt.datetime) -> None:
    case = approvals.ApprovalCase.objects.get(kind=kind, subject_id=subject_id)
    task = approvals.open_tasks_for(by, case, at=at)[0]
    approvals.decide(
        task_id=task.pk, action=approvals.Action.APPROVE, seen=case.fingerprint, by=by, at=at
    )


def approve(case: ConductCase, office, at: dt.datetime = AT) -> ConductCase:
    """Management says yes, and the event is carried out as the wiring does."""
    say_yes(actions.DECISION, case.pk, office.manager, at)
    found = approvals.ApprovalCase.objects.get(kind=actions.DECISION, subject_id=case.pk)
    actions.settle_decision(
        case_id=case.pk,
        approved=True,
        fingerprint=approvals.fingerprint(actions.decision_snapshot(case)),
        approval_id=found.pk,
        at=at,
    )
    case.refresh_from_db()
    return case


def told(account: Account) -> list[str]:
    return [
        str(title)
        for title in Notice.objects.filter(account=account).values_list("title", flat=True)
    ]


def fact(office, n: int, *, source: str = Source.LATENESS, day: dt.date = TODAY):
    return actions.note_incident(
        employee=office.agent,
        source=source,
        record_key=f"attendance.dayrecord:{n}",
        happened_on=day,
        text=f"迟到 {n} 分钟",
        at=AT,
    )


# --- candidates


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


# --- hearing and decision


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


# --- appeal and final


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


# --- effects


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


# --- rewards, standing, help


@pytest.mark.requirement("L14")
def test_a_commendation_stays_in_the_file_and_in_regularization(office):
    made = actions.propose_reward(
        employee=office.agent,
        kind="commendation",
        date=TODAY,
        reason="主动帮同事处理积压",
        by=office.leader,
        at=AT,
        public=True,
    )
    assert made.state == "granted"
    assert "您获得了奖励" in told(office.by)
    assert "表彰" in told(office.decider)
    office.decided()
    actions.sweep_appeals(at=AT + 6 * DAY)
    recorded = wiring._penalties(
        employee_id=office.agent.pk, from_date=TODAY - 30 * DAY, to_date=TODAY + 30 * DAY
    )
    assert recorded.value == 1
    assert ("奖励", 1) in recorded.parts


@pytest.mark.requirement("L14")
def test_without_any_record_the_criterion_has_its_answer(office):
    recorded = wiring._penalties(employee_id=office.agent.pk, from_date=TODAY, to_date=TODAY)
    assert recorded.value == 0
    warned = office.decided(kind="warning")
    actions.sweep_appeals(at=AT + 6 * DAY)
    warned.refresh_from_db()
    assert warned.state == CaseState.FINAL
    recorded = wiring._penalties(
        employee_id=office.agent.pk, from_date=TODAY, to_date=TODAY + 30 * DAY
    )
    assert (recorded.value, recorded.count) == (0, 1), "a warning is shown and does not count"


@pytest.mark.requirement("L14", "L13")
def test_an_award_with_money_is_paid_once_it_is_approved(office):
    made = actions.propose_reward(
        employee=office.agent,
        kind="award",
        date=TODAY,
        reason="挽回大客户",
        amount=Decimal("300"),
        by=office.leader,
        at=AT,
    )
    april = dt.date(2026, 4, 1)
    assert made.state == "asked"
    assert queries.extras(employee_ids=[office.agent.pk], month=april) == []
    actions.settle_reward(
        reward_id=made.pk,
        approved=True,
        fingerprint=approvals.fingerprint(actions.reward_snapshot(made)),
        at=AT,
    )
    (extra,) = wiring._month_extras(employee_ids=[office.agent.pk], month=april)
    assert (extra.kind, extra.amount, extra.source) == ("award", Decimal("300.00"), "discipline")
    assert actions.settle_reward(reward_id=made.pk, approved=False, at=AT) is None


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "commendation", "amount": Decimal(5)},
        {"kind": "award", "amount": Decimal(0)},
        {"kind": "medal"},
        {"reason": " "},
        {"date": TODAY + DAY},
    ],
)
def test_a_reward_that_does_not_fit_is_refused(office, given):
    values = {"kind": "commendation", "date": TODAY, "reason": "好", **given}
    with pytest.raises(ConductIncomplete):
        actions.propose_reward(employee=office.agent, by=office.leader, at=AT, **values)
    assert not Reward.objects.exists()


def test_nobody_rewards_or_coaches_themselves(office):
    with pytest.raises(WrongPerson):
        actions.propose_reward(
            employee=office.agent,
            kind="commendation",
            date=TODAY,
            reason="好",
            by=office.by,
            at=AT,
        )
    with pytest.raises(WrongPerson):
        actions.note_coaching(
            employee=office.agent, ground="noise", date=TODAY, text="x", by=office.by, at=AT
        )


@pytest.mark.requirement("L23")
def test_help_on_the_same_matter_comes_first_and_the_trend_is_shown(office):
    for ground, days in (("games_installed", 20), ("noise", 2)):
        actions.note_coaching(
            employee=office.agent,
            ground=ground,
            date=TODAY - days * DAY,
            text=f"谈话：{ground}",
            by=office.leader,
            at=AT,
        )
    found = queries.coaching_for(office.agent, "games_installed", TODAY)
    assert [each.ground for each in found] == ["games_installed", "noise"]
    fact(office, 1, day=dt.date(2026, 3, 2))
    fact(office, 2)
    fact(office, 3)
    trend = queries.trend(office.agent, TODAY)
    assert [(each.month.month, each.count) for each in trend[-2:]] == [(3, 1), (4, 2)]
    assert len(trend) == 6


def test_two_decide_at_once_and_one_is_told(office):
    case = office.heard()
    actions.decide_case(case_id=case.pk, measure=measure(), by=office.decider, at=AT)
    with pytest.raises(ConductOver):
        actions.decide_case(case_id=case.pk, measure=measure(), by=office.hr, at=AT)
    case.refresh_from_db()
    assert case.decided_by == office.decider
    assert case.events.filter(kind="decided").count() == 1
