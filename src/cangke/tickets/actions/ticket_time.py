"""What time brings to tickets: overdue ones are told of, solved ones close by themselves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from cangke.foundation.events.public import publish
from cangke.people.public import leaders_above

from .. import queries
from ..events import TicketClosed, TicketOverdue
from ..models import Ticket
from ..queries.tickets import policy_for
from ..rules import tickets as rules
from ..rules.tickets import TicketState
from .ticket_keeping import locked, note, set_state, tell

PIECE = 500


def sweep_tickets(*, at: dt.datetime) -> int:
    """
    Tell owner and leader of tickets that became overdue; close what was solved long enough ago.

    Safe to repeat: each ticket becomes overdue once. What still owes the customer an answer is not
    closed by time (A14, A16).
    """
    late = Ticket.objects.overdue(at).filter(overdue_at__isnull=True)
    solved = Ticket.objects.filter(
        state=TicketState.SOLVED, solved_at__lte=at - dt.timedelta(days=1)
    ).exclude(Q(kind__needs_reply=True, answer_message__isnull=True, answer_call__isnull=True))
    touched = 0
    for pk in list(late.order_by("due_at").values_list("pk", flat=True)[:PIECE]):
        touched += _overdue(pk, at=at)
    for pk in list(solved.order_by("solved_at").values_list("pk", flat=True)[:PIECE]):
        touched += _close(pk, at=at)
    return touched


@transaction.atomic
def _overdue(ticket_id: int, *, at: dt.datetime) -> int:
    ticket = locked(ticket_id)
    if not ticket.is_working or not ticket.clock.is_overdue(at) or ticket.overdue_at is not None:
        return 0
    ticket.overdue_at = ticket.due_at
    ticket.save(update_fields=["overdue_at"])
    note(ticket, "overdue", by=None, at=at)
    people = [ticket.owner, *leaders_above(ticket.owner)[:1]]
    tell(people, ticket, "tickets.overdue", gettext_lazy("工单逾期"), at=at)
    publish(
        TicketOverdue(ticket_id=ticket.pk, owner_id=ticket.owner_id, due_at=ticket.due_at, at=at)
    )
    return 1


@transaction.atomic
def _close(ticket_id: int, *, at: dt.datetime) -> int:
    ticket = locked(ticket_id)
    if ticket.state != TicketState.SOLVED or ticket.solved_at is None:
        return 0
    days = policy_for(ticket.owner, at=at).close_days
    if at - ticket.solved_at < dt.timedelta(days=days):
        return 0
    if rules.missing_for(TicketState.CLOSED, queries.end_facts(ticket)).value:
        return 0
    set_state(ticket, TicketState.CLOSED, by=None, at=at)
    publish(TicketClosed(ticket_id=ticket.pk, owner_id=ticket.owner_id, at=at))
    return 1
