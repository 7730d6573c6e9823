"""A moment is UTC everywhere; a day and a clock time belong to a site's zone."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTES_A_DAY = 24 * 60


class UnknownZone(ValueError):
    """There is no IANA time zone of that name."""


@cache
def site_zone(name: str) -> ZoneInfo:
    """
    Return the IANA zone, such as ``Asia/Shanghai``.

    :raises UnknownZone: if there is none of that name
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def _aware(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError("a moment carries its zone")
    return at


def site_day(at: dt.datetime, zone: str) -> dt.date:
    """
    Return the calendar day of the moment at the site.

    :raises ValueError: for a naive moment
    """
    return _aware(at).astimezone(site_zone(zone)).date()


def local_moment(day: dt.date, minute: int, zone: str, *, later: bool = False) -> dt.datetime:
    """
    Return, in UTC, when the clock on the site's wall shows ``minute`` minutes past midnight.

    1440 and more run into the following days. A time that the clock skips in spring is taken as
    the moment just as long after the skip; of a time shown twice in autumn the first is meant, or
    the second with ``later``.
    """
    days, minute = divmod(minute, MINUTES_A_DAY)
    wall = dt.datetime.combine(
        day + dt.timedelta(days=days), dt.time(minute // 60, minute % 60), site_zone(zone)
    )
    first = wall.replace(fold=0).astimezone(dt.UTC)
    # In a skipped hour the second reading lies before the first; it is never meant.
    return max(first, wall.replace(fold=1).astimezone(dt.UTC)) if later else first


def day_bounds(day: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """Return the first moment of the site's day and the first of the next, in UTC."""
    return local_moment(day, 0, zone), local_moment(day, MINUTES_A_DAY, zone)


def minutes_between(start: dt.datetime, end: dt.datetime) -> int:
    """
    Return the whole minutes that really passed, subtracting in UTC; negative if ``end`` is first.

    Subtracting two moments of one zone would count the wall clock and miss the change of the hour.
    """
    return int(
        (_aware(end).astimezone(dt.UTC) - _aware(start).astimezone(dt.UTC)).total_seconds() // 60
    )
