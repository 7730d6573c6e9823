"""The tables of attendance."""

from .rosters import Roster, RosterPublication, ShiftAssignment, StaffingNeed, SwapRequest
from .shifts import ShiftType, tone_choices

__all__ = [
    "Roster",
    "RosterPublication",
    "ShiftAssignment",
    "ShiftType",
    "StaffingNeed",
    "SwapRequest",
    "tone_choices",
]
