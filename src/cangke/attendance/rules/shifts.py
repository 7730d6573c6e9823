"""Shifts as instants, and which punch belongs to which shift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from zoneinfo import ZoneInfo

ONE_DAY = dt.timedelta(days=1)
UTC = ZoneInfo("UTC")
REACH = dt.timedelta(hours=12)  # a punch farther than this from every shift is nobody's


@dataclass(frozen=True)
class Shift:
    """
    A shift of the day it begins on; both instants in UTC, whole minutes.

    ``end`` is the end in force: moved where the shift was prolonged (K3); ``planned_end`` stays.
    """

    date: dt.date
    start: dt.datetime
    end: dt.datetime
    planned_end: dt.datetime
    zone: ZoneInfo = UTC

    @property
    def length_minutes(self) -> int:
        return minutes_between(self.start, self.end)

    def clock(self, instant: dt.datetime) -> str:
        """The instant on the clock of the site."""
        return instant.astimezone(self.zone).strftime("%H:%M")

    @property
    def extension_minutes(self) -> int:
        return minutes_between(self.planned_end, self.end)

    def extended_to(self, until: dt.datetime) -> Shift:
        """The shift as it lasts when a customer was served until then; never shorter."""
        return replace(self, end=max(self.end, minute_of(until)))


Span = tuple[dt.datetime, dt.datetime]


def time_outside(spans: Iterable[Span], shifts: Iterable[Span]) -> dt.timedelta:
    """Return how much of the spans, which do not overlap, lies in none of the shifts (AMB-36)."""
    ran = sorted(shifts)
    outside = dt.timedelta()
    for start, end in spans:
        reached = start
        for begins, ends in ran:
            if begins < end and ends > reached:
                outside += max(begins - reached, dt.timedelta())
                reached = ends
        outside += max(end - reached, dt.timedelta())
    return outside


def minute_of(instant: dt.datetime) -> dt.datetime:
    """Cut an aware instant to the whole minute, in UTC (AMB-01)."""
    return instant.astimezone(dt.UTC).replace(second=0, microsecond=0)


def minutes_between(start: dt.datetime, end: dt.datetime) -> int:
    """Whole minutes from one UTC minute to another; negative if ``end`` is earlier."""
    return int((end - start).total_seconds() // 60)


def local(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The instant of a wall-clock time; of a repeated hour the first."""
    return dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)


def place_shift(day: dt.date, start: dt.time, end: dt.time, zone: ZoneInfo) -> Shift:
    """
    Put a shift on a day; one that ends no later than it begins ends the next day (K1).

    Its length is what the clocks of the site make of it: a night of the change may have an hour
    more or less.
    """
    begins = local(day, start, zone)
    ends = local(day if end > start else day + ONE_DAY, end, zone)
    return Shift(day, begins, ends, ends, zone)


def nearest_moment(day: dt.date, time: dt.time, zone: ZoneInfo, *, to: dt.datetime) -> dt.datetime:
    """The instant of a wall-clock time on the day before, of or after, nearest to ``to``."""
    moments = [local(day + n * ONE_DAY, time, zone) for n in (-1, 0, 1)]
    return min(moments, key=lambda each: (abs(each - to), each))


def _distance(shift: Shift, punch: dt.datetime) -> dt.timedelta:
    if punch < shift.start:
        return shift.start - punch
    return max(punch - shift.end, dt.timedelta(0))


def punches_of(
    shifts: Sequence[Shift], punches: Sequence[dt.datetime]
) -> Mapping[dt.datetime, list[dt.datetime]]:
    """
    Give each punch to the shift it is nearest to; keys are the starts of the shifts.

    Punches are cut to the minute, and two of the same minute are one. At equal distance the
    earlier shift has it; beyond twelve hours nobody does.
    """
    found: dict[dt.datetime, list[dt.datetime]] = {shift.start: [] for shift in shifts}
    ordered = sorted(shifts, key=lambda shift: shift.start)
    first = 0
    for punch in sorted({minute_of(each) for each in punches}):
        # Punches come in order: what is out of reach of this one is so for all that follow.
        while first < len(ordered) and punch - ordered[first].end > REACH:
            first += 1
        nearest = None
        for shift in islice(ordered, first, None):
            if shift.start - punch > REACH:
                break
            if nearest is None or _distance(shift, punch) < _distance(nearest, punch):
                nearest = shift
        if nearest is not None and _distance(nearest, punch) <= REACH:
            found[nearest.start].append(punch)
    return found
