"""Tickets: opened with an owner and a due time, moved, given, ended, opened again (A13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.catalog.public import Product
from cangke.customers.public import Customer
from cangke.desk.public import Conversation
from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_number
from cangke.orders.public import Order
from cangke.people.public import Employee, leaders_above
from cangke.rulebook.public import explain

from .. import queries, wording
from ..events import TicketClosed, TicketOpened, TicketSolved
from ..models import Ticket, TicketKind, TicketTask
from ..queries.tickets import opening_of, policy_for
from ..rules import tickets as rules
from ..rules.tickets import TicketState
from .ticket_keeping import (
    NotYetDone,
    TicketIncomplete,
    TicketOver,
    checked_values,
    locked,
    make_findable,
    move_to,
    note,
    require_unfinished,
    set_state,
    tell,
)


@transaction.atomic
def open_ticket(
    *,
    kind: TicketKind,
    by: Account,
    at: dt.datetime,
    owner: Employee | None = None,
    due_at: dt.datetime | None = None,
    title: str = "",
    values: Mapping[str, Any] | None = None,
    priority: int | None = None,
    conversation: Conversation | None = None,
    order: Order | None = None,
    customer: Customer | None = None,
    product: Product | None = None,
    split_from: Ticket | None = None,
    tasks: bool = True,
) -> Ticket:
    """
    Open a ticket (A13); without an owner the kind's team decides, without a due time its hours.

    :raises TicketIncomplete: if there is still no owner or due time, or a field is missing
    """
    chosen = owner or (queries.owner_in(kind.team_id) if kind.team_id is not None else None)
    if chosen is None:
        raise TicketIncomplete(_("没有负责人不能开单。请选择由谁处理。"), field="owner")
    decided = None
    if due_at is None and kind.due_hours:
        opening = opening_of(kind, chosen, at=at)
        decided = rules.due_after(hours=kind.due_hours, at=at, opening=opening)
        due_at = decided.value
    if due_at is None:
        raise TicketIncomplete(_("没有期限不能开单。请填写期限。"), field="due_at")
    if due_at <= at:
        raise TicketIncomplete(_("期限要在现在之后。"), field="due_at")
    kept = checked_values(kind.specs, values or {})
    if conversation is not None:
        customer = customer or conversation.customer
    if order is not None:
        customer = customer or order.customer
    ticket = Ticket.objects.create(
        number=next_number("ticket", at=at, zone=chosen.site.zone),
        kind=kind,
        title=(title.strip() or _title(kind, customer, order))[:160],
        values=kept,
        priority=kind.priority if priority is None else priority,
        owner=chosen,
        due_at=due_at,
        conversation=conversation,
        order=order,
        customer=customer,
        product=product,
        split_from=split_from,
        opened_by=by,
        opened_at=at,
        updated_at=at,
    )
    if decided is not None:
        explain(ticket, "ticket_due", decision=decided, at=at)
    if tasks:
        TicketTask.objects.bulk_create(
            TicketTask(
                ticket=ticket,
                title=wording.task_title(each),
                required=bool(each.get("required")),
                position=position,
            )
            for position, each in enumerate(kind.tasks)
        )
    note(ticket, "opened", by=by, at=at, data={"kind": kind.code, "owner": chosen.pk})
    tell([chosen], ticket, "tickets.given", gettext_lazy("有一张工单由您处理"), at=at, but=by)
    publish(
        TicketOpened(ticket_id=ticket.pk, kind=kind.code, owner_id=chosen.pk, due_at=due_at, at=at)
    )
    make_findable(ticket, at=at)
    return ticket


def _title(kind: TicketKind, customer: Customer | None, order: Order | None) -> str:
    about = order.external_no if order is not None else customer.display_name if customer else ""
    return f"{kind.name} {about}".strip()


@transaction.atomic
def edit_ticket(
    *, ticket_id: int, title: str, values: Mapping[str, Any], by: Account, at: dt.datetime
) -> Ticket:
    """
    Change the words of a ticket; what they were stays in its timeline.

    :raises TicketIncomplete: if a field is missing
    :raises TicketOver: if it has ended
    """
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    kept = checked_values(ticket.kind.specs, values)
    before = {"title": ticket.title, **ticket.values}
    after = {"title": title.strip()[:160] or ticket.title, **kept}
    changed = {
        key: [before.get(key, ""), after.get(key, "")]
        for key in {**before, **after}
        if before.get(key, "") != after.get(key, "")
    }
    if not changed:
        return ticket
    ticket.title, ticket.values = after["title"], kept
    ticket.save(update_fields=["title", "values"])
    note(ticket, "edited", by=by, at=at, data={"fields": changed})
    make_findable(ticket, at=at)
    return ticket


@transaction.atomic
def move_ticket(
    *,
    ticket_id: int,
    state: str,
    by: Account,
    at: dt.datetime,
    solution: str = "",
    text: str = "",
) -> Ticket:
    """
    Move a ticket from one state to another by hand; the clock stands where the rules say so.

    :raises TicketOver: if it cannot be moved there, or was closed too long ago
    :raises NotYetDone: if something is missing before it may end (A14, A16)
    """
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    return moved(ticket, TicketState(state), by=by, at=at, solution=solution, text=text)


def moved(
    ticket: Ticket,
    state: TicketState,
    *,
    by: Account,
    at: dt.datetime,
    solution: str = "",
    text: str = "",
) -> Ticket:
    """Move a locked ticket."""
    if not rules.may_move(ticket.state, state):
        raise TicketOver(_("工单现在的状态不能这样改，请刷新后再看。"))
    if ticket.state == TicketState.CLOSED:
        return _reopen(ticket, by=by, at=at, text=text)
    if solution.strip():
        ticket.solution = solution.strip()[:500]
    if state in (TicketState.SOLVED, TicketState.CLOSED):
        _require_done(ticket, state)
    again = ticket.state == TicketState.SOLVED and state == TicketState.IN_PROGRESS
    if again:
        ticket.reopen_count += 1
        ticket.solved_at = None
    set_state(ticket, state, by=by, at=at, text=text)
    if state == TicketState.SOLVED:
        publish(TicketSolved(ticket_id=ticket.pk, owner_id=ticket.owner_id, at=at))
    if state == TicketState.CLOSED:
        publish(TicketClosed(ticket_id=ticket.pk, owner_id=ticket.owner_id, at=at))
    return ticket


def _require_done(ticket: Ticket, state: TicketState) -> None:
    decided = rules.missing_for(state, queries.end_facts(ticket))
    if decided.value:
        words = "".join(wording.missing_text(each) for each in decided.value)
        first = decided.value[0].code
        raise NotYetDone(words, field="solution" if first == "solution" else None)


def _reopen(ticket: Ticket, *, by: Account | None, at: dt.datetime, text: str) -> Ticket:
    rule = policy_for(ticket.owner, at=at)
    assert ticket.closed_at is not None  # a constraint holds it
    if not rules.may_reopen(ended_at=ticket.closed_at, at=at, policy=rule):
        raise TicketOver(
            _("关闭超过 %(days)s 天，不能重新打开。请开一张新工单。") % {"days": rule.reopen_days}
        )
    ticket.closed_at = ticket.solved_at = None
    ticket.reopen_count += 1
    _give_time(ticket, at=at)
    move_to(ticket, TicketState.IN_PROGRESS, at=at)
    note(ticket, "reopened", by=by, at=at, text=text)
    tell([ticket.owner], ticket, "tickets.given", gettext_lazy("工单已重新打开"), at=at, but=by)
    return ticket


def _give_time(ticket: Ticket, *, at: dt.datetime) -> None:
    """A ticket that comes back gets the time of its kind anew, if its own has passed."""
    if ticket.due_at > at or not ticket.kind.due_hours:
        return
    opening = opening_of(ticket.kind, ticket.owner, at=at)
    due = rules.due_after(hours=ticket.kind.due_hours, at=at, opening=opening).value
    if due is not None:
        ticket.due_at, ticket.overdue_at = due, None


@transaction.atomic
def give_ticket(
    *, ticket_id: int, to: Employee, by: Account, at: dt.datetime, reason: str = ""
) -> Ticket:
    """
    Let somebody else be answerable; taking a ticket oneself needs no reason.

    :raises TicketIncomplete: without a reason
    :raises TicketOver: if it has ended
    """
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    if to.pk == ticket.owner_id:
        return ticket
    if not reason.strip() and to.account_id != by.pk:
        raise TicketIncomplete(_("请写明改派的原因。"), field="reason")
    pass_to(ticket, to, reason=reason, by=by, at=at)
    return ticket


def pass_to(
    ticket: Ticket, to: Employee, *, reason: str, by: Account | None, at: dt.datetime
) -> None:
    """Change the owner of a locked ticket and tell both."""
    before, ticket.owner = ticket.owner, to
    ticket.save(update_fields=["owner"])
    note(
        ticket,
        "owner",
        by=by,
        at=at,
        text=reason.strip()[:300],
        data={"owner": [before.pk, to.pk], "names": [before.name, to.name]},
    )
    tell([to], ticket, "tickets.given", gettext_lazy("有一张工单由您处理"), at=at, but=by)
    tell([before], ticket, "tickets.given", gettext_lazy("工单已改由同事处理"), at=at, but=by)
    make_findable(ticket, at=at)


def give_tickets(
    *, ticket_ids: Sequence[int], to: Employee, reason: str, by: Account, at: dt.datetime
) -> int:
    """
    Give many tickets to one person, for one reason (leaders); what has ended is left out.

    :raises TicketIncomplete: without a reason
    """
    if not reason.strip():
        raise TicketIncomplete(_("请写明改派的原因。"), field="reason")
    given = 0
    for pk in ticket_ids:
        with transaction.atomic():
            get_visible(by, Ticket, "manage", pk=pk)
            ticket = locked(pk)
            if ticket.is_unfinished and ticket.owner_id != to.pk:
                pass_to(ticket, to, reason=reason, by=by, at=at)
                given += 1
    return given


@transaction.atomic
def set_due(
    *, ticket_id: int, due_at: dt.datetime, reason: str, by: Account, at: dt.datetime
) -> Ticket:
    """
    Give a ticket another due time, with a reason; that it was overdue stays in its timeline.

    :raises TicketIncomplete: without a reason, or with a time that has passed
    """
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    if not reason.strip():
        raise TicketIncomplete(_("请写明改期的原因。"), field="reason")
    if due_at <= at:
        raise TicketIncomplete(_("期限要在现在之后。"), field="due_at")
    before = ticket.due_at
    ticket.due_at = due_at
    if ticket.paused_at is not None:
        opening = opening_of(ticket.kind, ticket.owner, at=at)
        ticket.left_seconds = int(opening.open_seconds_between(at, due_at))
    ticket.overdue_at = None
    ticket.save()
    note(
        ticket,
        "due",
        by=by,
        at=at,
        text=reason.strip()[:300],
        data={"due_at": [before.isoformat(), due_at.isoformat()]},
    )
    return ticket


@transaction.atomic
def set_ticket_priority(*, ticket_id: int, priority: int, by: Account, at: dt.datetime) -> Ticket:
    """Say how time-critical a ticket is; the same again changes nothing."""
    get_visible(by, Ticket, "work", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    prioritised(ticket, priority, by=by, at=at)
    return ticket


def prioritised(ticket: Ticket, priority: int, *, by: Account, at: dt.datetime) -> None:
    """Change the priority of a locked ticket."""
    if priority == ticket.priority:
        return
    before, ticket.priority = ticket.priority, priority
    ticket.save(update_fields=["priority"])
    note(ticket, "priority", by=by, at=at, data={"priority": [before, priority]})


@transaction.atomic
def void_ticket(*, ticket_id: int, reason: str, by: Account, at: dt.datetime) -> Ticket:
    """
    Take a ticket out that should not be there: opened twice, or by mistake (leaders).

    :raises TicketIncomplete: without a reason
    :raises TicketOver: if it has ended
    """
    get_visible(by, Ticket, "manage", pk=ticket_id)
    ticket = locked(ticket_id)
    require_unfinished(ticket)
    if not reason.strip():
        raise TicketIncomplete(_("请写明作废的原因。"), field="reason")
    move_to(ticket, TicketState.VOID, at=at)
    note(ticket, "void", by=by, at=at, text=reason.strip()[:300])
    tell([ticket.owner], ticket, "tickets.given", gettext_lazy("工单已作废"), at=at, but=by)
    return ticket


@transaction.atomic
def pass_on_tickets(*, employee_id: int, at: dt.datetime) -> int:
    """Somebody has left: their unfinished tickets go to whoever leads them."""
    employee = Employee.objects.select_related("team", "site").get(pk=employee_id)
    heir = next(iter(leaders_above(employee)), None)
    if heir is None:
        return 0
    keys = list(Ticket.objects.unfinished().filter(owner=employee).values_list("pk", flat=True))
    for pk in keys:
        pass_to(locked(pk), heir, reason=_("原负责人已离职"), by=None, at=at)
    return len(keys)
