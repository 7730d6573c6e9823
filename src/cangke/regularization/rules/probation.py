"""The days of a probation: its end, its reminder, what is due, when a decision takes effect."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from .policies import ProbationPolicy

ONE_DAY = dt.timedelta(days=1)


class FileState(StrEnum):
    """Where a file stands."""

    OPEN = "open"  # the employee has not handed in yet
    RUNNING = "running"
    RETURNED = "returned"  # handed back for completion
    PASSED = "passed"
    REJECTED = "rejected"
    ENDED = "ended"  # the employment ended before a decision


class Outcome(StrEnum):
    """What a final decision says; a refusal in any step rejects."""

    PASS = "pass"
    EXTEND = "extend"
    REJECT = "reject"


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def probation_end(begins_on: dt.date, months: int) -> dt.date:
    """Return the last day (inclusive) of a probation of so many months (AMB-41)."""
    return add_months(begins_on, months) - ONE_DAY


def extended_end(ends_on: dt.date, months: int) -> dt.date:
    """
    Return the last day of a probation made so many months longer.

    A period that ended with its month still does: 30 June by a month ends on 31 July.
    """
    return add_months(ends_on + ONE_DAY, months) - ONE_DAY


def reminder_day(ends_on: dt.date, policy: ProbationPolicy) -> dt.date:
    """Return the day on which employee and superior are reminded (N3)."""
    return ends_on - dt.timedelta(days=policy.reminder_days)


def is_late(submitted_on: dt.date, ends_on: dt.date) -> bool:
    """Whether an application came after the last day of the probation (N3)."""
    return submitted_on > ends_on


@dataclass(frozen=True)
class Due:
    """What a day asks for: the reminder before the end, or telling that the end has passed."""

    remind: bool = False
    overdue: bool = False


def due_today(
    today: dt.date,
    ends_on: dt.date,
    *,
    submitted: bool,
    reminded_on: dt.date | None,
    told_on: dt.date | None,
    policy: ProbationPolicy,
) -> Due:
    """
    Say what a file without a decision asks for today, each at most once.

    The reminder goes out once for an end, from its day on, while nothing was handed in. From the
    last day on superior and personnel are told every day: a missed end may count as confirmed.
    """
    first = reminder_day(ends_on, policy)
    remind = not submitted and today >= first and (reminded_on is None or reminded_on < first)
    overdue = today >= ends_on and (told_on is None or told_on < today)
    return Due(remind, overdue)


def effective_day(chosen: dt.date | None, *, ends_on: dt.date, decided_on: dt.date) -> dt.date:
    """Return the first day as formal employee: as chosen, or the day after the end (N11)."""
    wanted = chosen or ends_on + ONE_DAY
    return max(wanted, decided_on)


def may_extend(
    begins_on: dt.date, ends_on: dt.date, months: int, times: int, policy: ProbationPolicy
) -> bool:
    """Whether a probation extended ``times`` before may be made ``months`` longer (N14)."""
    longest = probation_end(begins_on, policy.longest_months)
    return (
        months > 0 and times < policy.extend_most_times and extended_end(ends_on, months) <= longest
    )
