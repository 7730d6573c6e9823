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
    RosterPolicy,
    ShiftPolicy,
    WeekPolicy,
)
from .proposal import Kind, Person, Proposed, propose
from .roster import Finding, Need, Planned, Problem, check_roster, worked_minutes
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
    "Finding",
    "Kind",
    "Need",
    "OpenException",
    "Packet",
    "PacketState",
    "Person",
    "Planned",
    "Policies",
    "Problem",
    "Proposed",
    "PublicationPolicy",
    "RedPacketPolicy",
    "RestPolicy",
    "Shift",
    "RosterPolicy",
    "ShiftPolicy",
    "Side",
    "Verdict",
    "WeekPolicy",
    "check_roster",
    "count_leave",
    "judge_month",
    "judge_shift",
    "minute_of",
    "nearest_moment",
    "place_shift",
    "propose",
    "publication_after",
    "punches_of",
    "rest_entitlement",
    "settle",
    "tier_of",
    "worked_minutes",
]
