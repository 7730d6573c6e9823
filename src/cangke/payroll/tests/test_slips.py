"""What stands on a slip: base, attendance, performance, bonuses, recoveries, insurance (L1–L13)."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.approvals.models import ApprovalCase
from cangke.attendance import actions as attendance
from cangke.foundation.notices.models import Notice
from cangke.payroll import actions, handlers, queries
from cangke.payroll.models import (
    AbsenceMeasure,
    PayItem,
    PayRun,
    PaySlip,
    SlipQuestion,
)
from cangke.people.tests.factories import make_employee
from cangke.rulebook.models import Explanation, RulebookVersion
from cangke.rulebook.queries.force import trial
from tests.factories import make_account

from .factories import (
    APRIL,
    JUNE,
    LATER,
    MAY,
    absent,
    april,
    calculated,
    leave,
    lines,
    lines_of,
    locked,
    performance,
    rest,
    slip_of,
    work,
)

pytestmark = pytest.mark.django_db
MONTH_OF_MAY = dt.date(2026, 5, 1)


@pytest.mark.requirement("L1", "L5", "L8", "K16")
def test_l8_one_unused_rest_day_and_one_day_of_leave(office):
    work(office, *range(1, 11))
    rest(office, 20)
    leave(office.agent, 9)
    performance(office)
    run = calculated(office)
    assert lines(run, office.agent) == {
        "base_pay": "2200.00",
        "performance_pay": "600.00",
        "unused_rest": "73.33",
        "leave": "-73.33",
    }
    slip = slip_of(run, office.agent)
    assert (slip.gross, slip.net, slip.receivable) == (
        Decimal("2873.33"),
        Decimal("2800.00"),
        Decimal(0),
    )
    reason = Explanation.objects.get(subject_id=slip.pk, figure="leave")
    assert (reason.clause_number, reason.arithmetic["text"]) == ("K16", "1 × 2200 / 30 = 73.33")
    assert reason.facts[0]["value"].startswith("04-09 · 1")


@pytest.mark.requirement("L1", "L7", "K22")
def test_l1_base_performance_and_full_attendance(office):
    work(office, 1, 2, 3)
    rest(office, 20, 21)
    performance(office)
    slip = slip_of(calculated(office), office.agent)
    assert slip.gross == slip.net == Decimal("3000.00")


@pytest.mark.requirement("K21", "S6")
def test_s6_the_absence_line_opens_its_day_its_rule_and_its_arithmetic(office):
    work(office, 12, arrives="09:01")
    rest(office, 20, 21)
    attendance.recompute(employee_ids=[office.agent.pk], months=[APRIL], at=MAY)
    run = calculated(office)
    slip = slip_of(run, office.agent)
    assert lines_of(slip)["absence"] == Decimal("-220.00")
    reason = Explanation.objects.get(subject_id=slip.pk, figure="absence")
    assert (reason.clause, reason.clause_number, reason.version_number) == (
        "attendance.absence",
        "K21",
        1,
    )
    assert reason.arithmetic["text"] == "0.5: 3 × 2200 / 30 = 220.00"
    fact = reason.facts[0]
    assert fact["value"] == "04-12 · 0.5 · 09:01–17:31"
    assert (fact["kind"], bool(fact["id"])) == ("attendance.dayrecord", True)


@pytest.mark.requirement("K21")
@pytest.mark.parametrize(
    ("days", "amount", "kinds"),
    [(1, "-366.67", []), (2, "-733.33", ["criticism"]), (3, None, ["criticism", "dismissal"])],
)
def test_k21_tiers_with_a_draft_notice_and_a_proposal(office, days, amount, kinds):
    work(office, *range(1, 6))
    absent(office, *[10 + n for n in range(days)])
    rest(office, 20, 21)
    run = locked(office)
    slip = slip_of(run, office.agent)
    wanted = Decimal(amount) if amount else -slip.gross
    assert lines_of(slip)["absence"] == wanted
    measures = AbsenceMeasure.objects.filter(slip=slip).order_by("kind")
    assert [each.kind for each in measures] == kinds
    assert all(each.state == "draft" for each in measures), "nothing is decided by the machine"


@pytest.mark.requirement("K21")
def test_k21_a_dismissal_is_carried_out_only_by_people(office):
    manager = make_account("manager")
    absent(office, 6, 7, 8)
    run = locked(office)
    measure = AbsenceMeasure.objects.get(slip__run=run, kind="dismissal")
    actions.propose_dismissal(measure_id=measure.pk, text=measure.text, by=office.hr, at=LATER)
    case = ApprovalCase.objects.get(kind="payroll.dismissal", subject_id=measure.pk)
    assert case.tasks.get().account == manager
    actions.settle_dismissal(measure_id=measure.pk, approved=True, at=LATER)
    measure.refresh_from_db()
    office.agent.refresh_from_db()
    assert (measure.state, office.agent.status) == ("approved", "probation"), "nobody is dismissed"
    notice = AbsenceMeasure.objects.get(slip__run=run, kind="criticism")
    actions.publish_criticism(measure_id=notice.pk, text="通报", by=office.hr, at=LATER)
    assert Notice.objects.filter(kind="payroll.measure", account=office.agent.account).count() == 1
    with pytest.raises(actions.Decided):
        actions.drop_measure(measure_id=notice.pk, reason="x", by=office.hr, at=LATER)


@pytest.mark.requirement("L2")
def test_l2_a_raise_splits_the_month_and_the_days_wage(office):
    actions.set_terms(
        employee=office.agent,
        from_date=april(16),
        base_pay=Decimal(2500),
        by=office.hr,
        at=MAY,
        reason="调薪",
    )
    work(office, 1, 2, 16, 17)
    rest(office, 20)
    leave(office.agent, 2)
    run = calculated(office)
    assert lines(run, office.agent) == {
        "base_pay": "1100.00",
        "base_pay.2026-04-16": "1250.00",
        "unused_rest": "83.33",
        "leave": "-73.33",
    }, "a day of leave counts by the base of that day"


@pytest.mark.requirement("L2")
def test_l2_a_base_outside_the_range_is_kept_with_a_warning(office):
    clerk = make_employee("logistics-cs", office.crew.team)
    given = {"from_date": april(1), "by": office.hr, "at": MAY, "reason": "入职"}
    low = actions.set_terms(employee=clerk, base_pay=Decimal(6000), **given)
    fine = actions.set_terms(employee=clerk, base_pay=Decimal(6500), **given)
    assert "6500–8000" in low.warning
    assert fine.warning == ""
    low.refresh_from_db()
    assert low.replaced_at == MAY, "what was entered wrongly stays on record"


def test_terms_refuse_what_cannot_be_and_change_nothing(office):
    given = {"base_pay": Decimal(1), "by": office.hr, "at": MAY, "reason": "x"}
    with pytest.raises(actions.BadTerm, match="入职日"):
        actions.set_terms(employee=office.agent, from_date=dt.date(2020, 1, 1), **given)
    own = make_employee("pre-sales", office.crew.team)
    with pytest.raises(actions.BadTerm, match="自己"):
        actions.set_terms(employee=own, from_date=april(1), **{**given, "by": own.account})
    from cangke.payroll.models import PayTerm

    assert not PayTerm.objects.exists()


@pytest.mark.requirement("L4")
def test_l4_insurance_is_split_and_half_a_cent_goes_to_the_employee(office):
    given = {"employee": office.agent, "by": office.hr, "at": MAY, "reason": "参保"}
    actions.set_terms(
        from_date=april(1), base_pay=Decimal(2200), insurance_total=Decimal("1180.55"), **given
    )
    slip = slip_of(calculated(office), office.agent)
    assert (slip.insurance_employee, slip.insurance_company) == (
        Decimal("354.17"),
        Decimal("826.38"),
    )


@pytest.mark.requirement("L6")
def test_l6_performance_is_marked_as_manual_and_a_second_one_takes_its_place(office):
    first = performance(office)
    second = performance(office, "650", source="import", reference="4月绩效.xlsx")
    run = calculated(office)
    first.refresh_from_db()
    assert (first.state, second.state) == ("dropped", "counted")
    assert lines(run, office.agent)["performance_pay"] == "650.00"
    reason = Explanation.objects.get(
        subject_id=slip_of(run, office.agent).pk, figure="performance_pay"
    )
    assert [each["value"] for each in reason.facts] == ["import", "92 分", "4月绩效.xlsx"]


@pytest.mark.requirement("L7")
def test_l7_an_award_counts_once_it_is_approved(office):
    leader = office.crew.account(office.crew.leader)
    given = {"month": APRIL, "amount": Decimal(300), "by": leader, "at": MAY}
    with pytest.raises(actions.MonthSettled, match="自己"):
        actions.ask_award(employee=office.crew.leader, reason="我", **given)
    award = actions.ask_award(employee=office.agent, reason="双十一突出", **given)
    run = calculated(office)
    assert "bonus" not in " ".join(lines(run, office.agent))
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    with pytest.raises(actions.NotReady) as refused:
        actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    assert "asked_award" in [each.code for each in refused.value.blockers]
    case = ApprovalCase.objects.get(kind="payroll.award", subject_id=award.pk)
    actions.settle_award(item_id=award.pk, approved=True, fingerprint="other", at=MAY)
    award.refresh_from_db()
    assert award.state == "asked", "what was approved is not what it is now"
    actions.settle_award(item_id=award.pk, approved=True, fingerprint=case.fingerprint, at=MAY)
    run = actions.calculate(run_id=run.pk, by=office.hr, at=MAY)
    assert lines(run, office.agent)[f"bonus.award.{award.pk}"] == "300.00"


@pytest.mark.requirement("L10")
def test_l10_a_recovery_is_proposed_and_told_before_it_is_taken(office):
    item = actions.set_item(
        employee=office.agent,
        month=APRIL,
        kind="recovery",
        amount=Decimal(12),
        reason="补发运费 536341",
        by=office.hr,
        at=MAY,
    )
    assert Notice.objects.filter(account=office.agent.account, kind="payroll.slip").exists()
    run = calculated(office)
    slip = slip_of(run, office.agent)
    assert lines_of(slip)[f"recovery.{item.pk}"] == Decimal("-12.00")
    assert slip.deductions == Decimal(12)
    actions.drop_item(item_id=item.pk, reason="异议成立", by=office.hr, at=MAY)
    run = actions.calculate(run_id=run.pk, by=office.hr, at=MAY)
    assert slip_of(run, office.agent).deductions == 0


@pytest.mark.requirement("L10")
def test_l10_what_liability_decides_comes_in_once(office, monkeypatch):
    from cangke.payroll import ports

    decided = ports.Extra(
        office.agent.pk, "recovery", Decimal("12.00"), "liability", "LB-7", "少发补运费"
    )
    monkeypatch.setattr(ports.extras, "_answer", lambda **given: [decided])
    run = calculated(office)
    actions.calculate(run_id=run.pk, by=office.hr, at=MAY)
    item = PayItem.objects.get(source="liability")
    assert lines(run, office.agent)[f"recovery.{item.pk}"] == "-12.00"


@pytest.mark.requirement("L12")
def test_l12_a_guard_waits_for_a_decision(office):
    work(office, 1, arrives="09:01")
    absent(office, 6, 7)
    run = calculated(office)
    slip = slip_of(run, office.agent)
    assert (slip.guard_exceeded, slip.needs_confirmation) == (True, True)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    with pytest.raises(actions.NotReady, match="法定保护"):
        actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    own = office.crew.account(office.agent)
    with pytest.raises(actions.SamePerson, match="自己"):
        actions.confirm_guard(slip_id=slip.pk, reason="x", by=own, at=MAY)
    actions.confirm_guard(slip_id=slip.pk, reason="制度如此", by=office.finance, at=MAY)
    actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    assert PayRun.objects.get().state == "locked"


@pytest.mark.requirement("L12")
def test_l12_what_pay_does_not_cover_is_a_receivable(office):
    actions.set_item(
        employee=office.agent,
        month=APRIL,
        kind="recovery",
        amount=Decimal(5000),
        reason="赔偿",
        by=office.hr,
        at=MAY,
    )
    slip = slip_of(calculated(office), office.agent)
    assert slip.net == 0
    assert slip.receivable == Decimal(5000) - slip.gross
    assert slip.needs_confirmation


@pytest.mark.requirement("L2")
@pytest.mark.parametrize(
    ("begins", "ends", "base", "rest"),
    [
        (april(1), None, "2200.00", "146.67"),
        (april(16), None, "1100.00", "73.33"),
        (april(30), None, "73.33", None),
        (april(10), april(10), "73.33", None),
        (dt.date(2025, 1, 1), april(10), "733.33", "36.67"),
    ],
)
def test_joiners_and_leavers_are_paid_by_days(office, begins, ends, base, rest):
    """Design security 89: hire and leave within the month, by days."""
    office.agent.employed_from, office.agent.employed_to = begins, ends
    office.agent.save()
    found = lines(calculated(office), office.agent)
    assert found["base_pay"] == base
    assert found.get("unused_rest") == rest
    assert ("full_attendance" in found) is (begins == april(1))


def test_who_comes_back_in_the_same_month_has_two_slips(office):
    office.agent.employed_from, office.agent.employed_to = dt.date(2025, 1, 1), april(10)
    office.agent.save()
    back = make_employee("pre-sales", office.crew.team, employed_from=april(21))
    run = calculated(office)
    amounts = [lines(run, each)["base_pay"] for each in (office.agent, back)]
    assert amounts == ["733.33", "733.33"]


def test_february_has_its_own_days(office):
    """Design security 83."""
    at = dt.datetime(2026, 3, 3, 3, tzinfo=dt.UTC)
    office.agent.employed_from = dt.date(2026, 2, 15)
    office.agent.save()
    run = calculated(office, at=at, month=dt.date(2026, 2, 1))
    assert lines(run, office.agent)["base_pay"] == "1100.00"


@pytest.mark.requirement("L22")
def test_l22_regular_pay_begins_on_the_effective_day(office):
    from cangke.regularization.events import EmployeeRegularized

    agent = office.agent
    agent.status = "probation"
    agent.save()
    from cangke.people import actions as people

    actions.set_terms(
        employee=agent,
        from_date=april(1),
        base_pay=Decimal(2000),
        by=office.hr,
        at=MAY,
        reason="试用",
    )
    day = MONTH_OF_MAY
    people.confirm(
        employee_id=agent.pk, from_date=day, by=office.hr, at=MAY, pay_scheme="正式", benefits=""
    )
    event = EmployeeRegularized(file_id=1, employee_id=agent.pk, from_date=day)
    handlers.follow_regularization(event)
    handlers.follow_regularization(event)
    run = calculated(office, at=JUNE, month=day)
    assert lines(run, agent)["base_pay"] == "2200.00"
    assert lines(calculated(office), agent)["base_pay"] == "2000.00"


def test_a_slip_is_acknowledged_and_asked_about_by_its_owner_only(office):
    run = locked(office)
    slip = slip_of(run, office.agent)
    other = make_account("agent")
    with pytest.raises(actions.Decided):
        actions.acknowledge(slip_id=slip.pk, by=other, at=LATER)
    mine = office.crew.account(office.agent)
    actions.acknowledge(slip_id=slip.pk, by=mine, at=LATER)
    question = actions.ask_question(
        slip_id=slip.pk, code="base_pay", text="为什么？", by=mine, at=LATER
    )
    assert question.due_on == dt.date(2026, 5, 15)
    with pytest.raises(actions.Decided):
        actions.answer_question(question_id=question.pk, answer="x", by=mine, at=LATER)
    actions.answer_question(question_id=question.pk, answer="按制度", by=office.hr, at=LATER)
    with pytest.raises(actions.Decided):
        actions.answer_question(question_id=question.pk, answer="y", by=office.hr, at=LATER)
    assert SlipQuestion.objects.get().answer == "按制度"


@pytest.mark.requirement("K17")
def test_more_than_three_days_of_leave_take_the_next_months_rest(office):
    work(office, *range(1, 11))
    for day in (6, 7, 8, 9):
        leave(office.agent, day)
    locked(office)
    found = lines(calculated(office, at=JUNE, month=MONTH_OF_MAY), office.agent)
    assert "unused_rest" not in found


@pytest.mark.requirement("X20")
def test_x20_a_changed_rule_is_played_over_the_month_in_money(office):
    work(office, 12, arrives="09:01")
    body = RulebookVersion.objects.get().body["values"]

    def nets(account):
        effects = queries.month_effects(account=account, month=APRIL, at=MAY)
        return {each.figure: each.value for each in effects if each.person == office.agent.pk}

    before = nets(office.finance)
    with trial("default", {**body, "absence.half_day": "1"}):
        after = nets(office.finance)
    assert before["pay_deductions"] - after["pay_deductions"] == Decimal("146.67")
    assert after["net"] - before["net"] == Decimal("146.67")
    assert nets(office.crew.account(office.crew.boss)) == {}, "a superior does not see pay"
    assert not PaySlip.objects.exists()
