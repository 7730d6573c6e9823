"""How a ticket looks in lists, panels and on its page: one tone, one word."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ..models import Ticket
from ..rules.tickets import TicketState

TONES = {
    TicketState.NEW: "accent",
    TicketState.IN_PROGRESS: "wait",
    TicketState.WAITING_CUSTOMER: "block",
    TicketState.WAITING_WAREHOUSE: "block",
    TicketState.WAITING_CARRIER: "block",
    TicketState.SOLVED: "done",
    TicketState.CLOSED: "",
    TicketState.MERGED: "",
    TicketState.VOID: "",
}
PRIORITY_TONES = {2: "wait", 3: "late"}


def look_at(ticket: Ticket, *, at: dt.datetime) -> Ticket:
    """Attach what templates draw: tones, and whether it is late or its clock stands."""
    row: Any = ticket
    row.tone = TONES[TicketState(ticket.state)]
    row.priority_tone = PRIORITY_TONES.get(ticket.priority, "")
    row.is_late = ticket.is_working and ticket.clock.is_overdue(at)
    return ticket
