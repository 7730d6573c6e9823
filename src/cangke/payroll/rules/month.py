"""One person's month of pay: lines, totals, guard, tax (L1–L9, L12, K12, K16, K21, K22)."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cangke.attendance.rules import (
    LeaveDay,
    MonthVerdict,
    PacketState,
    Policies,
    rest_entitlement,
)
from cangke.attendance.rules.policies import Beyond

from .amounts import cents, days_text
from .policies import DailyWage, Guard, PayPolicies
from .tax import TaxMonth, withhold

NONE = Decimal(0)
MEAN_DAYS = Fraction(87, 4)  # 21.75


@dataclass(frozen=True)
class PayLine:
    """One amount of the slip, signed, rounded once, with its clause and arithmetic."""

    code: str
    amount: Decimal
    clause: str
    explain: str


@dataclass(frozen=True)
class Correction:
    """A line of a closed month that would be another amount now (L11)."""

    month: str
    code: str
    amount: Decimal
    now: Decimal


@dataclass(frozen=True)
class BasePart:
    """A base that holds from one day to another, both included (L2)."""

    from_date: dt.date
    to_date: dt.date
    base: Decimal

    @property
    def days(self) -> int:
        return (self.to_date - self.from_date).days + 1


@dataclass(frozen=True)
class PayFacts:
    """
    What pay needs beside the month's attendance.

    ``base_parts`` are given where the base changed within the month: in order, without a gap, and
    only days of employment. ``leave_days`` then say by which base a day of leave is counted.
    ``recoveries`` are amounts to be deducted, by their reference (L10); ``owed`` is what earlier
    months could not take, in the order it is collected; ``held`` are the lines ``leave``,
    ``absence`` and ``red_packets`` that an objection holds back (S7).
    """

    first: dt.date
    base_pay: Decimal
    employed_from: dt.date | None = None
    employed_to: dt.date | None = None
    rest_days_taken: Decimal = NONE
    leave_days_before: Decimal = NONE
    performance_pay: Decimal = NONE
    bonuses: Sequence[tuple[str, Decimal]] = ()
    insurance_total: Decimal = NONE
    corrections: Sequence[Correction] = ()
    tax_cumulative: bool = False
    special_additional: Decimal = NONE
    tax_earlier: Sequence[TaxMonth] = ()
    base_parts: Sequence[BasePart] = ()
    leave_days: Sequence[LeaveDay] = ()
    recoveries: Sequence[tuple[str, Decimal]] = ()
    owed: Sequence[tuple[str, Decimal]] = ()
    held: frozenset[str] = frozenset()

    def base_on(self, day: dt.date) -> Decimal:
        """The base in force on a day of the month; before and after employment the nearest."""
        for part in self.base_parts:
            if day <= part.to_date:
                return part.base
        return self.base_parts[-1].base if self.base_parts else self.base_pay

    def mean_base(self, days: Sequence[tuple[dt.date, Decimal]]) -> Fraction:
        """The base of several days, each weighted with its share; the last one for none."""
        weight = sum((share for _day, share in days), NONE)
        if not weight:
            return Fraction(self.base_parts[-1].base if self.base_parts else self.base_pay)
        total = sum(
            (Fraction(self.base_on(day)) * Fraction(share) for day, share in days), Fraction(0)
        )
        return total / Fraction(weight)

    @property
    def calendar_days(self) -> int:
        return monthrange(self.first.year, self.first.month)[1]

    def employed_days_in(self, first: dt.date) -> int:
        """Days of employment within the month that begins then, both ends included."""
        last = first.replace(day=monthrange(first.year, first.month)[1])
        begins = max(first, self.employed_from or first)
        ends = min(last, self.employed_to or last)
        return max(0, (ends - begins).days + 1)

    @property
    def next_month(self) -> dt.date:
        return (self.first + dt.timedelta(days=32)).replace(day=1)


@dataclass(frozen=True)
class GuardResult:
    """How absence stands to the guarded share of gross (L12)."""

    mode: Guard
    limit: Decimal
    exceeded: bool
    uncollected: Decimal


@dataclass(frozen=True)
class Slip:
    """A month of pay; ``net`` is never negative, what is missing is ``receivable``."""

    lines: tuple[PayLine, ...]
    gross: Decimal
    deductions: Decimal
    insurance_employee: Decimal
    insurance_company: Decimal
    tax: Decimal
    net: Decimal
    receivable: Decimal
    rest_entitlement: Decimal
    rest_entitlement_next_month: Decimal
    notices: tuple[str, ...]
    proposals: tuple[str, ...]
    guard: GuardResult


def wage_days_of(absent_days: Decimal, attendance: Policies) -> Decimal | None:
    """
    Return the daily wages that a month's absence takes; None where it takes the whole month (K21).

    The highest step reached applies alone; steps do not add up (AMB-06).
    """
    policy = attendance.absence
    if absent_days >= 3 and policy.three_days == Beyond.MONTH:
        return None
    for reached, wages in ((2, policy.two_days), (1, policy.one_day)):
        if absent_days >= reached:
            return wages
    return policy.half_day if absent_days >= Decimal("0.5") else NONE


def pay_month(
    facts: PayFacts, month: MonthVerdict, attendance: Policies, policies: PayPolicies
) -> Slip:
    """Work out a month's slip from its facts, under the rules of that month."""
    days = facts.calendar_days
    employed = facts.employed_days_in(facts.first)
    divisor = MEAN_DAYS if policies.pay.daily_wage == DailyWage.MEAN_DAYS else Fraction(days)
    by = days_text(divisor)
    absent = month.absent_days
    away = [(each.date, each.days) for each in facts.leave_days]
    missed = [(each.date, each.absent_days) for each in month.verdicts if each.absent_days]
    rest_base, leave_base = facts.mean_base([]), facts.mean_base(away)
    # Leave beyond the year's days is absence of the days it was taken on.
    absent_base = facts.mean_base(missed or away)
    wages_lost = wage_days_of(absent, attendance)
    lines = _earnings(facts, month, attendance, policies, employed=employed)
    entitlement = _entitlement(facts, attendance, facts.first, facts.leave_days_before)
    unused = max(NONE, entitlement - facts.rest_days_taken)
    paid_rest = cents(Fraction(unused) * Fraction(attendance.rest.unused_pay) * rest_base / divisor)
    if paid_rest and wages_lost is not None:
        words = f"{days_text(unused)} × {_spelled(rest_base, facts)} / {by}"
        lines.append(PayLine("unused_rest", paid_rest, "K12", words))
    lines += _corrected(facts.corrections)
    gross = sum((each.amount for each in lines), NONE)
    leave = cents(month.leave.wages * leave_base / divisor)
    if "leave" in facts.held:
        leave = NONE
    if leave:
        words = f"{days_text(month.leave.wages)} × {_spelled(leave_base, facts)} / {by}"
        lines.append(PayLine("leave", -leave, "K16", words))
    if wages_lost is None:
        absence, words = max(NONE, gross - leave), f"{gross} − {leave}"
    else:
        absence = cents(Fraction(wages_lost) * absent_base / divisor)
        words = f"{days_text(wages_lost)} × {_spelled(absent_base, facts)} / {by}"
    if "absence" in facts.held:
        absence = NONE
    wanted = cents(sum((amount for _ref, amount in facts.recoveries), NONE))
    owing = _packets(month, facts)
    guard, absence, packets, recovered = _guarded(
        absence, sum(owing, NONE), wanted, gross, policies
    )
    if absence:
        words = f"{days_text(absent)}: {words}"
        lines.append(PayLine("absence", -absence, "K21", words))
    if packets:
        words = " + ".join(str(each) for each in owing)
        if packets < sum(owing, NONE):
            words = f"{packets} ≤ {words}"
        lines.append(PayLine("red_packets", -packets, "L9", words))
    lines += _taken("recovery", facts.recoveries, recovered)
    insurance = cents(
        Fraction(facts.insurance_total) * (100 - Fraction(policies.insurance.company_percent)) / 100
    )
    deductions = leave + absence + packets + recovered
    room = gross - deductions - insurance - _tax(facts, gross - deductions, insurance, policies)[0]
    if guard.mode != Guard.OFF:
        room = min(room, guard.limit - absence - packets - recovered)
    carried = _taken("carried", facts.owed, max(NONE, room))
    lines += carried
    deductions -= sum((each.amount for each in carried), NONE)
    if insurance:
        share = days_text(100 - policies.insurance.company_percent)
        lines.append(PayLine("insurance", -insurance, "L4", f"{facts.insurance_total} × {share}%"))
    tax, words = _tax(facts, gross - deductions, insurance, policies)
    if tax:
        lines.append(PayLine("tax", -tax, "L8", words))
    left = gross - deductions - insurance - tax
    criticised = absent >= attendance.absence.criticism_from
    proposed = absent >= attendance.absence.dismissal_from
    return Slip(
        lines=tuple(lines),
        gross=cents(gross),
        deductions=cents(deductions),
        insurance_employee=insurance,
        insurance_company=cents(facts.insurance_total - insurance),
        tax=cents(tax),
        net=cents(max(NONE, left)),
        receivable=cents(max(NONE, -left)),
        rest_entitlement=entitlement,
        rest_entitlement_next_month=_entitlement(
            facts, attendance, facts.next_month, month.leave.spoiling
        ),
        notices=("company_criticism",) if criticised else (),
        proposals=("dismissal",) if proposed else (),
        guard=guard,
    )


