"""Tickets over REST: read, opened, commented, moved by the acts of the pages (A13, X11)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from cangke.foundation.access.public import Account, get_visible, scope, shown
from cangke.foundation.api.public import MOST_KEY, PROBLEMS, caller, checked, page_of_rows
from cangke.foundation.refusal import Refusal
from cangke.people.public import Employee, employee_of

from . import actions, forms
from .forms.tickets import PREFIX
from .models import Ticket, TicketKind

router = Router(tags=["tickets"])
LAST_YEAR = 2999  # further on, zones run out of the calendar
WITH = ("kind", "owner", "customer", "order", "conversation")


class TicketIn(Schema):
    """A ticket to open; what is left out is decided as on the page."""

    kind: str = Field(description="code of the kind", max_length=40)
    title: str = Field("", max_length=160)
    owner: str = Field("", description="staff number; empty: the kind's team", max_length=20)
    due_at: dt.datetime | None = Field(None, description="empty: the kind's hours")
    priority: int | None = Field(None, ge=0, le=3)
    order: str = Field("", description="number of the order", max_length=64)
    sku: str = Field("", max_length=64)
    conversation: str = Field("", description="number of the conversation", max_length=24)
    values: dict[str, str] = Field(default_factory=dict, description="the kind's own fields")


class CommentIn(Schema):
    text: str = Field(min_length=1, max_length=4000)


class MoveIn(Schema):
    """``solved`` asks for the solution, ``closed`` comes after ``solved``."""

    state: str = Field(max_length=20)
    solution: str = Field("", max_length=500)
    text: str = Field("", max_length=300)


class TicketOut(Schema):
    number: str
    kind: str
    title: str
    state: str
    priority: int
    owner: str = Field(description="staff number")
    customer: str
    order: str
    conversation: str
    solution: str
    values: dict[str, str]
    opened_at: dt.datetime
    due_at: dt.datetime
    overdue_at: dt.datetime | None
    solved_at: dt.datetime | None
    closed_at: dt.datetime | None


class TicketPage(Schema):
    rows: list[TicketOut]
    next_after: int | None = Field(description="pass as ``after`` to go on; null at the end")


class EntryOut(Schema):
    kind: str
    text: str
    by: str
    at: dt.datetime


class TicketDetail(TicketOut):
    entries: list[EntryOut] = Field(description="the newest two hundred, oldest first")


def _out(account: Account, row: Ticket) -> dict[str, Any]:
    return {
        **{name: shown(account, row, name) for name in ("number", "title", "state", "solution")},
        "kind": row.kind.code,
        "priority": row.priority,
        "owner": row.owner.number,
        "customer": row.customer.number if row.customer else "",
        "order": row.order.number if row.order else "",
        "conversation": row.conversation.number if row.conversation else "",
        "values": {key: str(value) for key, value in row.values.items()},
        **{
            name: getattr(row, name)
            for name in ("opened_at", "due_at", "overdue_at", "solved_at", "closed_at")
        },
    }


def _detail(account: Account, row: Ticket) -> dict[str, Any]:
    newest = row.entries.select_related("by").order_by("-pk")[:200]
    return {
        **_out(account, row),
        "entries": [
            {
                "kind": each.kind,
                "text": each.text,
                "by": each.by.display_name if each.by else "",
                "at": each.at,
            }
            for each in reversed(newest)
        ],
    }


def _ticket(account: Account, number: str, action: str) -> Ticket:
    rows = scope(account, Ticket, action).select_related(*WITH)
    return get_visible(account, Ticket, action, rows=rows, number=number)


@router.get("/tickets", response={200: TicketPage, **PROBLEMS})
def ticket_list(
    request: HttpRequest,
    state: str = Query("", max_length=20),
    kind: str = Query("", max_length=40, description="code of the kind"),
    after: int = Query(0, ge=0, le=MOST_KEY),
    limit: int = Query(50, ge=1, le=200),
) -> Any:
    """Tickets, oldest first."""
    account = caller(request, "tickets.view")
    rows = scope(account, Ticket, "view").select_related(*WITH)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind__code=kind)
    found, following = page_of_rows(rows, after=after, limit=limit)
    return {"rows": [_out(account, each) for each in found], "next_after": following}


@router.get("/tickets/{number}", response={200: TicketDetail, **PROBLEMS})
def ticket_get(request: HttpRequest, number: str) -> Any:
    """One ticket with its timeline."""
    account = caller(request, "tickets.view")
    return _detail(account, _ticket(account, number, "view"))


@router.post("/tickets", response={201: TicketDetail, **PROBLEMS})
def ticket_create(request: HttpRequest, payload: TicketIn) -> Any:
    """Open a ticket: without an owner or a due time, and none from its kind, it is refused."""
    account = caller(request, "tickets.work")
    kind = TicketKind.objects.filter(code=payload.kind, is_active=True).first()
    if kind is None:
        raise Refusal(_("没有这个工单类别。"), field="kind")
    if payload.due_at is not None and payload.due_at.year > LAST_YEAR:
        raise Refusal(_("期限太远了。"), field="due_at")
    owner = ""
    if payload.owner:
        found = Employee.objects.filter(number=payload.owner).values_list("pk", flat=True).first()
        owner = str(found or 0)  # nobody's key: the form then says so at its field
    data = {
        "title": payload.title,
        "owner": owner,
        "due_at": payload.due_at or "",
        "priority": kind.priority if payload.priority is None else payload.priority,
        "order_no": payload.order,
        "sku": payload.sku,
        "conversation_no": payload.conversation,
        **{PREFIX + key: value for key, value in payload.values.items()},
    }
    form = forms.TicketForm(
        data,
        account=account,
        kind=kind,
        conversation=None,
        me=employee_of(account),
        values={},
    )
    try:
        checked(form)
        ticket = actions.open_ticket(
            kind=kind,
            conversation=form.cleaned_data["conversation_no"],
            by=account,
            at=timezone.now(),
            **form.words(),
        )
    except Refusal as refusal:
        raise _at_its_name(refusal) from None
    return Status(201, _detail(account, ticket))


def _at_its_name(refusal: Refusal) -> Refusal:
    """Name the field as the payload does."""
    named = {"order_no": "order", "conversation_no": "conversation"}
    field = refusal.field or ""
    if field.startswith(PREFIX):
        refusal.field = f"values.{field.removeprefix(PREFIX)}"
    elif field in named:
        refusal.field = named[field]
    return refusal


@router.post("/tickets/{number}/comments", response={201: TicketDetail, **PROBLEMS})
def ticket_comment(request: HttpRequest, number: str, payload: CommentIn) -> Any:
    """Write a note for colleagues; the customer never sees it."""
    account = caller(request, "tickets.work")
    ticket = _ticket(account, number, "work")
    actions.comment_on_ticket(ticket_id=ticket.pk, text=payload.text, by=account, at=timezone.now())
    return Status(201, _detail(account, ticket))


@router.post("/tickets/{number}/moves", response={201: TicketDetail, **PROBLEMS})
def ticket_move(request: HttpRequest, number: str, payload: MoveIn) -> Any:
    """Move a ticket to another state, as far as its rules allow; so it is solved and closed."""
    account = caller(request, "tickets.work")
    ticket = _ticket(account, number, "work")
    values = checked(forms.MoveForm(payload.dict(), ticket=ticket))
    actions.move_ticket(ticket_id=ticket.pk, by=account, at=timezone.now(), **values)
    return Status(201, _detail(account, _ticket(account, number, "view")))
