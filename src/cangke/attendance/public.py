"""The front door of attendance."""

from .actions import ensure
from .queries import on_shift
from .rules import (
    AbsencePolicy,
    LatePolicy,
    LeaveDay,
    LeavePolicy,
    MakeUp,
    MissedPunchPolicy,
    MonthFacts,
    MonthVerdict,
    Policies,
    PublicationPolicy,
    RedPacketPolicy,
    RestPolicy,
    Shift,
    ShiftPolicy,
    Side,
    Verdict,
    judge_month,
    nearest_moment,
    place_shift,
    rest_entitlement,
)
from .rules.policies import Beyond

__all__ = [
    "AbsencePolicy",
    "Beyond",
    "LatePolicy",
    "LeaveDay",
    "LeavePolicy",
    "MakeUp",
    "MissedPunchPolicy",
    "MonthFacts",
    "MonthVerdict",
    "Policies",
    "PublicationPolicy",
    "RedPacketPolicy",
    "RestPolicy",
    "Shift",
    "ShiftPolicy",
    "Side",
    "Verdict",
    "ensure",
    "judge_month",
    "nearest_moment",
    "on_shift",
    "place_shift",
    "rest_entitlement",
]
