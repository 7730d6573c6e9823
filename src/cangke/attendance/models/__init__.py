"""The tables of attendance."""

from .closing import ClosedMonth, LateFact
from .days import AttendancePublication, DayRecord, PacketShare, RedPacket
from .duties import DutyTurn
from .leave import REST, EmergencyCall, LeaveEntry, LeaveRequest
from .posts import PostRecord
from .punches import BUILT_IN, PunchCorrection, PunchSource, RawPunch
from .rolls import RollCall, RollLine
from .rosters import Roster, RosterPublication, ShiftAssignment, StaffingNeed, SwapRequest
from .shifts import ShiftType, tone_choices

__all__ = [
    "ClosedMonth",
    "LateFact",
    "BUILT_IN",
    "REST",
    "AttendancePublication",
    "DayRecord",
    "DutyTurn",
    "EmergencyCall",
    "LeaveEntry",
    "LeaveRequest",
    "PacketShare",
    "PostRecord",
    "PunchCorrection",
    "PunchSource",
    "RawPunch",
    "RedPacket",
    "RollCall",
    "RollLine",
    "Roster",
    "RosterPublication",
    "ShiftAssignment",
    "ShiftType",
    "StaffingNeed",
    "SwapRequest",
    "tone_choices",
]
