"""Tables of the work items."""

from .errands import (
    Counterpart,
    Errand,
    ErrandEvent,
    errand_kind_choices,
    errand_state_choices,
)
from .kinds import TicketKind, TicketMacro, kind_group_choices, priority_choices
from .pledges import Pledge, PledgeEvent, pledge_kind_choices, pledge_state_choices
from .tickets import Ticket, TicketEntry, TicketTask, entry_choices, ticket_state_choices

__all__ = [
    "Counterpart",
    "Errand",
    "ErrandEvent",
    "errand_kind_choices",
    "errand_state_choices",
    "Pledge",
    "PledgeEvent",
    "Ticket",
    "TicketEntry",
    "TicketKind",
    "TicketMacro",
    "TicketTask",
    "entry_choices",
    "kind_group_choices",
    "pledge_kind_choices",
    "pledge_state_choices",
    "priority_choices",
    "ticket_state_choices",
]
