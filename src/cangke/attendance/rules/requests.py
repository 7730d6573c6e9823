"""Whether leave may be had as asked for, and what is to be said beside it (K11–K14, K17, K18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cangke.foundation.calendar.rules import WorkingDays

from .policies import EmergencyPolicy, LeavePolicy, LeaveRequestPolicy, RestPolicy
from .shifts import minutes_between

ONE_DAY = dt.timedelta(days=1)
NONE = Decimal(0)


class Matter(StrEnum):
    """What there is about a request; the first kinds refuse it, the others are said beside it."""

    TOO_LATE = "too_late"
    NO_REST_LEFT = "no_rest_left"
    QUOTA = "quota"
    NO_CALL = "no_call"
    CALLED_LATE = "called_late"
    APPLIED_LATE = "applied_late"
    REST_LOST = "rest_lost"
    CAP = "cap"
    CAP_NEAR = "cap_near"

    @property
    def refuses(self) -> bool:
        return self not in (Matter.REST_LOST, Matter.CAP, Matter.CAP_NEAR)


@dataclass(frozen=True)
class Asked:
    """One thing about a request: ``number`` against ``limit``, in days (or minutes of a call)."""

    matter: Matter
    number: Decimal = NONE
    limit: Decimal = NONE
    day: dt.date | None = None


def notice_given(first: dt.date, applied_on: dt.date) -> int:
    """Calendar days between applying and the first day; negative afterwards (AMB-11)."""
    return (first - applied_on).days


def check_rest(
    days: Sequence[dt.date],
    *,
    applied_on: dt.date,
    taken: Decimal,
    entitled: Decimal,
    policy: RestPolicy,
) -> list[Asked]:
    """
    Look at rest days asked for in one month (K11): two days ahead, no more than there are.

    ``taken`` are the month's rest days approved or asked for already.
    """
    found = []
    notice = notice_given(min(days), applied_on)
    if notice < policy.notice_days:
        found.append(Asked(Matter.TOO_LATE, Decimal(notice), Decimal(policy.notice_days)))
    wanted = taken + len(days)
    if wanted > entitled:
        found.append(Asked(Matter.NO_REST_LEFT, wanted, entitled))
    return found


def check_leave(
    kind: str,
    *,
    first: dt.date,
    days: Decimal,
    applied_on: dt.date,
    year_before: Decimal,
    month_before: Decimal,
    policy: LeaveRequestPolicy,
    leave: LeavePolicy,
    emergency: bool = False,
) -> list[Asked]:
    """
    Look at leave asked for (K13, K17, K18, K28).

    ``year_before`` are the days of the kind had or asked for this year, ``month_before`` the
    unprotected days of the month. An emergency is judged by its call instead of its notice.
    """
    found = []
    notice = notice_given(first, applied_on)
    needed = policy.notice_of(kind)
    if not emergency and notice < needed:
        found.append(Asked(Matter.TOO_LATE, Decimal(notice), Decimal(needed)))
    quota = policy.quota_of(kind)
    total = year_before + days
    if quota and total > quota:
        found.append(Asked(Matter.QUOTA, total, quota))
    if kind == "personal":
        if total > leave.personal_max_per_year:
            found.append(Asked(Matter.CAP, total, leave.personal_max_per_year))
        elif total >= policy.warn_from:
            found.append(Asked(Matter.CAP_NEAR, total, leave.personal_max_per_year))
    month = month_before + days
    if not leave.kind(kind).protected and month > leave.forfeit_rest_over:
        found.append(Asked(Matter.REST_LOST, month, leave.forfeit_rest_over))
    return found


def emergency_matters(
    *,
    called_at: dt.datetime | None,
    shift_start: dt.datetime,
    applied_on: dt.date,
    returns_on: dt.date,
    calendar: WorkingDays,
    policy: EmergencyPolicy,
) -> list[Asked]:
    """
    Look at leave applied for afterwards (K14, AMB-38).

    The call counts until ``call_minutes`` after the shift begins, inclusive; the application until
    ``working_days`` working days after the day of return, inclusive.
    """
    if called_at is None:
        return [Asked(Matter.NO_CALL)]
    found = []
    late = minutes_between(shift_start, called_at)
    if late > policy.call_minutes:
        found.append(Asked(Matter.CALLED_LATE, Decimal(late), Decimal(policy.call_minutes)))
    until = calendar.add_working_days(returns_on, policy.working_days)
    if applied_on > until:
        found.append(Asked(Matter.APPLIED_LATE, limit=Decimal(policy.working_days), day=until))
    return found
