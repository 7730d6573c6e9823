"""Days and hours of a site: pure Python, no clock, no database."""

from .days import (
    DayKind,
    UnknownRegion,
    WorkingDays,
    english_names,
    published_days,
    working_days_of,
)
from .hours import Opening, OpeningHours, Span, parse_spans, spell_spans
from .zones import UnknownZone, day_bounds, local_moment, minutes_between, site_day, site_zone

__all__ = [
    "DayKind",
    "Opening",
    "OpeningHours",
    "Span",
    "UnknownRegion",
    "UnknownZone",
    "WorkingDays",
    "day_bounds",
    "english_names",
    "local_moment",
    "minutes_between",
    "parse_spans",
    "published_days",
    "site_day",
    "site_zone",
    "spell_spans",
    "working_days_of",
]
