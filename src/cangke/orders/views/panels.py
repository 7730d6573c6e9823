"""What orders lend to other rooms' pages: the workbench's order pane, a customer's orders."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cangke.customers.public import Customer
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, once, refused, toast, trigger

from .. import actions, forms, queries, rules
from ..models import Order, Remark
from . import words

IN_PANEL = 10
LINES_SHOWN = 6


def _panel(
    request: SignedInRequest,
    customer_id: int,
    *,
    chosen: int | None = None,
    form: Form | None = None,
    status: int = 200,
    template: str = "orders/order/panel.html",
) -> HttpResponse:
    """Draw a customer's orders: the chosen (or the latest) in full, the others as rows."""
    at = timezone.now()
    customer = get_visible(request.user, Customer, pk=customer_id)
    orders = queries.orders_of_customer(request.user, [customer.pk], limit=IN_PANEL)
    current = next((order for order in orders if order.pk == chosen), None)
    if current is None and chosen is not None:
        current = (
            queries.listed(scope(request.user, Order, "view"))
            .filter(pk=chosen, customer=customer)
            .first()
        )
        if current is not None:
            orders = [current, *orders]
    if current is None:
        sales = [order for order in orders if order.kind == "sale"]
        current = sales[0] if sales else (orders[0] if orders else None)
    briefs = queries.briefs(orders, at=at, lines=LINES_SHOWN)
    for brief in briefs:
        brief.look = words.look_of(brief)
    card = next((brief for brief in briefs if brief.order == current), None)
    remark = (
        Remark.objects.filter(order=current).order_by("-at", "-pk").first() if current else None
    )
    if form is None:
        initial = (
            {
                "logistics": remark.logistics,
                "gift": remark.gift,
                "other": remark.other,
                "flag": remark.flag,
            }
            if remark
            else {}
        )
        form = forms.RemarkForm(initial=initial, auto_id="panel-%s")
    context: dict[str, Any] = {
        "customer": customer,
        "card": card,
        "rest": [brief for brief in briefs if brief is not card],
        "remark": remark,
        "form": form,
        "may_remark": can(request.user, "orders.remark"),
        "may_chase": can(request.user, "orders.chase"),
        "may_promise": can(request.user, "orders.promise"),
        "open_states": rules.OPEN_STATES,
    }
    return render(request, template, context, status=status)


@allowed("orders.view")
def panel(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """The workbench's pane of a customer's orders; ``?order=`` chooses the one shown in full."""
    wanted = request.GET.get("order", "")
    chosen = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    template = "orders/order/panel.html"
    if request.GET.get("part") == "status":
        template += "#status"  # what may be drawn anew while somebody types beside it
    return _panel(request, customer_id, chosen=chosen, template=template)


def _order(request: SignedInRequest, customer_id: int, pk: int, action: str) -> Order:
    return get_visible(request.user, Order, action, pk=pk, customer_id=customer_id)


@require_POST
@allowed("orders.remark")
@once("orders.panel-remark")
def panel_remark(request: SignedInRequest, customer_id: int, pk: int) -> HttpResponse:
    order = _order(request, customer_id, pk, "remark")
    form = forms.RemarkForm(request.POST, auto_id="panel-%s")
    if form.is_valid():
        try:
            actions.add_remark(
                order_id=order.pk, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            refused(form, refusal)
    if form.errors:
        return _panel(request, customer_id, chosen=pk, form=form, status=422)
    return _changed(request, customer_id, pk, _("备注已保存。"))


@require_POST
@allowed("orders.chase")
@once("orders.panel-chase")
def panel_chase(request: SignedInRequest, customer_id: int, pk: int) -> HttpResponse:
    order = _order(request, customer_id, pk, "chase")
    actions.chase_warehouse(
        order_id=order.pk,
        question=request.POST.get("question", ""),
        by=request.user,
        at=timezone.now(),
    )
    return _changed(request, customer_id, pk, _("已追问仓库，时间已记下。"))


@require_POST
@allowed("orders.promise")
@once("orders.panel-promise")
def panel_promise(request: SignedInRequest, customer_id: int, pk: int) -> HttpResponse:
    order = _order(request, customer_id, pk, "promise")
    form = forms.PromiseForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("请填写约定发货时间，例如 2026-01-31 18:00。"), field="ship_at")
    actions.promise_ship(order_id=order.pk, by=request.user, at=timezone.now(), **form.cleaned_data)
    return _changed(request, customer_id, pk, _("约定时间已登记。"))


def _changed(request: SignedInRequest, customer_id: int, pk: int, said: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect("orders:detail", pk=pk)
    response = _panel(request, customer_id, chosen=pk)
    return trigger(toast(response, said), "orders-changed")


@allowed("orders.view")
def customer_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """A customer's orders on the customer's page (slot ``customers.detail``)."""
    customer = get_visible(request.user, Customer, pk=pk)
    orders = queries.orders_of_customer(request.user, [customer.pk], limit=IN_PANEL)
    briefs = queries.briefs(orders, at=timezone.now())
    for brief in briefs:
        brief.look = words.look_of(brief)
    return render(
        request, "orders/order/of_customer.html", {"customer": customer, "briefs": briefs}
    )
