"""The front door of tickets."""

from .actions import (
    NotYetDone,
    PledgeIncomplete,
    PledgeOver,
    PledgeWarned,
    TicketIncomplete,
    TicketOver,
    comment_on_ticket,
    ensure,
    give_pledge,
    keep_pledge,
    make_pledge,
    move_ticket,
    open_ticket,
    sweep_pledges,
    sweep_tickets,
    waive_pledge,
)
from .models import Pledge, Ticket, TicketKind
from .queries import OpenRecord, broken_pledges, open_unfinished_orders, overdue_pledges
from .rules.pledges import PledgeKind, PledgeState
from .rules.tickets import TicketState

__all__ = [
    "NotYetDone",
    "OpenRecord",
    "Pledge",
    "PledgeIncomplete",
    "PledgeKind",
    "PledgeOver",
    "PledgeState",
    "PledgeWarned",
    "Ticket",
    "TicketIncomplete",
    "TicketKind",
    "TicketOver",
    "TicketState",
    "broken_pledges",
    "comment_on_ticket",
    "ensure",
    "give_pledge",
    "keep_pledge",
    "make_pledge",
    "move_ticket",
    "open_ticket",
    "open_unfinished_orders",
    "overdue_pledges",
    "sweep_pledges",
    "sweep_tickets",
    "waive_pledge",
]
