"""Opening hours: several spans a day, across midnight, with exceptions by date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .zones import MINUTES_A_DAY, local_moment, site_day, site_zone

_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–—~～至]\s*([0-9]{1,2}):([0-9]{2})")
LONGEST_SEARCH_DAYS = 400


@dataclass(frozen=True, order=True)
class Span:
    """Open from ``start_minute`` past midnight (0–1439) for ``length_minutes`` (1–1440)."""

    start_minute: int
    length_minutes: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < MINUTES_A_DAY:
            raise ValueError("a span starts within its day")
        if not 0 < self.length_minutes <= MINUTES_A_DAY:
            raise ValueError("a span lasts up to a day")


@dataclass(frozen=True, order=True)
class Opening:
    """A span of every week: ``weekday`` 0 is Monday."""

    weekday: int
    start_minute: int
    length_minutes: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("a weekday is 0 to 6")
        Span(self.start_minute, self.length_minutes)

    @property
    def span(self) -> Span:
        return Span(self.start_minute, self.length_minutes)


@dataclass(frozen=True)
class OpeningHours:
    """
    When a counter is open, by the wall clock of ``zone``.

    A span belongs to the day it starts on and may run past midnight. An exception replaces all
    spans of its day; without spans the day is closed, but what began the evening before runs on.
    """

    zone: str
    weekly: Sequence[Opening] = ()
    exceptions: Mapping[dt.date, Sequence[Span]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        site_zone(self.zone)

    @classmethod
    def always(cls, zone: str) -> OpeningHours:
        """Open around the clock."""
        return cls(zone, tuple(Opening(weekday, 0, MINUTES_A_DAY) for weekday in range(7)))

    def spans_on(self, day: dt.date) -> Sequence[Span]:
        """Return the spans that start on the day."""
        if day in self.exceptions:
            return self.exceptions[day]
        return [each.span for each in self.weekly if each.weekday == day.weekday()]

    def periods(
        self, start: dt.datetime, end: dt.datetime
    ) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield the open periods between two moments, in UTC, in order, apart from each other."""
        start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        held: tuple[dt.datetime, dt.datetime] | None = None
        for opened, closed in self._openings(start, end):
            opened, closed = max(opened, start), min(closed, end)
            if opened >= closed:
                continue
            if held is not None and opened <= held[1]:
                held = (held[0], max(held[1], closed))
                continue
            if held is not None:
                yield held
            held = (opened, closed)
        if held is not None:
            yield held

    def _openings(
        self, start: dt.datetime, end: dt.datetime
    ) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield the spans around two moments, by the moment they start."""
        day = site_day(start, self.zone) - dt.timedelta(days=2)
        last = site_day(end, self.zone)
        while day <= last:
            found = []
            # A day that the zone skipped whole has no hours.
            skipped = local_moment(day, 0, self.zone) == local_moment(day, 1440, self.zone)
            for span in () if skipped else self.spans_on(day):
                opened = local_moment(day, span.start_minute, self.zone)
                closed = local_moment(
                    day, span.start_minute + span.length_minutes, self.zone, later=True
                )
                found.append((opened, closed))
            yield from sorted(found)
            day += dt.timedelta(days=1)

    def is_open(self, at: dt.datetime) -> bool:
        """Whether the counter is open at the moment; the closing moment itself is closed."""
        return any(self.periods(at, at + dt.timedelta(microseconds=1)))

    def next_opening(self, at: dt.datetime) -> dt.datetime | None:
        """Return the first open moment from ``at`` on: ``at`` itself if open; None in 400 days."""
        at = at.astimezone(dt.UTC)
        until = at + dt.timedelta(days=LONGEST_SEARCH_DAYS)
        openings = (opened for opened, closed in self._openings(at, until) if closed > at)
        found = next(openings, None)
        return None if found is None or found >= until else max(found, at)

    def next_closing(self, at: dt.datetime) -> dt.datetime | None:
        """Return when the period that is open at, or next after, ``at`` ends; None if none does."""
        until = at + dt.timedelta(days=LONGEST_SEARCH_DAYS)
        closing = next((closed for _, closed in self.periods(at, until)), None)
        return None if closing is None or closing >= until.astimezone(dt.UTC) else closing

    def open_seconds_between(self, start: dt.datetime, end: dt.datetime) -> float:
        """Return the open seconds that really passed from ``start`` to ``end``; 0 if none."""
        if end <= start:
            return 0.0
        return sum((closed - opened).total_seconds() for opened, closed in self.periods(start, end))

    def after_open_seconds(self, at: dt.datetime, seconds: float) -> dt.datetime | None:
        """Return the first moment with so many open seconds behind it since ``at``, in UTC."""
        left = dt.timedelta(seconds=seconds)
        if left <= dt.timedelta(0):
            return at.astimezone(dt.UTC)
        until = at + dt.timedelta(days=LONGEST_SEARCH_DAYS) + 8 * left
        for opened, closed in self.periods(at, until):
            if closed - opened >= left:
                return opened + left
            left -= closed - opened
        return None

    def as_data(self) -> dict[str, Any]:
        """Return the hours as plain JSON data."""
        return {
            "zone": self.zone,
            "weekly": [[o.weekday, o.start_minute, o.length_minutes] for o in self.weekly],
            "exceptions": {
                day.isoformat(): [[s.start_minute, s.length_minutes] for s in spans]
                for day, spans in sorted(self.exceptions.items())
            },
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> OpeningHours:
        """
        Read what `as_data` wrote.

        :raises ValueError: if the data are not such hours
        """
        try:
            return cls(
                zone=str(data["zone"]),
                weekly=tuple(Opening(*map(int, each)) for each in data.get("weekly", [])),
                exceptions={
                    dt.date.fromisoformat(day): tuple(Span(*map(int, each)) for each in spans)
                    for day, spans in dict(data.get("exceptions", {})).items()
                },
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not opening hours") from error


def parse_spans(text: str) -> list[Span]:
    """
    Read the hours of a day: ``09:00-12:00, 13:30-18:00`` or ``20:00-02:00``; nothing is closed.

    An end at or before its start is on the next day; ``24:00`` is midnight at the end.

    :raises ValueError: if the text is no such list, or two spans of the day overlap
    """
    spans = []
    for part in re.split(r"[,;，；、\s]*[,;，；、][,;，；、\s]*|\n", text.strip()):
        if not part.strip():
            continue
        found = _SPAN.fullmatch(part.strip())
        if not found:
            raise ValueError(part.strip())
        from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
        start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
        if from_minute > 59 or to_minute > 59 or start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
            raise ValueError(part.strip())
        spans.append(Span(start, end - start if end > start else end - start + MINUTES_A_DAY))
    spans.sort()
    for before, after in zip(spans, spans[1:], strict=False):
        if before.start_minute + before.length_minutes > after.start_minute:
            raise ValueError(spell_spans([before, after]))
    return spans


def spell_spans(spans: Sequence[Span]) -> str:
    """Write the hours of a day as `parse_spans` reads them."""
    parts = []
    for span in sorted(spans):
        end = span.start_minute + span.length_minutes
        end = end if end == MINUTES_A_DAY else end % MINUTES_A_DAY
        parts.append(
            f"{span.start_minute // 60:02}:{span.start_minute % 60:02}-{end // 60:02}:{end % 60:02}"
        )
    return ", ".join(parts)
