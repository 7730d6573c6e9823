"""Tables of the work items."""

from .pledges import Pledge, PledgeEvent, pledge_kind_choices, pledge_state_choices

__all__ = [
    "Pledge",
    "PledgeEvent",
    "pledge_kind_choices",
    "pledge_state_choices",
]