def pay_supplement(corrections: Sequence[Correction], policies: PayPolicies) -> Slip:
    """
    Work out what a supplement pays: the corrections alone, each once (L11).

    Nothing else of the month is paid or taken again; tax takes it up in the next month's run.
    """
    lines = _corrected(corrections)
    total = sum((each.amount for each in lines), NONE)
    return Slip(
        lines=tuple(lines),
        gross=cents(total),
        deductions=NONE,
        insurance_employee=NONE,
        insurance_company=NONE,
        tax=NONE,
        net=cents(max(NONE, total)),
        receivable=cents(max(NONE, -total)),
        rest_entitlement=NONE,
        rest_entitlement_next_month=NONE,
        notices=(),
        proposals=(),
        guard=GuardResult(policies.pay.legal_guard, NONE, exceeded=False, uncollected=NONE),
    )


def _packets(month: MonthVerdict, facts: PayFacts) -> list[Decimal]:
    """The packets that pay settles, where the policy of their day says so (L9)."""
    if "red_packets" in facts.held:
        return []
    return [cents(each.owed) for each in month.packets if each.state is PacketState.PAY]


def _corrected(corrections: Sequence[Correction]) -> list[PayLine]:
    """A line for each difference from a closed month (L11)."""
    return [
        PayLine(
            f"adjustment.{each.month}",
            cents(each.now - each.amount),
            "L11",
            f"{each.code}: {each.now} − ({each.amount})",
        )
        for each in corrections
    ]


