"""Whatever a month brings: one packet a violation, one correction a fact, a reason a line."""

import ast
import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cangke
from cangke.attendance import actions as attendance
from cangke.attendance.actions import LeaveImpossible
from cangke.attendance.models import LateFact, LeaveEntry, LeaveRequest, RedPacket
from cangke.attendance.public import judge_months
from cangke.attendance.rules import Policies
from cangke.attendance.tests.factories import AT
from cangke.foundation.notices.models import Notice
from cangke.payroll import actions
from cangke.payroll.models import LateChange, PaySlip
from cangke.payroll.rules import Guard, PayPolicies, PayPolicy, pay_month
from cangke.rulebook.models import Explanation

from .factories import (
    APRIL,
    JUNE,
    LATER,
    Office,
    absent,
    calculated,
    leave,
    lines_of,
    local,
    locked,
    make_office,
    punch,
    rest,
    slip_of,
    work,
)
from .test_run_invariants import months

MAY_MONTH, JUNE_MONTH = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
JULY = dt.datetime(2026, 7, 2, 3, tzinfo=dt.UTC)
WORKED = st.tuples(
    st.just("work"),
    st.sampled_from(["08:20", "08:35", "08:55", "09:05"]),
    st.sampled_from(["17:31", "17:12", "16:50"]),
)
HAPPENINGS = st.dictionaries(
    st.integers(1, 28),
    st.one_of(WORKED, st.just(("absent",)), st.just(("leave",)), st.just(("rest",))),
    min_size=1,
    max_size=6,
).filter(lambda found: sum(each == ("rest",) for each in found.values()) <= 2)


def happen(office: Office, day: int, what: tuple[str, ...]) -> None:
    if what[0] == "work":
        work(office, day, arrives=what[1], leaves=what[2])
    elif what[0] == "rest":
        rest(office, day)
    else:
        absent(office, day)
    if what[0] == "leave":
        leave(office.agent, day, at=AT - dt.timedelta(days=2))  # the 1st, too, in good time


def turn_up(office: Office, day: int, what: tuple[str, ...], at: dt.datetime) -> None:
    """What becomes known: the clock had seen somebody in time, or there was leave after all."""
    if what[0] == "work":
        punch(office.agent, local(day, "08:10"), local(day, "17:40"), source="terminal")
    elif what[0] == "absent":
        leave(office.agent, day, override_reason="住院补假", at=at)


def told(office: Office) -> None:
    """What the event of attendance brings."""
    for fact in LateFact.objects.all():
        actions.note_change(
            employee_id=fact.employee_id,
            month=fact.month,
            source="attendance",
            reference=str(fact.pk),
            at=LATER,
        )


def judge(office: Office, at: dt.datetime) -> None:
    attendance.recompute(employee_ids=[office.agent.pk], months=[APRIL], at=at)


