"""The phone log (A2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.customers.public import Identity, canonical, find_or_create_by_identity
from cangke.foundation.access.public import allowed, get_visible, scope, shown
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, refused, toast, trigger
from cangke.orders.public import Order

from .. import actions, queries
from ..forms import CallForm
from ..models import Channel, Conversation, PhoneCall


@require_http_methods(["GET", "POST"])
@allowed("desk.call")
def call_new(request: SignedInRequest) -> HttpResponse:
    """Write a call down, on its own or from a conversation (A10)."""
    at = timezone.now()
    text = request.GET.get("conversation", "")
    found = (
        get_visible(request.user, Conversation, "view", pk=int(text)) if text.isdecimal() else None
    )
    channels = list(queries.phone_channels())
    form = CallForm(
        request.POST or None,
        initial=_said_before(found),
        channels=queries.phone_channels(),
        known=found is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            call = _log(form, found, channels, by=request.user, at=at)
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
            "dialog_title": _("登记来电") if found is None else _("致电客户"),
            "dialog_intro": _greetings(channels),
            "cancel_url": "..",
        },
        status=422 if form.errors else 200,
    )


def _said_before(found: Conversation | None) -> dict[str, Any]:
    """What the conversation the call is made from says of it already."""
    if found is None:
        return {}
    return {
        "caller_name": found.customer.display_name,
        "direction": "out",
        "order_no": found.order.external_no if found.order is not None else "",
    }


def _greetings(channels: Sequence[Channel]) -> str:
    """How each phone is answered, told apart by its name where there are several (A4)."""
    said = {
        channel.name: queries.phone_greeting(channel, on=timezone.localdate())
        for channel in channels
    }
    if len(set(said.values())) < 2:
        return next(iter(said.values()), "")
    return "　".join(f"{name}：{text}" for name, text in said.items())


def _log(
    form: CallForm,
    found: Conversation | None,
    channels: Sequence[Channel],
    *,
    by: Any,
    at: dt.datetime,
) -> PhoneCall:
    """
    Log the call for the conversation's customer, or for whoever has the number.

    :raises Refusal: if there is no phone channel, no such order, or the call is incomplete
    """
    if not channels:
        raise Refusal(_("还没有电话渠道，请管理员先在设置里添加。"))
    values = {**form.cleaned_data}
    channel = values.pop("channel", None) or channels[0]
    values["order"] = _order_of(values.pop("order_no"), found, by=by)
    if found is not None:
        values["caller_phone"] = values["caller_phone"] or _known_phone(found)
        customer = found.customer
    else:
        customer = find_or_create_by_identity(
            kind="phone",
            value=values["caller_phone"],
            display_name=values["caller_name"] or values["caller_phone"],
            shop_id=channel.shop_id,
            by=by,
            at=at,
        )
    return actions.log_call(
        channel=channel, customer=customer, started_from=found, by=by, at=at, **values
    )


def _known_phone(found: Conversation) -> str:
    """The number in the customer's file; it is shown to nobody here, only kept with the call."""
    rows = Identity.objects.filter(customer_id=canonical(found.customer).pk, kind="phone")
    return rows.order_by("pk").values_list("value", flat=True).first() or ""


def _order_of(number: str, found: Conversation | None, *, by: Any) -> Order | None:
    """
    The order that was named, if the person may see it, or the conversation's own.

    :raises Refusal: if there is none
    """
    number = number.strip()
    if not number:
        return None
    if found is not None and found.order is not None and found.order.external_no == number:
        return found.order
    rows = scope(by, Order, "view").filter(external_no__iexact=number)
    order = rows.order_by("-placed_at", "-pk").first()
    if order is None:
        raise Refusal(_("没有找到这个订单编号。"), field="order_no")
    return order


@require_GET
@allowed("desk.call")
def call_list(request: SignedInRequest) -> HttpResponse:
    """Calls with a call-back that is still to be made first, then the newest."""
    rows = scope(request.user, PhoneCall, "view").select_related(
        "agent", "call_back_by", "conversation"
    )
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
