"""The rules of attendance, in plain Python."""

from .judging import Side, Verdict, judge_shift, tier_of
from .leave import LeaveDay, LeaveTotals, count_leave, rest_entitlement
from .month import MakeUp, MonthFacts, MonthVerdict, OpenException, judge_month
from .packets import Packet, PacketState, publication_after, settle
from .policies import (
    AbsencePolicy,
    Beyond,
    LatePolicy,
    LeaveKind,
    LeavePolicy,
    MissedPunchPolicy,
    Policies,
    PublicationPolicy,
    RedPacketPolicy,
    RestPolicy,
    ShiftPolicy,
)
from .shifts import Shift, minute_of, nearest_moment, place_shift, punches_of

__all__ = [
    "AbsencePolicy",
    "Beyond",
    "LatePolicy",
    "LeaveDay",
    "LeaveKind",
    "LeavePolicy",
    "LeaveTotals",
    "MakeUp",
    "MissedPunchPolicy",
    "MonthFacts",
    "MonthVerdict",
    "OpenException",
    "Packet",
    "PacketState",
    "Policies",
    "PublicationPolicy",
    "RedPacketPolicy",
    "RestPolicy",
    "Shift",
    "ShiftPolicy",
    "Side",
    "Verdict",
    "count_leave",
    "judge_month",
    "judge_shift",
    "minute_of",
    "nearest_moment",
    "place_shift",
    "publication_after",
    "punches_of",
    "rest_entitlement",
    "settle",
    "tier_of",
]
