"""One person's month of pay: lines, totals, guard, tax (L1–L8, L12, K12, K16, K21, K22)."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cangke.attendance.rules import MonthVerdict, Policies, rest_entitlement
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
class PayFacts:
    """What pay needs beside the month's attendance."""

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
    wage = Fraction(facts.base_pay) / divisor
    by = days_text(divisor)
    absent = month.absent_days
    wages_lost = wage_days_of(absent, attendance)
    lines = _earnings(facts, month, attendance, policies, employed=employed)
    entitlement = _entitlement(facts, attendance, facts.first, facts.leave_days_before)
    unused = max(NONE, entitlement - facts.rest_days_taken)
    paid_rest = cents(Fraction(unused) * Fraction(attendance.rest.unused_pay) * wage)
    if paid_rest and wages_lost is not None:
        words = f"{days_text(unused)} × {facts.base_pay} / {by}"
        lines.append(PayLine("unused_rest", paid_rest, "K12", words))
    for each in facts.corrections:
        words = f"{each.code}: {each.now} − ({each.amount})"
        amount = cents(each.now - each.amount)
        lines.append(PayLine(f"adjustment.{each.month}", amount, "L11", words))
    gross = sum((each.amount for each in lines), NONE)
    leave = cents(month.leave.wages * wage)
    if leave:
        words = f"{days_text(month.leave.wages)} × {facts.base_pay} / {by}"
        lines.append(PayLine("leave", -leave, "K16", words))
    if wages_lost is None:
        absence, words = max(NONE, gross - leave), f"{gross} − {leave}"
    else:
        absence = cents(Fraction(wages_lost) * wage)
        words = f"{days_text(wages_lost)} × {facts.base_pay} / {by}"
    guard, absence = _guarded(absence, gross, policies)
    if absence:
        words = f"{days_text(absent)}: {words}"
        lines.append(PayLine("absence", -absence, "K21", words))
    insurance = cents(
        Fraction(facts.insurance_total) * (100 - Fraction(policies.insurance.company_percent)) / 100
    )
    if insurance:
        share = days_text(100 - policies.insurance.company_percent)
        lines.append(PayLine("insurance", -insurance, "L4", f"{facts.insurance_total} × {share}%"))
    deductions = leave + absence
    tax = NONE
    if facts.tax_cumulative:
        this = TaxMonth(gross - deductions, insurance, facts.special_additional)
        tax, words = withhold(facts.tax_earlier, this, policies.tax)
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
    base = cents(Fraction(facts.base_pay) * employed / days)
    words = f"{facts.base_pay}" if whole else f"{facts.base_pay} × {employed} / {days}"
    lines = [PayLine("base_pay", base, "L1" if whole else "L2", words)]
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
    absence: Decimal, gross: Decimal, policies: PayPolicies
) -> tuple[GuardResult, Decimal]:
    """Hold the absence line against its share of gross; strictly more exceeds it."""
    limit = cents(Fraction(max(NONE, gross)) * Fraction(policies.pay.guard_percent) / 100)
    exceeded = absence > limit
    mode = policies.pay.legal_guard
    if mode == Guard.CAP and exceeded:
        return GuardResult(mode, limit, exceeded, absence - limit), limit
    return GuardResult(mode, limit, exceeded, NONE), absence
