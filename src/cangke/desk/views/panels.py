"""What the desk shows on the home page: the customers who wait for me, the calls I owe."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import allowed, scope, shown
from cangke.foundation.ui.public import SignedInRequest

from .. import queries
from ..models import Conversation, PhoneCall
from .workbench import me, thresholds

FEW = 5


@require_GET
@allowed("desk.reply")
def my_panel(request: SignedInRequest) -> HttpResponse:
    """My conversations and how many customers wait in the queues I serve."""
    employee = me(request)
    if employee is None:
        return HttpResponse("")
    rows = queries.inbox_rows(scope(request.user, Conversation, "view"))
    mine = list(rows.held().filter(assignee=employee)[: FEW + 1])
    context = {
        "rows": mine[:FEW],
        "more": len(mine) > FEW,
        "queued": queries.bounded_count(rows.queued()),
        "me": employee,
        "thresholds": thresholds(),
    }
    return render(request, "desk/conversation/panel.html", context)


@require_GET
@allowed("desk.call")
def call_panel(request: SignedInRequest) -> HttpResponse:
    """The call-backs that I have promised, the most urgent first; nothing if there are none."""
    employee = me(request)
    if employee is None:
        return HttpResponse("")
    owed = queries.calls_owed(scope(request.user, PhoneCall, "view").filter(call_back_by=employee))
    rows = list(owed[: FEW + 1])
    names = [(call, shown(request.user, call, "caller_name")) for call in rows[:FEW]]
    context = {"calls": names, "more": len(rows) > FEW, "now": timezone.now()}
    return render(request, "desk/call/panel.html", context)
