"""What a month's plan leaves open or strains: leaders, numbers, rest between shifts, hours."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .policies import RosterPolicy, WeekPolicy
from .shifts import Shift, minutes_between

HOUR = 60


class Problem(StrEnum):
    """What is wrong with a plan; only a missing leader keeps it from being published."""

    NO_LEADER = "no_leader"
    TWO_LEADERS = "two_leaders"
    TOO_FEW = "too_few"
    TOO_SOON = "too_soon"
    WEEK_HOURS = "week_hours"
    AWAY = "away"

    @property
    def blocks(self) -> bool:
        return self is Problem.NO_LEADER


@dataclass(frozen=True)
class Planned:
    """Somebody's shift as planned; ``kind`` is the code of the shift type."""

    employee_id: int
    kind: str
    shift: Shift
    break_minutes: int = 0
    leads: bool = False


@dataclass(frozen=True)
class Need:
    """How many people a shift of that kind takes at least, on every day."""

    kind: str
    least: int


@dataclass(frozen=True)
class Finding:
    """
    One thing about a plan: on which day, in which shift, about whom.

    ``number`` against ``limit``: people there and needed, hours between and required, planned
    hours and allowed.
    """

    problem: Problem
    date: dt.date
    kind: str = ""
    employee_id: int | None = None
    number: Decimal = Decimal(0)
    limit: Decimal = Decimal(0)


def worked_minutes(planned: Planned) -> int:
    """The planned minutes of work: the length of the shift without its break."""
    return max(0, planned.shift.length_minutes - planned.break_minutes)


def check_roster(
    planned: Sequence[Planned],
    *,
    days: Sequence[dt.date],
    needs: Sequence[Need],
    away: Collection[tuple[int, dt.date]],
    roster: RosterPolicy,
    week: WeekPolicy,
) -> list[Finding]:
    """
    Say what is wrong with a plan, by day (K2, B8, K23).

    Shifts of days beside ``days`` count for the rest between shifts and for the hours of a week,
    and are not looked at themselves. ``away`` are days of approved leave or rest.
    """
    of_shift: dict[tuple[dt.date, str], list[Planned]] = defaultdict(list)
    of_person: dict[int, list[Planned]] = defaultdict(list)
    for each in planned:
        of_shift[each.shift.date, each.kind].append(each)
        of_person[each.employee_id].append(each)
    looked_at = set(days)
    found = _shifts(of_shift, looked_at)
    for day in days:
        for need in needs:
            there = len(of_shift.get((day, need.kind), ()))
            if there < need.least:
                found.append(
                    Finding(
                        Problem.TOO_FEW,
                        day,
                        need.kind,
                        number=Decimal(there),
                        limit=Decimal(need.least),
                    )
                )
    found += [
        Finding(Problem.AWAY, each.shift.date, each.kind, each.employee_id)
        for each in planned
        if each.shift.date in looked_at and (each.employee_id, each.shift.date) in away
    ]
    for person, shifts in of_person.items():
        shifts.sort(key=lambda each: each.shift.start)
        found += _too_soon(person, shifts, looked_at, roster)
        if week.check:
            found += _weeks(person, shifts, looked_at, week)
    return sorted(found, key=lambda each: (each.date, not each.problem.blocks, each.problem))


def _shifts(
    of_shift: Mapping[tuple[dt.date, str], Sequence[Planned]], looked_at: Collection[dt.date]
) -> list[Finding]:
    found = []
    for (day, kind), people in of_shift.items():
        if day not in looked_at:
            continue
        leaders = sum(each.leads for each in people)
        if leaders == 0:
            found.append(Finding(Problem.NO_LEADER, day, kind))
        elif leaders > 1:
            found.append(Finding(Problem.TWO_LEADERS, day, kind, number=Decimal(leaders)))
    return found


def _too_soon(
    person: int, shifts: Sequence[Planned], looked_at: Collection[dt.date], policy: RosterPolicy
) -> list[Finding]:
    found = []
    for earlier, later in zip(shifts, shifts[1:], strict=False):
        between = minutes_between(earlier.shift.end, later.shift.start)
        if between < policy.apart_hours * HOUR and later.shift.date in looked_at:
            found.append(
                Finding(
                    Problem.TOO_SOON,
                    later.shift.date,
                    later.kind,
                    person,
                    Decimal(between) / HOUR,
                    Decimal(policy.apart_hours),
                )
            )
    return found


def _weeks(
    person: int, shifts: Sequence[Planned], looked_at: Collection[dt.date], policy: WeekPolicy
) -> list[Finding]:
    minutes: dict[dt.date, int] = defaultdict(int)
    touched = set()
    for each in shifts:
        monday = each.shift.date - dt.timedelta(days=each.shift.date.weekday())
        minutes[monday] += worked_minutes(each)
        if each.shift.date in looked_at:
            touched.add(monday)
    return [
        Finding(
            Problem.WEEK_HOURS,
            max(monday, min(looked_at)),
            employee_id=person,
            number=Decimal(minutes[monday]) / HOUR,
            limit=policy.hours,
        )
        for monday in sorted(touched)
        if minutes[monday] > policy.hours * HOUR
    ]
