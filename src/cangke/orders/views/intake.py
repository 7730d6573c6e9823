from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.ui.public import SignedInRequest, act, once

from .. import actions, forms
from ..actions import LineDraft, OrderDraft
from ..models import Order

MORE_ROWS = 5
CENT = Decimal("0.01")


def _lines(formset: Any) -> tuple[LineDraft, ...]:
    return tuple(
        LineDraft(
            sku=row["sku"].strip(),
            quantity=row["quantity"],
            unit_price=row["unit_price"],
            name=row["name"].strip(),
        )
        for row in formset.cleaned_data
        if row and row.get("sku")
    )


def _plain(price: Decimal) -> str:
    """Return a price with two decimals, or with as many as it needs."""
    return f"{price:.2f}" if price == price.quantize(CENT) else f"{price.normalize():f}"


def _more_rows(request: SignedInRequest) -> Any:
    """Return the lines as typed with some more empty rows; nothing is judged yet."""
    data = request.POST.copy()
    prefix = "lines"
    try:
        count = int(data.get(f"{prefix}-TOTAL_FORMS", "0"))
    except ValueError:
        count = 0
    data[f"{prefix}-TOTAL_FORMS"] = str(min(max(count, 0) + MORE_ROWS, 200))
    return forms.LineFormSet(data, prefix=prefix)


@allowed("orders.edit")
@once("orders.new")
def order_new(request: SignedInRequest) -> HttpResponse:
    """Take an order in by hand (C1)."""
    initial = {"placed_at": timezone.now(), "country": "CN"}
    form = forms.OrderForm(request.POST or None, account=request.user, initial=initial)
    lines = forms.LineFormSet(request.POST or None, prefix="lines")
    context = {"lines": lines, "cancel_url": reverse("orders:list")}
    if request.method == "POST" and "more" in request.POST:
        context |= {"form": form, "title": _("新建订单"), "lines": _more_rows(request)}
        return render(request, "orders/order/edit.html", context)
    if request.method == "POST" and not lines.is_valid():
        form.is_valid()
        context |= {"form": form, "title": _("新建订单")}
        return render(request, "orders/order/edit.html", context, status=422)

    def perform(values: dict[str, Any]) -> Order:
        shop, service = values.pop("shop"), values.pop("service")
        draft = OrderDraft(
            shop_id=shop.pk,
            service_id=service.pk if service else None,
            lines=_lines(lines),
            **values,
        )
        return actions.receive_order(draft=draft, by=request.user, at=timezone.now()).order

    return act(
        request,
        form,
        perform,
        title=_("新建订单"),
        done=lambda order: reverse("orders:detail", args=[order.pk]),
        said=_("订单已接单。"),
        back=reverse("orders:list"),
        submit_label=_("接单"),
        template="orders/order/edit.html",
        context={"lines": lines},
    )


@allowed("orders.edit")
@once("orders.edit")
def order_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Complete or correct an order that has not left (C2)."""
    rows = scope(request.user, Order, "change").select_related("shop__site", "service")
    order = get_visible(request.user, Order, "change", rows=rows, pk=pk)
    form = forms.EditForm(request.POST or None, account=request.user, order=order)
    before = [
        {
            "sku": line.sku,
            "name": line.name,
            "quantity": line.quantity,
            "unit_price": _plain(line.unit_price),
        }
        for line in order.lines.all()
    ]
    # Long invoices and orders of which a part has left keep their lines as they are.
    editable = len(before) <= forms.MOST_PARTIAL and not order.shipments.exists()
    lines = (
        forms.LineFormSet(request.POST or None, prefix="lines", initial=before)
        if editable
        else None
    )
    back = reverse("orders:detail", args=[order.pk])
    title = _("修改订单 %s") % order.external_no
    context: dict[str, Any] = {"order": order, "lines": lines, "holds": _open_holds(order)}
    if request.method == "POST" and lines is not None:
        if "more" in request.POST:
            context |= {"form": form, "title": title, "lines": _more_rows(request)}
            return render(request, "orders/order/edit.html", {**context, "cancel_url": back})
        if not lines.is_valid():
            form.is_valid()
            context |= {"form": form, "title": title, "cancel_url": back}
            return render(request, "orders/order/edit.html", context, status=422)

    def perform(values: dict[str, Any]) -> Order:
        return actions.edit_order(
            order_id=order.pk,
            lines=_lines(lines) if lines is not None else None,
            by=request.user,
            at=timezone.now(),
            **values,
        )

    return act(
        request,
        form,
        perform,
        title=title,
        done=back,
        said=_("订单已保存。"),
        back=back,
        template="orders/order/edit.html",
        context=context,
    )


def _open_holds(order: Order) -> list[Any]:
    return list(order.holds.filter(released_at__isnull=True))
