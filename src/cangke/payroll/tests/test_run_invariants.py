"""Whatever a month brings, slips add up, stay as they were once locked, and are corrected once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cangke.attendance import actions as attendance
from cangke.attendance.public import closed_among
from cangke.attendance.rules import (
    LeaveDay,
    LeaveTotals,
    MonthVerdict,
    Policies,
    Side,
    Verdict,
)
from cangke.foundation.notices.models import Notice
from cangke.foundation.refusal import Refusal
from cangke.payroll import actions
from cangke.payroll.actions import calculating, runs
from cangke.payroll.models import AbsenceMeasure, LateChange, PayLine, PayRun, PaySlip
from cangke.payroll.rules import (
    BasePart,
    Correction,
    Guard,
    PayFacts,
    PayPolicies,
    PayPolicy,
    pay_month,
)
from cangke.rulebook.models import Explanation
from tests.factories import make_account

from .factories import (
    APRIL,
    JUNE,
    LATER,
    MAY,
    absent,
    calculated,
    leave,
    local,
    locked,
    make_office,
    punch,
    rest,
    work,
)

CENTS = st.integers(0, 900_000).map(lambda n: Decimal(n) / 100)
HALVES = st.integers(0, 8).map(lambda n: Decimal(n) / 2)
FIRST = dt.date(2026, 4, 1)
NONE = Decimal(0)


@st.composite
def months(draw):
    cuts = sorted(draw(st.sets(st.integers(2, 30), max_size=3)))
    starts = [draw(st.integers(1, cuts[0] - 1 if cuts else 30)), *cuts]
    ends = [*(each - 1 for each in cuts), draw(st.integers(starts[-1], 30))]
    parts = [
        BasePart(FIRST.replace(day=start), FIRST.replace(day=end), draw(CENTS))
        for start, end in zip(starts, ends, strict=True)
    ]
    missed = draw(st.dictionaries(st.integers(1, 30), st.sampled_from(["0.5", "1"]), max_size=4))
    verdicts = tuple(
        Verdict(FIRST.replace(day=day), Side.DAY, absent_days=Decimal(share), clause="K6")
        for day, share in sorted(missed.items())
    )
    leave = [
        LeaveDay(FIRST.replace(day=day), Decimal(1), "personal")
        for day in sorted(draw(st.sets(st.integers(1, 30), max_size=4)) - set(missed))
    ]
    days = Decimal(len(leave))
    month = MonthVerdict(
        verdicts,
        (),
        (),
        sum((each.absent_days for each in verdicts), NONE),
        LeaveTotals(days, days, Fraction(days), NONE),
    )
    facts = PayFacts(
        first=FIRST,
        base_pay=parts[-1].base,
        employed_from=parts[0].from_date,
        employed_to=parts[-1].to_date,
        rest_days_taken=draw(HALVES),
        performance_pay=draw(CENTS),
        bonuses=[("award.1", draw(CENTS))],
        insurance_total=draw(CENTS),
        corrections=[Correction("2026-03.absence", "absence", -draw(CENTS), -draw(CENTS))],
        base_parts=parts,
        leave_days=leave,
        recoveries=[("7", draw(CENTS)), ("8", draw(CENTS))],
    )
    mode = draw(st.sampled_from(list(Guard)))
    return facts, month, PayPolicies(pay=PayPolicy(legal_guard=mode))


@given(months())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_the_sum_of_the_lines_is_net_less_receivable(given_month):
    facts, month, policies = given_month
    slip = pay_month(facts, month, Policies(), policies)
    assert len({line.code for line in slip.lines}) == len(slip.lines)
    assert sum((line.amount for line in slip.lines), NONE) == slip.net - slip.receivable
    assert slip.net >= 0 <= slip.receivable
    assert not (slip.net and slip.receivable)
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for line in slip.lines)
    assert slip.net == slip.gross - slip.deductions - slip.insurance_employee + slip.receivable
    assert slip.insurance_employee + slip.insurance_company == facts.insurance_total
    if slip.guard.mode == Guard.CAP:
        held = sum(
            (line.amount for line in slip.lines if line.code.startswith(("absence", "recovery"))),
            NONE,
        )
        assert -held <= max(slip.guard.limit, NONE)
    assert pay_month(facts, month, Policies(), policies) == slip


@given(months())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_base_that_does_not_change_is_one_line_and_the_parts_never_exceed_the_whole(given_month):
    facts, month, policies = given_month
    slip = pay_month(facts, month, Policies(), policies)
    bases = [line for line in slip.lines if line.code.partition(".")[0] == "base_pay"]
    assert len(bases) == len(facts.base_parts)
    most = max(part.base for part in facts.base_parts)
    assert sum((line.amount for line in bases), NONE) <= most + Decimal("0.01") * len(bases)


@pytest.mark.django_db
@pytest.mark.requirement("L11")
def test_a_locked_slip_never_changes_and_every_line_resolves():
    office = make_office(2)
    work(office, *range(1, 8), arrives="08:50")
    absent(office, 10)
    rest(office, 20)
    leave(office.agent, 7)
    run = locked(office)
    before = list(PaySlip.objects.filter(run=run).order_by("pk").values())
    lines = [list(slip.lines.values()) for slip in PaySlip.objects.filter(run=run)]
    leave(office.agent, 10, override_reason="住院补假", at=LATER)
    punch(office.agent, local(1, "08:20"), local(1, "17:31"), source="terminal")
    attendance.recompute(employee_ids=[office.agent.pk], months=[APRIL], at=LATER)
    actions.set_terms(
        employee=office.agent,
        from_date=APRIL,
        base_pay=Decimal(2600),
        by=office.hr,
        at=LATER,
        reason="补登",
    )
    calculated(office, at=JUNE, month=dt.date(2026, 5, 1))
    assert list(PaySlip.objects.filter(run=run).order_by("pk").values()) == before
    assert [list(slip.lines.values()) for slip in PaySlip.objects.filter(run=run)] == lines
    assert LateChange.objects.filter(source="terms").count() == 1
    for slip in PaySlip.objects.all():
        codes = set(slip.lines.values_list("code", flat=True))
        reasons = Explanation.objects.filter(
            subject_type="payroll.PaySlip", subject_id=slip.pk, figure__in=codes
        )
        assert {each.figure for each in reasons} == codes
        assert all(each.clause and each.version_number for each in reasons)


@pytest.mark.django_db(transaction=True)
def test_two_calculations_at_once_end_with_the_same_slips():
    """Design security 57: two runs at once are one."""
    office = make_office(4)
    work(office, 1, 2)
    run = actions.start_run(site=office.agent.site, month=APRIL, by=office.hr, at=MAY)
    calculating.BATCH, kept = 1, calculating.BATCH

    def go(by):
        try:
            return actions.calculate(run_id=run.pk, by=by, at=MAY).digest
        finally:
            connections.close_all()

    try:
        with ThreadPoolExecutor(2) as both:
            digests = set(both.map(go, [office.hr, office.finance]))
    finally:
        calculating.BATCH = kept
    assert len(digests) == 1
    run = PayRun.objects.get()
    assert (run.complete, run.people) == (True, PaySlip.objects.count())
    assert PayLine.objects.count() == len(set(PayLine.objects.values_list("slip_id", "code")))


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("L11")
def test_a_process_killed_while_it_locks_leaves_nothing_half_done(monkeypatch):
    """Design security 57: the run is as it was before, and locked as a whole afterwards."""
    office = make_office()
    absent(office, 7, 8)
    run = calculated(office)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    for slip in run.slips.all():
        if slip.needs_confirmation:
            actions.confirm_guard(slip_id=slip.pk, reason="x", by=office.finance, at=MAY)

    class Killed(Exception):
        pass

    def dies(*_given, **_more):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(runs, "draft_measures", dies)
        with pytest.raises(Killed):
            actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    run.refresh_from_db()
    assert (run.state, run.locked_at) == ("in_review", None)
    assert closed_among([office.agent.pk], [APRIL]) == set()
    assert not AbsenceMeasure.objects.exists()
    assert not Notice.objects.filter(kind="payroll.slip").exists()
    again = actions.lock_run(run_id=run.pk, by=office.finance, at=MAY)
    assert again.state == "locked"
    assert AbsenceMeasure.objects.count() == 1
    told = Notice.objects.filter(kind="payroll.slip", account=office.agent.account)
    assert told.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("L11", "Q7")
def test_two_who_lock_at_once_lock_once():
    """Design security 57: the second is told that it is done."""
    office = make_office(2)
    work(office, 1, 2)
    run = calculated(office)
    actions.submit_run(run_id=run.pk, by=office.hr, at=MAY)
    other = make_account("finance")

    def go(by):
        try:
            return actions.lock_run(run_id=run.pk, by=by, at=MAY).state
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(go, [office.finance, other]))
    assert answers in (["NotReady", "locked"], ["RunClosed", "locked"])
    told = Notice.objects.filter(kind="payroll.slip", account=office.agent.account)
    assert told.count() == 1
