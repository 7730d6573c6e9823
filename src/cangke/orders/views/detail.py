from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.carriers.public import tracking_url
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.calendar.public import site_day
from cangke.foundation.ui.public import Explanation, Fact, SignedInRequest, Sum
from cangke.rulebook.public import version_in_force

from .. import queries, rules
from ..models import Order, OrderEvent
from . import words

OPEN = set(rules.OPEN_STATES)


def _visible(request: SignedInRequest, pk: int) -> Order:
    rows = scope(request.user, Order, "view").select_related(
        "shop__site", "client", "customer", "service__carrier", "owner__post"
    )
    return get_visible(request.user, Order, rows=rows, pk=pk)


@allowed("orders.view")
def order_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything about one order: progress, goods, history, promise, remarks, parcels, chases."""
    order = _visible(request, pk)
    at = timezone.now()
    (brief,) = queries.briefs([order], at=at, lines=1)
    lines = list(order.lines.select_related("product"))
    events = list(OrderEvent.objects.filter(order=order).select_related("by").order_by("at", "pk"))
    remarks = list(order.remarks.all())
    shipments = list(order.shipments.select_related("carrier", "service"))
    kind = request.GET.get("events", "")
    shown = [event for event in events if not kind or _kind_of(event) == kind]
    context: dict[str, Any] = {
        "order": order,
        "brief": brief,
        "look": words.look_of(brief),
        "promise": brief.promise,
        "steps": words.steps_of(order, brief.promise) if order.kind == "sale" else [],
        "lines": lines,
        "pieces": sum(line.quantity for line in lines),
        "timeline": words.happenings(shown),
        "event_kind": kind,
        "event_count": len(events),
        "remark": remarks[0] if remarks else None,
        "older_remarks": remarks[1:],
        "shipments": [
            (shipment, tracking_url(shipment.carrier, shipment.tracking_no))
            for shipment in shipments
        ],
        "chases": sorted(brief.chases, key=lambda chase: chase.asked_at, reverse=True),
        "holds": brief.holds,
        "may": _may(request, order),
        "late_text": words.late_text(brief.promise),
        "left_text": words.left_text(brief.promise),
        "promise_tone": "wait" if brief.promise.colour == rules.Colour.AMBER else "",
        "flag_css": order.flag_css,
        "customer_url": reverse("customers:detail", args=[order.customer_id])
        if order.customer_id and can(request.user, "customers.view")
        else "",
        "catalog_url": can(request.user, "catalog.view"),
    }
    return render(request, "orders/order/detail.html", context)


def _kind_of(event: OrderEvent) -> str:
    if event.kind in ("chase", "answer"):
        return "warehouse"
    return "state" if event.kind in ("state", "received", "paid", "part_shipped") else "other"


def _may(request: SignedInRequest, order: Order) -> dict[str, bool]:
    """Which acts the page offers: what the person may and the order's state allows."""
    state = order.state
    sale_open = order.kind == "sale" and state in OPEN
    fits = {
        "edit": sale_open,
        "remark": order.kind == "sale" and state != rules.State.CANCELLED,
        "promise": sale_open,
        "hold": sale_open,
        "pay": order.kind == "sale"
        and order.paid_at is None
        and rules.State.UNPAID in (state, order.resume_state),
        "ship": order.kind == "sale" and state == rules.State.TO_SHIP,
        "deliver": state == rules.State.SHIPPED,
        "cancel": sale_open,
        "chase": sale_open,
        "assign": True,
    }
    return {name: fit and can(request.user, f"orders.{name}") for name, fit in fits.items()}


@allowed("orders.view")
def promise_why(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open why the promise of an order stands as it does (S6)."""
    order = _visible(request, pk)
    at = timezone.now()
    thresholds = queries.order_policy(at, order.shop.site.zone)
    view = queries.promise_of(order, at=at)
    promises = list(order.promises.select_related("made_by"))
    facts = [
        Fact(
            _("约定时间"),
            _stamp(each.ship_at),
            f"{each.made_by or _('系统')} {_stamp(each.made_at)}",
        )
        for each in promises
    ]
    if order.shipped_at:
        facts.append(Fact(_("实际发货"), _stamp(order.shipped_at)))
    facts += [
        Fact(_("追问仓库"), _stamp(chase.asked_at), str(chase.asked_by))
        for chase in order.chases.select_related("asked_by")
    ]
    minutes = abs(view.seconds_left) // 60
    late = view.is_late
    version = version_in_force(on=site_day(at, order.shop.site.zone))
    since = version.effective_from.isoformat() if version.effective_from else ""
    compared = _("实际发货 − 约定时间") if order.shipped_at else _("现在 − 约定时间")
    explanation = Explanation(
        title=_("约定发货时间 · %s") % order.external_no,
        clause=_("跟进自己的单"),
        clause_text=_("约定时间前 %(minutes)d 分钟起提醒，过了约定时间仍未发货即为迟发。")
        % {"minutes": thresholds.amber_minutes},
        version=(
            _("第 %(number)d 版，%(day)s 起") % {"number": version.number, "day": since}
            if version.pk
            else _("随软件提供")
        ),
        facts=facts,
        sums=[
            Sum(
                compared,
                _("迟 %d 分钟") % minutes if late else _("剩 %d 分钟") % minutes,
                tone="late" if late else "done",
            )
        ]
        if order.promised_ship_at
        else [],
    )
    return render(request, "ui/explain.html", {"explanation": explanation})


def _stamp(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
