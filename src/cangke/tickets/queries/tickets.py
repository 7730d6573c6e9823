from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from cangke.customers.public import Customer, Identity
from cangke.desk.public import Conversation
from cangke.foundation.access.public import Account, scope
from cangke.foundation.calendar.public import OpeningHours, site_day
from cangke.orders.public import Order, Shipment
from cangke.people.public import Employee, Team, agents
from cangke.rulebook.public import policy

from ..models import Ticket, TicketKind
from ..rules.fields import Source
from ..rules.tickets import EndFacts, TicketPolicy

FEW = 30


def policy_for(employee: Employee, *, at: dt.datetime) -> TicketPolicy:
    """The rules of tickets at the owner's site on the day."""
    return policy(TicketPolicy, on=site_day(at, employee.site.zone))


def opening_of(kind: TicketKind, employee: Employee, *, at: dt.datetime) -> OpeningHours:
    """The business hours a ticket's time counts in: the kind's own, or those of the rulebook."""
    if kind.hours is not None:
        return kind.hours.opening_hours()
    return policy_for(employee, at=at).hours(employee.site.zone)


def listed_tickets(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """The rows a list of tickets needs, in one query."""
    return rows.select_related("kind", "owner", "customer", "order", "conversation")


def grown_out_of(conversation_id: int) -> QuerySet[Ticket]:
    """The tickets that grew out of a conversation or of what was merged into it."""
    return Ticket.objects.filter(
        Q(conversation_id=conversation_id) | Q(conversation__merged_into_id=conversation_id)
    )


def has_tickets(conversation_id: int) -> bool:
    """Whether any ticket grew out of a conversation."""
    return grown_out_of(conversation_id).exists()


def tickets_of_conversation(conversation: Conversation) -> QuerySet[Ticket]:
    """
    The tickets of a conversation and its customer's unfinished ones: whoever serves the customer
    has to know them. Unfinished first.
    """
    own = Q(conversation=conversation)
    running = Q(customer_id=conversation.customer_id, closed_at__isnull=True)
    return listed_tickets(Ticket.objects.filter(own | running)).order_by(
        F("closed_at").desc(nulls_first=True), "due_at"
    )


def tickets_of_customer(account: Account, customer_ids: Collection[int]) -> QuerySet[Ticket]:
    """The tickets of customers that somebody may see, newest first."""
    rows = scope(account, Ticket, "view").filter(customer_id__in=customer_ids)
    return listed_tickets(rows).order_by("-opened_at", "-pk")


def tickets_of_order(account: Account, order_id: int) -> QuerySet[Ticket]:
    """The tickets of an order that somebody may see, newest first."""
    rows = scope(account, Ticket, "view").filter(order_id=order_id)
    return listed_tickets(rows).order_by("-opened_at", "-pk")


def tickets_to_do(owner: Employee) -> QuerySet[Ticket]:
    """What somebody has to work on, the most urgent first."""
    return listed_tickets(Ticket.objects.working().filter(owner=owner)).order_by(
        "-priority", "due_at"
    )


@dataclass(frozen=True)
class OpenRecord:
    """One unfinished-order record for the leader's daily summary (A14)."""

    ticket_id: int
    number: str
    values: Mapping[str, str]
    owner_id: int
    owner: str
    due_at: dt.datetime
    is_overdue: bool


def open_unfinished_orders(
    *, at: dt.datetime, team_ids: Collection[int] | None = None
) -> list[OpenRecord]:
    """
    The unfinished-order records that are not closed, those due first: for the leader's summary of
    the day (A14). ``team_ids`` narrows to the owners' teams.
    """
    rows = Ticket.objects.unfinished().filter(kind__group="unfinished").select_related("owner")
    if team_ids is not None:
        rows = rows.filter(owner__team_id__in=team_ids)
    return [
        OpenRecord(
            each.pk,
            each.number,
            each.values,
            each.owner_id,
            each.owner.name,
            each.due_at,
            each.clock.is_overdue(at),
        )
        for each in rows.order_by("due_at", "pk")
    ]


def known_of(customer: Customer | None, order: Order | None, *, zone: str) -> dict[Source, str]:
    """What the fields of a kind can be filled with (A14)."""
    known: dict[Source, str] = {}
    if customer is not None:
        nick = (
            Identity.objects.filter(customer=customer, kind="im_nick")
            .order_by("pk")
            .values_list("value", flat=True)
            .first()
        )
        known[Source.NICK] = nick or customer.display_name
    if order is not None:
        known[Source.ORDER_NO] = order.external_no
        known[Source.PLACED_ON] = site_day(order.placed_at, zone).isoformat()
        tracking = (
            Shipment.objects.filter(order=order)
            .order_by("-pk")
            .values_list("tracking_no", flat=True)
            .first()
        )
        known[Source.TRACKING] = tracking or ""
    return known


def end_facts(ticket: Ticket) -> EndFacts:
    """What is known of a ticket that is to end."""
    tasks = ticket.tasks.filter(required=True, done_at__isnull=True)
    return EndFacts(
        needs_solution=ticket.kind.needs_solution,
        needs_reply=ticket.kind.needs_reply,
        solution=ticket.solution,
        open_required_tasks=tuple(tasks.values_list("title", flat=True)),
        answered=is_answered(ticket),
    )


def is_answered(ticket: Ticket) -> bool:
    """Whether a reply to the customer is attached that still stands, or a recorded call."""
    message = ticket.answer_message
    return ticket.answer_call_id is not None or (
        message is not None and message.recalled_at is None
    )


def owner_in(team_id: int) -> Employee | None:
    """Whoever of the team has the fewest tickets in hand; its leader if nobody serves there."""
    people = list(agents(team_ids=[team_id]))
    if not people:
        leader = (
            Employee.objects.at_work()
            .filter(pk__in=_leaders(team_id), account__is_active=True)
            .select_related("account", "team", "site")
        )
        return leader.first()
    load = dict(
        Ticket.objects.working()
        .filter(owner__in=people)
        .order_by()
        .values_list("owner_id")
        .annotate(number=Count("pk"))
    )
    return min(people, key=lambda each: (load.get(each.pk, 0), each.pk))


def _leaders(team_id: int) -> list[int]:
    return list(Team.objects.filter(pk=team_id).values_list("leader_id", flat=True))


def kept_of(ticket: Ticket) -> Ticket:
    """The ticket that stands for this one after any number of mergers."""
    seen = {ticket.pk}
    while ticket.merged_into is not None and ticket.merged_into_id not in seen:
        ticket = ticket.merged_into
        seen.add(ticket.pk)
    return ticket
