"""A first plan for a month: everybody works, rests evenly, and evenings are shared fairly."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from .roster import Need
from .shifts import Shift, minutes_between, place_shift

HOUR = 60


@dataclass(frozen=True)
class Kind:
    """A shift type as the plan needs it, by wall clock."""

    code: str
    start: dt.time
    end: dt.time
    break_minutes: int = 0


@dataclass(frozen=True)
class Person:
    """
    Somebody to plan: the days on which they cannot work, how many days they rest besides.

    ``earlier`` counts the shifts of each kind they had before, so that a turn goes on.
    """

    employee_id: int
    may_lead: bool = False
    away: frozenset[dt.date] = frozenset()
    rest_days: int = 0
    most_days_a_week: int = 7
    earlier: Mapping[str, int] = field(default_factory=dict)
    last: Shift | None = None


@dataclass(frozen=True)
class Proposed:
    """One cell of the plan."""

    employee_id: int
    date: dt.date
    kind: str
    leads: bool = False


def _rests(people: Sequence[Person], days: Sequence[dt.date]) -> dict[int, set[dt.date]]:
    """Spread the rest days so that few rest on the same day, and each person's lie far apart."""
    resting: dict[dt.date, int] = {day: sum(day in each.away for each in people) for day in days}
    found: dict[int, set[dt.date]] = {}
    for place, person in enumerate(people):
        mine: set[dt.date] = set()
        free = [day for day in days if day not in person.away]
        count = min(person.rest_days, len(free))
        for n in range(count):
            part = free[len(free) * n // count : len(free) * (n + 1) // count]
            turn = len(part) * place // max(1, len(people))
            around = part[turn:] + part[:turn]
            day = min(around, key=lambda each: (resting[each], around.index(each)))
            mine.add(day)
            resting[day] += 1
        found[person.employee_id] = mine
    return found


def propose(
    people: Sequence[Person],
    days: Sequence[dt.date],
    kinds: Sequence[Kind],
    needs: Sequence[Need],
    *,
    apart_hours: int,
    zone: ZoneInfo,
) -> list[Proposed]:
    """
    Propose a plan for the days (K2), the same for the same input.

    The later a kind begins, the sooner it is filled, up to its need; whoever is left works the
    first kind. Who worked late yesterday and could not come early today stays late until the next
    day off; so late shifts go to those who will have had the fewest by then. A shift whose people
    cannot lead gives up a place to somebody who can, if the first shift keeps one; else whoever led
    least leads. Nobody works on days
    away, in rest days, with less than ``apart_hours`` between two shifts, or more days a week
    than allowed.
    """
    if not people or not kinds:
        return []
    order = sorted(people, key=lambda each: each.employee_id)
    rests = _rests(order, days)
    least = {each.code: 0 for each in kinds} | {each.kind: each.least for each in needs}
    first, *others = kinds
    late_first = sorted(others, key=lambda each: each.start, reverse=True)
    had: dict[int, dict[str, int]] = {
        each.employee_id: defaultdict(int, each.earlier) for each in order
    }
    led: dict[int, int] = defaultdict(int)
    last: dict[int, Shift | None] = {each.employee_id: each.last for each in order}
    worked: dict[tuple[int, dt.date], int] = defaultdict(int)
    plan: list[Proposed] = []
    for day in days:
        monday = day - dt.timedelta(days=day.weekday())
        free = [
            each
            for each in order
            if day not in each.away
            and day not in rests[each.employee_id]
            and worked[each.employee_id, monday] < each.most_days_a_week
        ]
        early = place_shift(day, first.start, first.end, zone)
        for kind in [*late_first, first]:
            shift = place_shift(day, kind.start, kind.end, zone)
            able = [each for each in free if _rested(last[each.employee_id], shift, apart_hours)]
            if kind is first:
                chosen = able
            else:
                bound = [
                    each for each in able if not _rested(last[each.employee_id], early, apart_hours)
                ]
                weight = {
                    each.employee_id: had[each.employee_id][kind.code]
                    + _run(each, day, days, rests[each.employee_id])
                    for each in able
                }
                chosen = _choose(_spared(able, bound), bound, least[kind.code], weight, led)
            if not chosen:
                continue
            leader = min(
                chosen,
                key=lambda each: (not each.may_lead, led[each.employee_id], each.employee_id),
            )
            led[leader.employee_id] += 1
            for each in chosen:
                who = each.employee_id
                plan.append(Proposed(who, day, kind.code, leads=each is leader))
                had[who][kind.code] += 1
                worked[who, monday] += 1
                last[who] = shift
            taken = {each.employee_id for each in chosen}
            free = [each for each in free if each.employee_id not in taken]
    return plan


def _rested(last: Shift | None, shift: Shift, apart_hours: int) -> bool:
    return last is None or minutes_between(last.end, shift.start) >= apart_hours * HOUR


def _run(person: Person, day: dt.date, days: Sequence[dt.date], rests: Collection[dt.date]) -> int:
    """How many days somebody works from a day on until the next day off."""
    length = 0
    while day in days and day not in rests and day not in person.away:
        length += 1
        day += dt.timedelta(days=1)
    return length


def _spared(able: Sequence[Person], bound: Sequence[Person]) -> list[Person]:
    """The only one left who can lead is kept for the first shift, which has the most people."""
    leaders = [each for each in able if each.may_lead and each not in bound]
    spared = leaders if len(leaders) == 1 else []
    return [each for each in able if each not in spared]


def _choose(
    able: Sequence[Person],
    bound: Sequence[Person],
    number: int,
    weight: Mapping[int, int],
    led: Mapping[int, int],
) -> list[Person]:
    """Those who have no other shift today, then those of least weight; one who can lead, if any."""
    others = sorted(
        (each for each in able if each not in bound),
        key=lambda each: (weight[each.employee_id], each.employee_id),
    )
    chosen = [*bound, *others[: max(0, number - len(bound))]]
    if chosen and not any(each.may_lead for each in chosen):
        leaders = [each for each in others if each.may_lead and each not in chosen]
        if leaders:
            leader = min(leaders, key=lambda each: (led[each.employee_id], each.employee_id))
            if len(chosen) > len(bound):
                chosen[-1] = leader
            else:
                chosen.append(leader)
    return chosen
