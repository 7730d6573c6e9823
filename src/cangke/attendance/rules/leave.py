"""Leave and rest days of a month (K11, K12, K16, K17, K18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .policies import LeavePolicy, RestPolicy

NONE = Decimal(0)
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class LeaveDay:
    """Approved leave on one day: 0.5 or 1 of a kind."""

    date: dt.date
    days: Decimal
    kind: str


@dataclass(frozen=True)
class LeaveTotals:
    """
    What a month's leave adds up to.

    ``days`` are all approved days that are leave, ``spoiling`` those of unprotected kinds;
    ``wages`` the daily wages they take; ``excess`` personal days beyond the year, now absence.
    """

    days: Decimal
    spoiling: Decimal
    wages: Fraction
    excess: Decimal


def count_leave(
    leave: Sequence[LeaveDay], policy: LeavePolicy, *, personal_earlier: Decimal = NONE
) -> LeaveTotals:
    """
    Add up a month's approved leave.

    Personal days beyond ``personal_max_per_year`` (30.0 is allowed) are absence of this month and
    no longer leave (K18, AMB-10); only kind ``personal`` counts toward the limit.

    :raises KeyError: if a kind is unknown to the rulebook
    """
    personal = sum((each.days for each in leave if each.kind == "personal"), NONE)
    over = max(NONE, personal_earlier + personal - policy.personal_max_per_year)
    excess = min(personal, over)
    days, spoiling, wages = -excess, -excess, Fraction(0)
    for each in leave:
        kind = policy.kind(each.kind)
        days += each.days
        if not kind.protected:
            spoiling += each.days
        wages += Fraction(each.days) * Fraction(kind.deducted_percent) / 100
    if excess and policy.kind("personal").protected:
        spoiling += excess
    if excess:
        share = Fraction(policy.kind("personal").deducted_percent) / 100
        wages -= Fraction(excess) * share
    return LeaveTotals(days, spoiling, wages * Fraction(policy.pay), excess)


def rest_entitlement(
    *,
    leave_days_before: Decimal,
    employed_days: int,
    calendar_days: int,
    rest: RestPolicy,
    leave: LeavePolicy,
) -> Decimal:
    """
    Return the rest days of a month.

    None after a month with more than three leave days (3.0 is not more, K17); for part of a month
    the same share, rounded down to half days.
    """
    if leave_days_before > leave.forfeit_rest_over or employed_days <= 0:
        return NONE
    if employed_days >= calendar_days:
        return rest.days_per_month
    share = Fraction(rest.days_per_month) * employed_days / calendar_days
    halves = share // HALF
    return Decimal(int(halves)) / 2
