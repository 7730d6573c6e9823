"""What the actions of tickets share: refusals, locking, the clock, the timeline, telling people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.desk.public import Message
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.search.public import index
from cangke.people.public import Employee

from .. import wording
from ..models import Ticket, TicketEntry
from ..queries.tickets import opening_of, policy_for
from ..rules import fields as field_rules
from ..rules import tickets as rules


class TicketIncomplete(Refusal):
    """A ticket needs an owner, a due time, and the fields of its kind."""


class TicketOver(Conflict):
    """The ticket stands otherwise than the act needs."""


class NotYetDone(Refusal):
    """Something is missing before the ticket may end."""


def locked(ticket_id: int) -> Ticket:
    """Lock the ticket first, always; what belongs to it is changed only under this lock."""
    return (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("kind__hours", "owner__site", "owner__account", "answer_message")
        .get(pk=ticket_id)
    )


def require_unfinished(ticket: Ticket) -> None:
    """:raises TicketOver: if it is closed, merged or void"""
    if not ticket.is_unfinished:
        raise TicketOver(
            _("工单已%(state)s，请先重新打开。") % {"state": ticket.get_state_display()}
            if ticket.state == rules.TicketState.CLOSED
            else _("这张工单已经结束。")
        )


def note(
    ticket: Ticket,
    kind: str,
    *,
    by: Account | None,
    at: dt.datetime,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    message: Message | None = None,
) -> TicketEntry:
    """Add a line to the timeline and to the audit log (which keeps no talk)."""
    facts = dict(data or {})
    entry = TicketEntry.objects.create(
        ticket=ticket, kind=kind, text=text, data=facts, message=message, by=by, at=at
    )
    if message is not None:
        facts["message"] = message.pk
    record(f"tickets.ticket_{kind}", obj=ticket, by=by, at=at, changes=facts)
    if ticket.updated_at != at:
        ticket.updated_at = at
        ticket.save(update_fields=["updated_at"])
    return entry


def move_to(ticket: Ticket, state: rules.TicketState, *, at: dt.datetime) -> None:
    """Bring the ticket into a state, with its clock and its moments; the row is locked."""
    clock = rules.turn_clock(
        ticket.clock,
        after=state,
        at=at,
        opening=opening_of(ticket.kind, ticket.owner, at=at),
        policy=policy_for(ticket.owner, at=at),
    )
    ticket.state = state.value
    ticket.due_at, ticket.paused_at = clock.due_at, clock.paused_at
    ticket.left_seconds = clock.left_seconds
    if state == rules.TicketState.SOLVED:
        ticket.solved_at = at
    if state in rules.ENDED:
        ticket.closed_at, ticket.paused_at, ticket.left_seconds = at, None, None
    ticket.save()


def set_state(
    ticket: Ticket,
    state: rules.TicketState,
    *,
    by: Account | None,
    at: dt.datetime,
    text: str = "",
) -> None:
    """Move it and write it down."""
    before = ticket.state
    move_to(ticket, state, at=at)
    note(ticket, "state", by=by, at=at, text=text, data={"state": [before, state.value]})


def checked_values(
    specs: Iterable[field_rules.FieldSpec], given: Mapping[str, Any]
) -> dict[str, str]:
    """
    Return the values of a kind's fields.

    :raises TicketIncomplete: at the first field that is missing or does not fit
    """
    listed = tuple(specs)
    values, problems = field_rules.check_values(listed, given)
    if problems:
        first = problems[0]
        spec = next(each for each in listed if each.key == first.place)
        raise TicketIncomplete(
            _("%(field)s：%(problem)s")
            % {"field": wording.label_of(spec), "problem": _(first.sentence)},
            field=f"f_{first.place}",
        )
    return values


def tell(
    people: Iterable[Employee | Account | None],
    ticket: Ticket,
    kind: str,
    title: object,
    *,
    at: dt.datetime,
    but: Account | None = None,
) -> None:
    """Tell people about a ticket, each once, and not the one who did it."""
    accounts = {}
    for each in people:
        account = each.account if isinstance(each, Employee) else each
        if account is not None and (but is None or account.pk != but.pk):
            accounts[account.pk] = account
    if accounts:
        notify(
            accounts.values(),
            kind=kind,
            title=title,
            body=str(ticket),
            url=reverse("tickets:ticket", args=[ticket.pk]),
            at=at,
        )


def make_findable(ticket: Ticket, *, at: dt.datetime) -> None:
    """Put the ticket into the search index as it stands."""
    numbers = [ticket.number]
    if ticket.order is not None:
        numbers.append(ticket.order.external_no)
    index(
        "ticket",
        ticket.pk,
        title=f"{ticket.number} {ticket.title}",
        subtitle=f"{ticket.kind.name} · {ticket.owner.name}",
        text=" ".join([ticket.title, *ticket.values.values()])[:4000],
        numbers=numbers,
        url=reverse("tickets:ticket", args=[ticket.pk]),
        at=at,
    )
