"""The workbench: the queue on the left, the thread in the middle, customer and orders beside it."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import Account, allowed, can, get_visible, scope
from cangke.foundation.ui.public import SignedInRequest
from cangke.knowledge.public import PANEL
from cangke.people.public import Employee, employee_of
from cangke.rulebook.public import policy

from .. import actions, queries
from ..forms import InboxFilter
from ..models import Conversation, Draft
from ..rules.clocks import ClockPolicy

PAGE = 40
SCOPES = ("mine", "queue", "team")


def me(request: SignedInRequest) -> Employee | None:
    """The employee behind the signed-in account, asked once per request."""
    if not hasattr(request, "ck_employee"):
        request.ck_employee = employee_of(request.user)  # type: ignore[attr-defined]  # kept
    found: Employee | None = request.ck_employee  # type: ignore[attr-defined]  # for this request
    return found


def thresholds() -> str:
    """The waiting clock's amber, red and dark seconds, from the rulebook."""
    clock = policy(ClockPolicy, on=timezone.localdate())
    return f"{clock.amber_seconds},{clock.red_seconds},{clock.dark_seconds}"


def _tab_rows(request: SignedInRequest) -> dict[str, QuerySet[Conversation]]:
    """The rows of each tab; what is in reach is worked out once for all of them."""
    employee = me(request)
    rows = queries.inbox_rows(scope(request.user, Conversation, "view"))
    return {
        "mine": rows.held().filter(assignee=employee) if employee else rows.none(),
        "queue": rows.queued(),
        "team": rows.open(),
    }


def _filtered(rows: QuerySet[Conversation], form: InboxFilter) -> QuerySet[Conversation]:
    if not form.is_valid():
        return rows
    for name in ("channel", "stage", "group"):
        if form.cleaned_data.get(name):
            rows = rows.filter(**{name: form.cleaned_data[name]})
    return rows


def _address(params: QueryDict, **changes: str) -> str:
    kept = QueryDict(mutable=True)
    for key in ("scope", "channel", "stage", "group", "more"):
        if params.get(key):
            kept[key] = str(params[key])
    for key, value in changes.items():
        kept[key] = value
    return kept.urlencode()


