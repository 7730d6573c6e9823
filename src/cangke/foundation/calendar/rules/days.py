"""Working days: a week with a weekend, and the holidays and make-up days of a region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import holidays

FARTHEST_DAYS = 60


class DayKind(StrEnum):
    """How a day differs from the plain week."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class UnknownRegion(ValueError):
    """No holidays are published for a region of that code."""


@dataclass(frozen=True)
class WorkingDays:
    """
    The working days of a region: a plain week, and the days that differ from it.

    In a year without known holidays only the weekend is free.
    """

    days: Mapping[dt.date, DayKind] = field(default_factory=dict)
    weekend: frozenset[int] = frozenset({5, 6})

    def is_working_day(self, day: dt.date) -> bool:
        """Whether people work on the day; a make-up working day counts as one."""
        kind = self.days.get(day)
        if kind is None:
            return day.weekday() not in self.weekend
        return kind == DayKind.WORKDAY

    def on_or_before(self, day: dt.date) -> dt.date:
        """Return the day itself if it is a working day, else the last one before it."""
        return self._walk(day, -1)

    def on_or_after(self, day: dt.date) -> dt.date:
        """Return the day itself if it is a working day, else the next one after it."""
        return self._walk(day, 1)

    def working_day_before(self, day: dt.date) -> dt.date:
        """Return the last working day before the day."""
        return self._walk(day - dt.timedelta(days=1), -1)

    def working_day_after(self, day: dt.date) -> dt.date:
        """Return the first working day after the day."""
        return self._walk(day + dt.timedelta(days=1), 1)

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """Return the day ``count`` working days later (or earlier, for a negative count)."""
        step = self.working_day_after if count >= 0 else self.working_day_before
        for _ in range(abs(count)):
            day = step(day)
        return day

    def count_working_days(self, first: dt.date, last: dt.date) -> int:
        """Count the working days from ``first`` to ``last``, both included."""
        length = (last - first).days + 1
        return sum(self.is_working_day(first + dt.timedelta(days=n)) for n in range(length))

    def _walk(self, day: dt.date, step: int) -> dt.date:
        for _ in range(FARTHEST_DAYS):
            if self.is_working_day(day):
                return day
            day += dt.timedelta(days=step)
        raise ValueError("no working day for two months")


def published_days(
    region: str, year: int, *, language: str | None = None
) -> dict[dt.date, tuple[DayKind, str]] | None:
    """
    Return the published holidays and make-up working days of a region's year, with names.

    ``region`` is an ISO country, with a subdivision after a hyphen where it matters (``US-CA``).
    None where the year is not known: in countries that move days by yearly decree, the holidays of
    a year become known with that decree.

    :raises UnknownRegion: if there is no such region
    """
    country, _, part = region.partition("-")
    try:
        found = holidays.country_holidays(
            country, subdiv=part or None, years=[year], language=language, expand=False
        )
    except NotImplementedError as error:
        raise UnknownRegion(region) from error
    made_up = {day for day in found.weekend_workdays if day.year == year}
    if not found or (country in DECREED and not made_up):
        return None
    days = {day: (DayKind.HOLIDAY, name) for day, name in found.items() if day.year == year}
    days.update({day: (DayKind.WORKDAY, "") for day in made_up})
    return dict(sorted(days.items()))


@lru_cache(maxsize=64)
def english_names(region: str, year: int) -> Mapping[dt.date, str]:
    """The names of a region's published days in English; empty where they have none."""
    try:
        spoken = holidays.country_holidays(region.partition("-")[0]).supported_languages
    except NotImplementedError:
        return {}
    if "en_US" not in spoken:
        return {}
    known = published_days(region, year, language="en_US") or {}
    return {day: name for day, (_kind, name) in known.items()}


# Where the year's plan of days off and make-up days is decreed late in the year before.
DECREED = frozenset({"CN"})


def working_days_of(region: str, years: Iterable[int]) -> WorkingDays:
    """
    Return the working days as published, without asking the company's own calendar.

    :raises UnknownRegion: if there is no such region
    """
    days: dict[dt.date, DayKind] = {}
    for year in years:
        known = published_days(region, year)
        days.update({day: kind for day, (kind, _) in (known or {}).items()})
    country = region.partition("-")[0]
    return WorkingDays(days, frozenset(holidays.country_holidays(country).weekend))