def _taken(kind: str, wanted: Sequence[tuple[str, Decimal]], room: Decimal) -> list[PayLine]:
    """What of the amounts there is room for, in their order; each says how much was wanted."""
    lines = []
    for ref, amount in wanted:
        taken = min(cents(amount), room)
        room -= taken
        if taken:
            words = f"{taken}" if taken == cents(amount) else f"{taken} ≤ {cents(amount)}"
            lines.append(PayLine(f"{kind}.{ref}", -taken, "L10", words))
    return lines


def _tax(
    facts: PayFacts, income: Decimal, insurance: Decimal, policies: PayPolicies
) -> tuple[Decimal, str]:
    """The month's tax on what is left of gross, and its arithmetic; nothing where none is asked."""
    if not facts.tax_cumulative:
        return NONE, ""
    this = TaxMonth(income, insurance, facts.special_additional)
    return withhold(facts.tax_earlier, this, policies.tax)


def _earnings(
    facts: PayFacts,
    month: MonthVerdict,
    attendance: Policies,
    policies: PayPolicies,
    *,
    employed: int,
) -> list[PayLine]:
    days = facts.calendar_days
    whole = employed >= days
    lines = _base_lines(facts, employed=employed)
    if facts.performance_pay:
        amount = cents(facts.performance_pay)
        lines.append(PayLine("performance_pay", amount, "L6", f"{amount}"))
    for kind, amount in facts.bonuses:
        if amount:
            lines.append(PayLine(f"bonus.{kind}", cents(amount), "L7", f"{cents(amount)}"))
    bonus = cents(policies.bonus.full_attendance)
    if whole and month.is_clean and bonus:
        lines.append(PayLine("full_attendance", bonus, "K22", f"{bonus}"))
    return lines


def _base_lines(facts: PayFacts, *, employed: int) -> list[PayLine]:
    """Base pay, split by days where it changed within the month (L1, L2)."""
    days = facts.calendar_days
    whole = employed >= days
    if len(facts.base_parts) < 2:
        base = facts.base_parts[0].base if facts.base_parts else facts.base_pay
        amount = cents(Fraction(base) * employed / days)
        words = f"{base}" if whole else f"{base} × {employed} / {days}"
        return [PayLine("base_pay", amount, "L1" if whole else "L2", words)]
    return [
        PayLine(
            "base_pay" if place == 0 else f"base_pay.{part.from_date.isoformat()}",
            cents(Fraction(part.base) * part.days / days),
            "L2",
            f"{part.base} × {part.days} / {days}",
        )
        for place, part in enumerate(facts.base_parts)
    ]


def _spelled(base: Fraction, facts: PayFacts) -> str:
    """A base in words; a mean of two is spelled to the cent, as what it is: about that much."""
    known = {Fraction(each.base): each.base for each in facts.base_parts}
    known.setdefault(Fraction(facts.base_pay), facts.base_pay)
    return str(known[base]) if base in known else f"≈{cents(base)}"


def _entitlement(
    facts: PayFacts, attendance: Policies, first: dt.date, leave_before: Decimal
) -> Decimal:
    return rest_entitlement(
        leave_days_before=leave_before,
        employed_days=facts.employed_days_in(first),
        calendar_days=monthrange(first.year, first.month)[1],
        rest=attendance.rest,
        leave=attendance.leave,
    )


def _guarded(
    absence: Decimal, packets: Decimal, recoveries: Decimal, gross: Decimal, policies: PayPolicies
) -> tuple[GuardResult, Decimal, Decimal, Decimal]:
    """
    Hold absence, packets and recoveries against their share of gross; strictly more exceeds it.

    Where the guard caps, recoveries give way first, then packets.
    """
    limit = cents(Fraction(max(NONE, gross)) * Fraction(policies.pay.guard_percent) / 100)
    wanted = absence + packets + recoveries
    exceeded = wanted > limit
    mode = policies.pay.legal_guard
    if mode == Guard.CAP and exceeded:
        held = min(absence, limit)
        settled = min(packets, limit - held)
        recovered = min(recoveries, limit - held - settled)
        uncollected = wanted - held - settled - recovered
        return GuardResult(mode, limit, exceeded, uncollected), held, settled, recovered
    return GuardResult(mode, limit, exceeded, NONE), absence, packets, recoveries
