"""What the pages of attendance and the rooms above read."""

from .duty import on_shift, shifts_of
from .force import policies_for, units_of
from .reach import plans_for, teams_within
from .rosters import (
    Cell,
    Day,
    Grid,
    Line,
    assignments_between,
    day_list,
    findings_of,
    grid_of,
    month_of,
    month_span,
    needs_of,
    people_of,
    published_body,
)

__all__ = [
    "Cell",
    "Day",
    "Grid",
    "Line",
    "assignments_between",
    "day_list",
    "findings_of",
    "grid_of",
    "month_of",
    "month_span",
    "needs_of",
    "on_shift",
    "people_of",
    "plans_for",
    "policies_for",
    "published_body",
    "shifts_of",
    "teams_within",
    "units_of",
]
