"""What people and the house do with work items."""

from .pledge_keeping import PledgeIncomplete, PledgeOver, PledgeWarned
from .pledge_time import (
    keep_pledge_by_call,
    keep_pledges_by_shipment,
    move_customer,
    pass_on_pledges,
    sweep_pledges,
)
from .pledges import (
    amend_pledge,
    approve_pledge,
    decline_pledge,
    give_pledge,
    keep_pledge,
    make_pledge,
    waive_pledge,
)
from .shipped import ensure

__all__ = [
    "PledgeIncomplete",
    "PledgeOver",
    "PledgeWarned",
    "amend_pledge",
    "approve_pledge",
    "decline_pledge",
    "ensure",
    "give_pledge",
    "keep_pledge",
    "keep_pledge_by_call",
    "keep_pledges_by_shipment",
    "make_pledge",
    "move_customer",
    "pass_on_pledges",
    "sweep_pledges",
    "waive_pledge",
]
