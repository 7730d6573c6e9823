"""The front door of tickets."""

from .actions import (
    PledgeIncomplete,
    PledgeOver,
    PledgeWarned,
    ensure,
    give_pledge,
    keep_pledge,
    make_pledge,
    sweep_pledges,
    waive_pledge,
)
from .models import Pledge
from .queries import broken_pledges, overdue_pledges
from .rules.pledges import PledgeKind, PledgeState

__all__ = [
    "Pledge",
    "PledgeIncomplete",
    "PledgeKind",
    "PledgeOver",
    "PledgeState",
    "PledgeWarned",
    "broken_pledges",
    "ensure",
    "give_pledge",
    "keep_pledge",
    "make_pledge",
    "overdue_pledges",
    "sweep_pledges",
    "waive_pledge",
]