def build_inbox(request: SignedInRequest) -> dict[str, Any]:
    """What the left pane shows: tabs with counts, offers, parts with rows, live topics."""
    account = request.user
    employee = me(request)
    chosen = request.GET.get("scope", "mine")
    chosen = chosen if chosen in SCOPES else "mine"
    form = InboxFilter(request.GET)
    size = PAGE * (2 if request.GET.get("more") else 1)
    labels = {"mine": _("我的"), "queue": _("排队"), "team": _("本组")}
    tab_rows = _tab_rows(request)
    tabs = [
        {
            "label": labels[name],
            "current": name == chosen,
            "count": queries.bounded_count(tab_rows[name]),
            "url": f"{reverse('desk:inbox')}?{_address(request.GET, scope=name)}",
        }
        for name in SCOPES
    ]
    rows = list(_filtered(tab_rows[chosen], form)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    parts = queries.inbox_parts(rows, chosen=chosen, employee=employee)
    if more and parts:
        parts[-1]["more"] = f"{reverse('desk:inbox')}?{_address(request.GET, more='1')}"
    return {
        "scope": chosen,
        "tabs": tabs,
        "parts": parts,
        "transfers": queries.offered_to(employee) if employee else [],
        "topics": " ".join(queries.topics_for(account, employee)),
        "query": _address(request.GET),
        "thresholds": thresholds(),
        "filtered": sum(bool(request.GET.get(name)) for name in ("channel", "stage", "group")),
        "empty_title": _("没有会话") if chosen != "mine" else _("手上没有会话"),
        "empty_text": _("新会话会自动出现在这里；请保持在线。"),
    }


def _side(account: Account, conversation: Conversation) -> dict[str, Any]:
    order = conversation.order
    # Who names an order has not proved to be its buyer: show it, and say so.
    claimed = order is not None and order.customer_id != conversation.customer_id
    owner_id = order.customer_id if order is not None and claimed else conversation.customer_id
    chosen = f"?order={order.pk}" if order is not None else ""
    panel = reverse("orders:panel", args=[owner_id]) + chosen if owner_id else ""
    return {
        "orders_url": panel if can(account, "orders.view") else "",
        "claimed": claimed,
        "orders": queries.orders_to_choose(conversation),
        "earlier": list(
            scope(account, Conversation, "view")
            .filter(customer_id=conversation.customer_id)
            .exclude(pk=conversation.pk)
            .order_by("-opened_at")[:6]
        ),
        "because": queries.stage_words(conversation),
        "categories": [("", _("相关")), *((each.value, each.label) for each in PANEL)],
    }


def _standing(conversation: Conversation, employee: Employee | None) -> str:
    """What somebody who does not write to the customer can do about it instead."""
    if employee is not None and conversation.assignee_id == employee.pk:
        return "mine"
    if conversation.is_queued:
        return "queued"
    return f"held-{conversation.assignee_id}" if conversation.is_open else "ended"


def open_context(request: SignedInRequest, conversation: Conversation) -> dict[str, Any]:
    """Everything the middle and right panes need for one conversation."""
    account = request.user
    employee = me(request)
    mine = employee is not None and conversation.assignee_id == employee.pk
    offered = employee is not None and queries.is_offered(conversation, employee)
    held_by_other = conversation.assignee_id is not None and not mine and not offered
    assisting = held_by_other and request.GET.get("assist") == "1"
    may_reply = (
        conversation.is_open and (mine or offered or assisting) and can(account, "desk.reply")
    )
    draft = (
        Draft.objects.filter(conversation=conversation, employee=employee).first()
        if employee
        else None
    )
    return {
        "open": conversation,
        "me": employee,
        "mine": mine,
        "may_reply": may_reply,
        "drawn": "" if may_reply else _standing(conversation, employee),
        "assisting": assisting,
        "may_draft": may_reply and actions.may_draft(),
        "may_assist": held_by_other and conversation.is_open and can(account, "desk.reply"),
        "may_note": not may_reply and conversation.is_open and can(account, "desk.reply"),
        "may_claim": can(account, "desk.claim"),
        "ahead": list(queries.ahead_of(conversation)[:1]) if conversation.is_queued else [],
        "may_reopen": can(account, "desk.close"),
        "may_supervise": can(account, "desk.assign"),
        "may_call": can(account, "desk.call"),
        "may_mark": conversation.is_open and can(account, "desk.reply"),
        "may_unmark": can(account, "desk.supervise"),
        "may_recall": can(account, "desk.supervise"),
        "thread": queries.thread_page(conversation),
        "draft": draft,
        "later": queries.unsent_in(conversation),
        "may_merge": can(account, "desk.close"),
        "client_token": secrets.token_urlsafe(16),
        "thresholds": thresholds(),
        "first_response": queries.first_response(conversation),
        "side": _side(account, conversation),
    }


def pane(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """The thread of one conversation as a fragment: what acts in the pane answer with."""
    conversation = queries.open_conversation(request.user, conversation_id)
    response = render(request, "desk/conversation/_pane.html", open_context(request, conversation))
    response["HX-Trigger"] = "ck:inbox"
    return response


@require_GET
@allowed("desk.view")
def workbench(request: SignedInRequest) -> HttpResponse:
    """The workbench with no conversation open."""
    context = {"inbox": build_inbox(request), "open": None}
    return render(request, "desk/conversation/workbench.html", context)


@require_GET
@allowed("desk.view")
def conversation(request: SignedInRequest, pk: int) -> HttpResponse:
    """One conversation: the whole page, or its pane where the workbench asked for it."""
    found = queries.open_conversation(request.user, pk)
    if me(request) is not None and found.unread:
        actions.mark_read(conversation_id=pk, by=request.user, at=timezone.now())
    context = open_context(request, found)
    if request.htmx and not request.htmx.boosted:
        return render(request, "desk/conversation/_pane.html", context)
    return render(
        request,
        "desk/conversation/workbench.html",
        {**context, "inbox": build_inbox(request)},
    )


def whole_page(
    request: SignedInRequest, found: Conversation, more: dict[str, Any], *, status: int
) -> HttpResponse:
    """The workbench with the conversation open and something to ask about what was typed."""
    context = {**open_context(request, found), "inbox": build_inbox(request), **more}
    return render(request, "desk/conversation/workbench.html", context, status=status)


@require_GET
@allowed("desk.view")
def inbox(request: SignedInRequest) -> HttpResponse:
    """The left pane alone; without script, the whole workbench."""
    open_pk = request.GET.get("open", "")
    context: dict[str, Any] = {
        "inbox": build_inbox(request),
        "open": {"pk": int(open_pk)} if open_pk.isdecimal() else None,
    }
    if not request.htmx:
        context["open"] = None
        return render(request, "desk/conversation/workbench.html", context)
    return render(request, "desk/conversation/_inbox.html", context)


@require_GET
@allowed("desk.view")
def filter_form(request: SignedInRequest) -> HttpResponse:
    """Choose what the left pane shows; the choice goes into the address."""
    context = {
        "form": InboxFilter(request.GET),
        "dialog_title": _("筛选会话"),
        "submit_label": _("筛选"),
        "scope": request.GET.get("scope", "mine"),
    }
    return render(request, "desk/conversation/filter.html", context)


@require_GET
@allowed("desk.view")
def head(request: SignedInRequest, pk: int) -> HttpResponse:
    """
    The line above the thread, fetched again when something of it changed.

    ``drawn`` tells what the pane below it offers a person who does not write; once that is no
    longer so the whole pane is drawn anew, since it would offer what is gone. Where somebody
    writes it stays.
    """
    found = get_visible(
        request.user,
        Conversation,
        rows=queries.inbox_rows(scope(request.user, Conversation, "view")),
        pk=pk,
    )
    employee = me(request)
    drawn = request.GET.get("drawn", "")
    if drawn and drawn != _standing(found, employee):
        response = pane(request, pk)
        response["HX-Retarget"] = "#desk-pane"
        response["HX-Reswap"] = "innerHTML"
        return response
    context = {
        "open": found,
        "drawn": drawn,
        "me": employee,
        "mine": employee is not None and found.assignee_id == employee.pk,
        "may_supervise": can(request.user, "desk.assign"),
        "may_call": can(request.user, "desk.call"),
        "may_mark": found.is_open and can(request.user, "desk.reply"),
        "may_unmark": can(request.user, "desk.supervise"),
        "may_merge": can(request.user, "desk.close"),
        "thresholds": thresholds(),
        "first_response": queries.first_response(found),
    }
    return render(request, "desk/conversation/head.html", context)


@require_GET
@allowed("desk.view")
def turns(request: SignedInRequest, pk: int) -> HttpResponse:
    """How the response figures of a conversation come about: its turns, beside its messages."""
    found = queries.open_conversation(request.user, pk)
    context = {"open": found, "turns": queries.turns_of(found)}
    return render(request, "desk/conversation/turns.html", context)
