"""What is said about a ticket: notes for colleagues, replies to the customer, their letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.desk import public as desk
from cangke.foundation.access.public import Account, get_visible
from cangke.people.public import Employee

from .. import queries
from ..models import Ticket, TicketEntry
from ..queries.tickets import policy_for
from ..rules.tickets import TicketState
from .ticket_keeping import (
    TicketIncomplete,
    locked,
    note,
    require_unfinished,
    set_state,
    tell,
)


@transaction.atomic
def comment_on_ticket(
    *,
    ticket_id: int,
    text: str,
    by: Account,
    at: dt.datetime,
    mentioned: Collection[Employee] = (),
) -> TicketEntry:
    """
    Write a note for colleagues; who is mentioned watches the ticket from now on.

    :raises TicketIncomplete: if it is empty
    """
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    if not text.strip():
        raise TicketIncomplete(_("备注是空的。"), field="text")
    called = [each for each in mentioned if each.account_id is not None]
    entry = note(
        ticket,
        "comment",
        by=by,
        at=at,
        text=text.strip(),
        data={"mentioned": [each.name for each in called]} if called else {},
    )
    ticket.watchers.add(*[each.account for each in called if each.account is not None])
    tell(called, ticket, "tickets.mention", gettext_lazy("同事在工单里提到您"), at=at, but=by)
    _tell_watchers(ticket, at=at, but=by, without={each.account_id for each in called})
    return entry


def reply_on_ticket(
    *,
    ticket_id: int,
    text: str,
    by: Account,
    at: dt.datetime,
    settles: bool = True,
    client_token: str = "",
) -> TicketEntry:
    """
    Answer the customer in the ticket's conversation, through the desk.

    ``settles`` says that this is the answer the ending of the ticket asks for (A14, A16). The desk
    keeps on record what it stops: this is no transaction of its own.

    :raises TicketIncomplete: if the ticket has no conversation
    :raises desk.ConversationEnded: if the conversation is closed
    """
    ticket = get_visible(by, Ticket, "work", pk=ticket_id)
    require_unfinished(ticket)
    if ticket.conversation_id is None:
        raise TicketIncomplete(_("这张工单没有关联会话，不能从这里回复。"), field="text")
    message = desk.reply(
        conversation_id=ticket.conversation_id,
        body=text,
        by=by,
        at=at,
        client_token=client_token,
        reason=_("处理工单 %(number)s") % {"number": ticket.number},
    )
    return _keep_reply(ticket_id, message, settles=settles, by=by, at=at)


@transaction.atomic
def _keep_reply(
    ticket_id: int, message: desk.Message, *, settles: bool, by: Account, at: dt.datetime
) -> TicketEntry:
    ticket = locked(ticket_id)
    twin = ticket.entries.filter(kind="replied", message=message).first()
    if twin is not None:
        return twin
    if settles and not message.placeholder:
        ticket.answer_message = message
        ticket.save(update_fields=["answer_message"])
    entry = note(ticket, "replied", by=by, at=at, text=message.body, message=message)
    if ticket.state == TicketState.NEW:
        set_state(ticket, TicketState.IN_PROGRESS, by=by, at=at)
    return entry


@transaction.atomic
def attach_answer(
    *,
    ticket_id: int,
    by: Account,
    at: dt.datetime,
    message: desk.Message | None = None,
    call: desk.PhoneCall | None = None,
) -> Ticket:
    """
    Name the reply that answers the customer: a message of the conversation or a recorded call,
    after the ticket was opened (A14).

    :raises TicketIncomplete: if it is none of these
    """
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    if message is not None:
        _check_message(ticket, message)
        ticket.answer_message = message
    elif call is not None:
        _check_call(ticket, call)
        ticket.answer_call = call
    else:
        raise TicketIncomplete(_("请选择一条回复或一通电话。"), field="message")
    ticket.save(update_fields=["answer_message", "answer_call"])
    text = message.body[:300] if message is not None else call.result[:300] if call else ""
    note(ticket, "answer", by=by, at=at, text=text, message=message)
    return ticket


def _check_message(ticket: Ticket, message: desk.Message) -> None:
    ours = message.direction == desk.Direction.OUT and message.counts_as_reply
    mine = message.conversation_id == ticket.conversation_id or (
        ticket.customer_id is not None and message.conversation.customer_id == ticket.customer_id
    )
    if not ours or not mine or message.recalled_at is not None or message.placeholder:
        raise TicketIncomplete(
            _("要选发给这位客户的人工回复，“稍等”和撤回的不算。"), field="message"
        )
    if message.at < ticket.opened_at:
        raise TicketIncomplete(_("答复要在开单之后。"), field="message")


def _check_call(ticket: Ticket, call: desk.PhoneCall) -> None:
    same = ticket.customer_id == call.conversation.customer_id
    if not same or call.direction != "out" or call.logged_at < ticket.opened_at:
        raise TicketIncomplete(_("要选开单之后打给这位客户的电话。"), field="call")


@transaction.atomic
def hear_customer(*, message_id: int, at: dt.datetime) -> int:
    """
    The customer wrote in a conversation that tickets grew out of: it lands on those that stand
    for them, also after a merger; a ticket that waited for the customer goes on (A13).

    Safe to repeat. Returns how many tickets heard it.
    """
    message = desk.Message.objects.get(pk=message_id)
    linked = queries.grown_out_of(message.conversation_id)
    if not linked.exists():
        return 0
    kept = {queries.kept_of(each).pk for each in linked.select_related("merged_into")}
    heard = 0
    for pk in sorted(kept):
        ticket = locked(pk)
        if ticket.state == TicketState.VOID or _heard(ticket, message, at=at):
            continue
        heard += 1
        _go_on(ticket, at=at)
    return heard


def _heard(ticket: Ticket, message: desk.Message, *, at: dt.datetime) -> bool:
    if ticket.entries.filter(kind="customer_wrote", message=message).exists():
        return True
    try:
        with transaction.atomic():
            note(
                ticket, "customer_wrote", by=None, at=at, text=message.body[:2000], message=message
            )
    except IntegrityError:
        return True
    return False


def _go_on(ticket: Ticket, *, at: dt.datetime) -> None:
    """What a letter changes: waiting ends, a solved ticket opens again if the rules say so."""
    rule = policy_for(ticket.owner, at=at)
    if ticket.state == TicketState.WAITING_CUSTOMER:
        set_state(ticket, TicketState.IN_PROGRESS, by=None, at=at)
    elif ticket.state == TicketState.SOLVED and rule.reopen_on_reply:
        ticket.reopen_count += 1
        ticket.solved_at = None
        set_state(ticket, TicketState.IN_PROGRESS, by=None, at=at)
    if ticket.is_unfinished:
        title = gettext_lazy("客户在工单的会话里来信")
        tell([ticket.owner], ticket, "tickets.changed", title, at=at)


@transaction.atomic
def watch_ticket(*, ticket_id: int, watches: bool, by: Account, at: dt.datetime) -> Ticket:
    """Be told of what happens to a ticket, or no more."""
    ticket = get_visible(by, Ticket, "view", pk=ticket_id)
    if watches:
        ticket.watchers.add(by)
    else:
        ticket.watchers.remove(by)
    return ticket


def _tell_watchers(
    ticket: Ticket, *, at: dt.datetime, but: Account, without: Collection[int | None]
) -> None:
    people = [each for each in ticket.watchers.all() if each.pk not in without]
    owner = ticket.owner.account
    if owner is not None and owner.pk not in without:
        people.append(owner)
    tell(people, ticket, "tickets.changed", gettext_lazy("工单有新备注"), at=at, but=but)
