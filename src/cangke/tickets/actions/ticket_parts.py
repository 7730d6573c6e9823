"""Tickets made of parts: tasks ticked off, tickets merged and split, macros applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.desk import public as desk
from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.wording import in_english
from cangke.people.public import Employee, employee_of

from ..models import Ticket, TicketKind, TicketMacro, TicketTask
from ..rules.tickets import TicketState
from .ticket_keeping import (
    TicketIncomplete,
    TicketOver,
    locked,
    make_findable,
    move_to,
    note,
    require_unfinished,
)
from .ticket_talk import comment_on_ticket, reply_on_ticket
from .tickets import moved, open_ticket, pass_to, prioritised

MOST_TASKS = 50


@transaction.atomic
def tick_task(*, task_id: int, done: bool, by: Account, at: dt.datetime) -> TicketTask:
    """Tick a task off, or open it again; the same again changes nothing."""
    found = TicketTask.objects.only("ticket_id").get(pk=task_id)
    get_visible(by, Ticket, "work", pk=found.ticket_id)
    ticket = locked(found.ticket_id)
    require_unfinished(ticket)
    task = ticket.tasks.get(pk=task_id)
    if done == (task.done_at is not None):
        return task
    task.done_at, task.done_by = (at, by) if done else (None, None)
    task.save(update_fields=["done_at", "done_by"])
    note(ticket, "task_done", by=by, at=at, text=task.title, data={"done": done})
    return task


@transaction.atomic
def add_task(
    *, ticket_id: int, title: str, by: Account, at: dt.datetime, required: bool = False
) -> TicketTask:
    """
    Add a step to a ticket.

    :raises TicketIncomplete: without words, or if there are too many
    """
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    if not title.strip():
        raise TicketIncomplete(_("请写明要做什么。"), field="title")
    position = ticket.tasks.count()
    if position >= MOST_TASKS:
        raise TicketIncomplete(_("一张工单最多 %s 个子任务。") % MOST_TASKS, field="title")
    task = TicketTask.objects.create(
        ticket=ticket, title=title.strip()[:120], required=required, position=position
    )
    note(ticket, "task_added", by=by, at=at, text=task.title)
    return task


@transaction.atomic
def merge_tickets(
    *, kept_id: int, merged_ids: Sequence[int], by: Account, at: dt.datetime
) -> Ticket:
    """
    Make several tickets one: open tasks and watchers move, later letters of the customer land on
    the one that is kept, and the others say where they went.

    :raises TicketIncomplete: if there is nothing to merge
    :raises TicketOver: if one of them has ended
    """
    others = [pk for pk in dict.fromkeys(merged_ids) if pk != kept_id]
    if not others:
        raise TicketIncomplete(_("请选择要并入的另一张工单。"), field="other")
    for pk in (kept_id, *others):
        get_visible(by, Ticket, "work", pk=pk)
    held = {pk: locked(pk) for pk in sorted([kept_id, *others])}
    kept = held[kept_id]
    require_unfinished(kept)
    for pk in others:
        merged = held[pk]
        if not merged.is_unfinished:
            raise TicketOver(_("工单 %s 已经结束，不能并入。") % merged.number)
        merged.tasks.filter(done_at__isnull=True).update(ticket=kept)
        kept.watchers.add(*merged.watchers.all())
        merged.merged_into = kept
        move_to(merged, TicketState.MERGED, at=at)
        note(merged, "merged_into", by=by, at=at, text=kept.number, data={"ticket": kept.pk})
        note(kept, "merged_in", by=by, at=at, text=str(merged)[:200], data={"ticket": merged.pk})
        if kept.conversation_id is None and merged.conversation_id is not None:
            kept.conversation, kept.customer = merged.conversation, merged.customer
    kept.order = kept.order or next((held[pk].order for pk in others if held[pk].order_id), None)
    kept.due_at = min([kept.due_at, *[held[pk].due_at for pk in others]])
    kept.priority = max([kept.priority, *[held[pk].priority for pk in others]])
    kept.save()
    make_findable(kept, at=at)
    return kept


@transaction.atomic
def split_ticket(
    *,
    ticket_id: int,
    kind: TicketKind,
    title: str,
    values: dict[str, object],
    by: Account,
    at: dt.datetime,
    owner: Employee | None = None,
    due_at: dt.datetime | None = None,
) -> Ticket:
    """
    Make a ticket of its own out of a part of one: the same customer, order and conversation.

    :raises TicketIncomplete: as for a new ticket
    """
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    part = open_ticket(
        kind=kind,
        title=title,
        values=values,
        owner=owner,
        due_at=due_at,
        priority=ticket.priority,
        conversation=ticket.conversation,
        order=ticket.order,
        customer=ticket.customer,
        product=ticket.product,
        split_from=ticket,
        by=by,
        at=at,
    )
    note(part, "split_from", by=by, at=at, text=ticket.number, data={"ticket": ticket.pk})
    note(ticket, "split_off", by=by, at=at, text=str(part)[:200], data={"ticket": part.pk})
    return part


def apply_macro(*, ticket_id: int, macro: TicketMacro, by: Account, at: dt.datetime) -> Ticket:
    """
    Apply a set of changes and a text in one click; if one of them is refused, none happens.

    A text that no customer is to read stays on record as an attempt, though all else is undone
    (A11): call this outside a transaction that the refusal would undo.

    :raises TicketOver: if the ticket cannot be moved so
    :raises desk.Discourteous: if the text says what the rulebook bans
    """
    try:
        return _apply(ticket_id=ticket_id, macro=macro, by=by, at=at)
    except desk.Discourteous as stopped:
        ticket = get_visible(by, Ticket, "work", pk=ticket_id)
        assert ticket.conversation_id is not None, "a text was to be sent"
        desk.keep_stopped(
            conversation_id=ticket.conversation_id,
            text=_reply_text(ticket, macro),
            words=stopped.words,
            by=by,
            at=at,
        )
        raise


@transaction.atomic
def _apply(*, ticket_id: int, macro: TicketMacro, by: Account, at: dt.datetime) -> Ticket:
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    note(ticket, "macro", by=by, at=at, text=macro.name, data={"macro": macro.pk})
    me = employee_of(by)
    if macro.take and me is not None and me.pk != ticket.owner_id:
        pass_to(ticket, me, reason=macro.name, by=by, at=at)
    if macro.priority is not None:
        prioritised(ticket, macro.priority, by=by, at=at)
    text = _reply_text(ticket, macro)
    if text and ticket.conversation_id is not None:
        reply_on_ticket(ticket_id=ticket.pk, text=text, by=by, at=at)
    if macro.comment:
        comment_on_ticket(ticket_id=ticket.pk, text=macro.comment, by=by, at=at)
    ticket = locked(ticket_id)
    if macro.state and macro.state != ticket.state:
        moved(ticket, TicketState(macro.state), by=by, at=at, solution=macro.solution)
    return ticket


def _reply_text(ticket: Ticket, macro: TicketMacro) -> str:
    """In the customer's language if it is known, else in that of the person who clicks."""
    language = ticket.conversation.language if ticket.conversation is not None else ""
    english = language.startswith("en") if language else in_english()
    return macro.reply_en if english and macro.reply_en else macro.reply