@pytest.mark.django_db
@pytest.mark.requirement("L11", "L8", "S6")
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happenings=HAPPENINGS, late=st.sets(st.integers(1, 28), max_size=28))
def test_what_becomes_known_after_the_lock_is_corrected_once_and_exactly(happenings, late):
    """The correction is what the month would have come to, had it been known in time."""
    with transaction.atomic():
        office = make_office()
        for day, what in happenings.items():
            happen(office, day, what)
        known_late = {day: what for day, what in happenings.items() if day in late}

        with transaction.atomic():
            for day, what in known_late.items():
                turn_up(office, day, what, LATER)
            judge(office, LATER)
            ideal = lines_of(slip_of(calculated(office, at=LATER), office.agent))
            transaction.set_rollback(True)

        run = locked(office)
        slip = slip_of(run, office.agent)
        was, digest = lines_of(slip), slip.digest
        for day, what in known_late.items():
            turn_up(office, day, what, LATER)
        judge(office, LATER)
        told(office)
        after = PaySlip.objects.get(pk=slip.pk)
        assert (after.digest, lines_of(after)) == (digest, was), "a locked slip never changes"

        codes = was.keys() | ideal.keys()
        owed = {
            code: difference
            for code in codes
            if (difference := ideal.get(code, Decimal(0)) - was.get(code, Decimal(0)))
        }
        may = lines_of(slip_of(locked(office, at=JUNE, month=MAY_MONTH), office.agent))
        corrected = {
            code.removeprefix("adjustment.2026-04."): amount
            for code, amount in may.items()
            if code.startswith("adjustment.2026-04.")
        }
        assert corrected == owed
        assert not LateChange.objects.filter(settled_in=None).exists()
        june = lines_of(slip_of(calculated(office, at=JULY, month=JUNE_MONTH), office.agent))
        assert not [code for code in june if code.startswith("adjustment")], "once a fact"

        for each in PaySlip.objects.filter(employee=office.agent):
            figures = set(each.lines.values_list("code", flat=True))
            reasons = Explanation.objects.filter(
                subject_type="payroll.PaySlip", subject_id=each.pk, figure__in=figures
            )
            assert {reason.figure for reason in reasons} == figures
            assert all(reason.clause and reason.version_number for reason in reasons)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.requirement("K7", "K5", "K6")
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    happenings=HAPPENINGS,
    again=st.lists(st.tuples(st.integers(1, 28), st.sampled_from(["08:25", "08:45"])), max_size=5),
)
def test_a_violation_has_one_packet_however_often_it_is_judged(happenings, again):
    with transaction.atomic():
        office = make_office()
        for day, what in happenings.items():
            happen(office, day, what)
        judge(office, LATER)
        for day, clock in again:
            punch(office.agent, local(day, clock), source="terminal")
            judge(office, LATER)
            judge(office, LATER)
        packets = RedPacket.objects.filter(employee=office.agent)
        sides = Counter(packets.values_list("date", "side"))
        assert all(number == 1 for number in sides.values())
        alive = packets.exclude(state="void")
        month = judge_months([office.agent], APRIL, at=LATER)[0]
        wanted = {(each.date, str(each.side)): each.amount for each in month.verdict.packets}
        assert {(each.date, each.side): each.amount for each in alive} == wanted
        before = (packets.count(), Notice.objects.count())
        judge(office, LATER)
        assert (packets.count(), Notice.objects.count()) == before
        transaction.set_rollback(True)


ASKED = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["rest", "personal", "sick", "statutory"]),
            st.integers(6, 30),
            st.booleans(),
        ),
        st.tuples(st.just("cancel"), st.integers(0, 9), st.booleans()),
    ),
    max_size=14,
)


@pytest.mark.django_db
@pytest.mark.requirement("K11", "K18", "K28")
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(asked=ASKED)
def test_the_ledger_never_gives_more_than_there_is(asked):
    """No third rest day, never two leaves on one day, and what is cancelled is given back."""
    with transaction.atomic():
        office = make_office()
        attendance.grant_rest(employees=[office.agent], month=APRIL, at=local(1, "00:05"))
        made = []
        for what, number, half in asked:
            try:
                if what == "cancel":
                    if number < len(made):
                        attendance.cancel_leave(
                            request_id=made[number].pk,
                            reason="x",
                            by=office.agent.account,
                            at=local(1, "10:00"),
                        )
                else:
                    made.append(leave(office.agent, number, kind=what, half=half))
            except (LeaveImpossible, attendance.LeaveRefused, attendance.LeaveOver):
                continue
        rows = LeaveEntry.objects.filter(employee=office.agent)
        balance = sum(
            row.days if row.act == "grant" else -row.days for row in rows.filter(kind="rest")
        )
        assert balance >= 0
        days: Counter[dt.date] = Counter()
        for row in rows.exclude(act="grant"):
            days[row.date] += row.days
        assert all(0 <= number <= 1 for number in days.values())
        approved = LeaveRequest.objects.filter(employee=office.agent, state="approved")
        assert sum(days.values()) == sum(each.days for each in approved)
        transaction.set_rollback(True)


@given(months(), st.sampled_from(list(Guard)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_amount_is_a_binary_fraction(given_month, mode):
    facts, month, _policies = given_month
    slip = pay_month(facts, month, Policies(), PayPolicies(pay=PayPolicy(legal_guard=mode)))
    amounts = [
        *(line.amount for line in slip.lines),
        slip.gross,
        slip.deductions,
        slip.insurance_employee,
        slip.insurance_company,
        slip.tax,
        slip.net,
        slip.receivable,
        slip.guard.limit,
        slip.guard.uncollected,
    ]
    assert {type(each) for each in amounts} == {Decimal}


@pytest.mark.parametrize("room", ["payroll", "attendance"])
def test_money_never_passes_through_float(room):
    """No float is named or written where a month's days and money are worked out."""
    folder = Path(cangke.__file__).parent / room
    found = []
    for file in [*folder.glob("rules/*.py"), *folder.glob("actions/*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Name) and node.id == "float"
            if named or (isinstance(node, ast.Constant) and isinstance(node.value, float)):
                found.append(f"{file.name}:{node.lineno}")
    assert found == []
