"""What work items lend to other rooms' pages: home, conversation, order, customer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from cangke.customers.public import Customer
from cangke.desk.public import Conversation
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import SignedInRequest
from cangke.orders.public import Order
from cangke.people.public import employee_of

from .. import queries
from ..models import Pledge, Ticket
from .errands import look_at as look_at_errand
from .looks import look_at
from .pledges import tone_of

FEW = 5


@require_GET
@allowed("tickets.view")
def my_panel(request: SignedInRequest) -> HttpResponse:
    """The tickets I work on, and how many are overdue: mine, for leaders all within reach."""
    at = timezone.now()
    employee = employee_of(request.user)
    rows = list(queries.tickets_to_do(employee)[: FEW + 1]) if employee is not None else []
    leads = can(request.user, "tickets.manage")
    reached = scope(request.user, Ticket, "view")
    if not leads:
        reached = reached.filter(owner__account_id=request.user.pk)
    late = Ticket.objects.filter(pk__in=reached.values("pk")).overdue(at)
    context = {
        "rows": [look_at(each, at=at) for each in rows[:FEW]],
        "more": len(rows) > FEW,
        "late": late.order_by().values("pk")[:100].count(),
        "leads": leads,
    }
    return render(request, "tickets/panel/tickets.html", context)


@require_GET
@allowed("tickets.view")
def pledge_panel(request: SignedInRequest) -> HttpResponse:
    """The promises I have to keep, the most urgent first; for leaders the late ones they see."""
    employee = employee_of(request.user)
    mine = list(queries.pledges_to_keep(employee)[: FEW + 1]) if employee is not None else []
    late = 0
    if can(request.user, "tickets.judge"):
        rows = queries.overdue_pledges(scope(request.user, Pledge, "view"), at=timezone.now())
        late = rows.order_by().values("pk")[:100].count()
    context = {"rows": mine[:FEW], "more": len(mine) > FEW, "late": late}
    return render(request, "tickets/panel/pledges.html", context)


def _openable(request: SignedInRequest, model: Any, rows: list[Any]) -> set[int]:
    """Those of the rows whose page the person may open."""
    keys = [each.pk for each in rows]
    return set(scope(request.user, model, "view").filter(pk__in=keys).values_list("pk", flat=True))


@require_GET
@allowed("tickets.view")
def conversation_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was promised, and what is worked on, for the customer (slot ``desk.conversation``)."""
    at = timezone.now()
    rows = scope(request.user, Conversation, "view").select_related("customer")
    conversation = get_visible(request.user, Conversation, "view", rows=rows, pk=pk)
    pledges = list(queries.pledges_of_conversation(request.user, conversation)[: FEW + 1])
    for each in pledges:
        each.tone = tone_of(each)  # type: ignore[attr-defined]  # read by the template
    tickets = list(queries.tickets_of_conversation(conversation)[: FEW + 1])
    context = {
        "conversation": conversation,
        "pledges": pledges[:FEW],
        "more_pledges": len(pledges) > FEW,
        "open_pledges": _openable(request, Pledge, pledges),
        "tickets": [look_at(each, at=at) for each in tickets[:FEW]],
        "more_tickets": len(tickets) > FEW,
        "open_tickets": _openable(request, Ticket, tickets),
        "errands": [
            look_at_errand(each, language=get_language() or "")
            for each in queries.errands_of_conversation(conversation)[:FEW]
        ],
        "may_ask": can(request.user, "tickets.ask"),
        "may_pledge": can(request.user, "tickets.pledge"),
        "may_work": can(request.user, "tickets.work"),
    }
    return render(request, "tickets/panel/conversation.html", context)


@require_GET
@allowed("tickets.view")
def order_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tickets of an order (slot ``orders.detail``)."""
    at = timezone.now()
    order = get_visible(request.user, Order, "view", pk=pk)
    rows = list(queries.tickets_of_order(request.user, order.pk)[: FEW + 1])
    context = {
        "rows": [look_at(each, at=at) for each in rows[:FEW]],
        "search": order.external_no,
        "more": len(rows) > FEW,
    }
    return render(request, "tickets/panel/listed.html", context)


@require_GET
@allowed("tickets.view")
def customer_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tickets of a customer (slot ``customers.detail``)."""
    at = timezone.now()
    customer = get_visible(request.user, Customer, "view", pk=pk)
    rows = list(queries.tickets_of_customer(request.user, [customer.pk])[: FEW + 1])
    context = {
        "rows": [look_at(each, at=at) for each in rows[:FEW]],
        "search": customer.display_name,
        "more": len(rows) > FEW,
    }
    return render(request, "tickets/panel/listed.html", context)
