"""The phone log (A2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.customers.public import find_or_create_by_identity
from cangke.foundation.access.public import allowed, get_visible, scope, shown
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, refused, toast, trigger

from .. import actions, queries
from ..forms import CallForm
from ..models import Conversation, PhoneCall


@require_http_methods(["GET", "POST"])
@allowed("desk.call")
def call_new(request: SignedInRequest) -> HttpResponse:
    """Write a call down, on its own or from a conversation (A10)."""
    at = timezone.now()
    text = request.GET.get("conversation", "")
    found = (
        get_visible(request.user, Conversation, "view", pk=int(text)) if text.isdecimal() else None
    )
    initial = {"caller_name": found.customer.display_name, "direction": "out"} if found else {}
    form = CallForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            call = _log(form, found, by=request.user, at=at)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            if not request.htmx:
                return redirect("desk:conversation", pk=call.conversation_id)
            response = trigger(HttpResponse(status=200), "ck:close-dialog")
            trigger(response, "ck:thread")
            return toast(response, _("来电已登记。"))
    return render(
        request,
        "desk/conversation/dialog.html",
        {
            "form": form,
            "dialog_title": _("登记来电"),
            "dialog_intro": queries.phone_greeting(on=timezone.localdate()),
            "cancel_url": "..",
        },
        status=422 if form.errors else 200,
    )


def _log(form: CallForm, found: Conversation | None, *, by: Any, at: dt.datetime) -> PhoneCall:
    """
    Log the call for the conversation's customer, or for whoever has the number.

    :raises Refusal: if there is no phone channel, or the call is incomplete
    """
    channel = queries.phone_channel()
    if channel is None:
        raise Refusal(_("还没有电话渠道，请管理员先在设置里添加。"))
    values = form.cleaned_data
    customer = (
        found.customer
        if found is not None
        else find_or_create_by_identity(
            kind="phone",
            value=values["caller_phone"],
            display_name=values["caller_name"] or values["caller_phone"],
            shop_id=channel.shop_id,
            by=by,
            at=at,
        )
    )
    return actions.log_call(
        channel=channel, customer=customer, started_from=found, by=by, at=at, **values
    )


@require_GET
@allowed("desk.call")
def call_list(request: SignedInRequest) -> HttpResponse:
    """Calls with a call-back that is still to be made first, then the newest."""
    rows = scope(request.user, PhoneCall, "view").select_related("agent", "conversation")
    calls = list(queries.calls_in_order(rows)[:200])
    for call in calls:
        line: Any = call
        line.shown_name = shown(request.user, call, "caller_name")
        line.shown_phone = shown(request.user, call, "caller_phone")
    return render(request, "desk/call/list.html", {"calls": calls, "now": timezone.now()})


@require_POST
@allowed("desk.call")
def call_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """The customer was called back."""
    get_visible(request.user, PhoneCall, "change", pk=pk)
    actions.finish_call_back(call_id=pk, by=request.user, at=timezone.now())
    return redirect("desk:calls")
