"""The front door of calendar."""

from .actions import seed_calendar, set_day, set_opening_hours
from .models import CalendarDay, CalendarYear, OpeningTable
from .models import kind_choices as day_kind_choices
from .ports import recorded
from .queries import (
    is_known_year,
    is_working_day,
    weekend_of,
    working_day_before,
    working_day_on_or_before,
    working_days,
)
from .rules import (
    DayKind,
    Opening,
    OpeningHours,
    Span,
    UnknownRegion,
    UnknownZone,
    WorkingDays,
    day_bounds,
    local_moment,
    minutes_between,
    parse_spans,
    published_days,
    site_day,
    site_zone,
    spell_spans,
    working_days_of,
)

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "DayKind",
    "Opening",
    "OpeningHours",
    "OpeningTable",
    "Span",
    "UnknownRegion",
    "UnknownZone",
    "WorkingDays",
    "day_bounds",
    "day_kind_choices",
    "is_known_year",
    "is_working_day",
    "local_moment",
    "minutes_between",
    "parse_spans",
    "published_days",
    "recorded",
    "seed_calendar",
    "set_day",
    "set_opening_hours",
    "site_day",
    "site_zone",
    "spell_spans",
    "weekend_of",
    "working_day_before",
    "working_day_on_or_before",
    "working_days",
    "working_days_of",
]
