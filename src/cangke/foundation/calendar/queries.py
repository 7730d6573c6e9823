from __future__ import annotations

import datetime as dt

import holidays

from . import rules
from .models import CalendarDay, CalendarYear
from .rules import DayKind, WorkingDays


def weekend_of(region: str) -> frozenset[int]:
    """The free weekdays of the region (0 is Monday); Saturday and Sunday where it is not known."""
    try:
        return frozenset(holidays.country_holidays(region.partition("-")[0]).weekend)
    except NotImplementedError:
        return frozenset({5, 6})


def working_days(region: str, first: dt.date, last: dt.date) -> WorkingDays:
    """
    Return the region's working days around ``first`` to ``last``, in one query.

    Days up to two months outside are included, so that walking over an edge stays right.
    """
    margin = dt.timedelta(days=rules.days.FARTHEST_DAYS)
    rows = CalendarDay.objects.filter(
        region=region, date__gte=first - margin, date__lte=last + margin
    ).values_list("date", "kind")
    return WorkingDays({day: DayKind(kind) for day, kind in rows}, weekend_of(region))


def is_working_day(day: dt.date, region: str = "CN") -> bool:
    """Whether people work in the region on the day; for many days ask `working_days` once."""
    return working_days(region, day, day).is_working_day(day)


def working_day_before(day: dt.date, region: str = "CN") -> dt.date:
    """Return the last working day before the day."""
    return working_days(region, day, day).working_day_before(day)


def working_day_on_or_before(day: dt.date, region: str = "CN") -> dt.date:
    """Return the day itself if people work on it, else the last working day before it."""
    return working_days(region, day, day).on_or_before(day)


def is_known_year(region: str, year: int) -> bool:
    """Whether the holidays of the year are loaded; if not, only weekends are free in it."""
    return CalendarYear.objects.filter(region=region, year=year).exists()
