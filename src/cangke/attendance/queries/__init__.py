"""What the pages of attendance and the rooms above read."""

from .closing import Unsettled, closed_among, late_digests, unsettled
from .duty import off_shift, off_shift_online, on_leave, on_shift, shift_leaders, shifts_of
from .effects import month_effects
from .force import policies_for, policy_of, set_of, units_of
from .judged import JudgedDay, JudgedMonth
from .months import employed_in, judge_months, leave_used, load_months, rest_entitled
from .reach import looked_after, teams_within, visible
from .record import DutyRecord, duty_record
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
    "DutyRecord",
    "Grid",
    "JudgedDay",
    "JudgedMonth",
    "Line",
    "Unsettled",
    "assignments_between",
    "closed_among",
    "day_list",
    "duty_record",
    "employed_in",
    "findings_of",
    "grid_of",
    "judge_months",
    "late_digests",
    "leave_used",
    "load_months",
    "looked_after",
    "month_effects",
    "month_of",
    "month_span",
    "needs_of",
    "on_leave",
    "off_shift",
    "off_shift_online",
    "on_shift",
    "people_of",
    "policies_for",
    "policy_of",
    "published_body",
    "rest_entitled",
    "set_of",
    "shift_leaders",
    "shifts_of",
    "teams_within",
    "units_of",
    "unsettled",
    "visible",
]
