"""One page for each thing a person does with an order; a dialog where the script works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.ui.public import SignedInRequest, act, once
from cangke.people.public import Employee

from .. import actions, forms
from ..models import Order


def _order(request: SignedInRequest, pk: int, action: str) -> Order:
    rows = scope(request.user, Order, action).select_related("shop__site", "service", "owner")
    return get_visible(request.user, Order, action, rows=rows, pk=pk)


def _act(
    request: SignedInRequest,
    order: Order,
    form: Form,
    perform: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    said: str,
    submit: str,
    template: str = "ui/act.html",
    **context: Any,
) -> HttpResponse:
    back = reverse("orders:detail", args=[order.pk])
    return act(
        request,
        form,
        perform,
        title=f"{title} · {order.external_no}",
        done=back,
        said=said,
        back=back,
        submit_label=submit,
        template=template,
        context={"order": order, **context},
    )


@allowed("orders.remark")
@once("orders.remark")
def order_remark(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "remark")
    last = order.remarks.first()
    initial = {
        "logistics": last.logistics if last else "",
        "gift": last.gift if last else "",
        "other": last.other if last else "",
        "flag": last.flag if last else "red",
    }
    return _act(
        request,
        order,
        forms.RemarkForm(request.POST or None, initial=initial),
        lambda values: actions.add_remark(
            order_id=order.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("插旗备注"),
        said=_("备注已保存，旧的备注留在历史里。"),
        submit=_("插旗保存"),
        template="orders/order/remark.html",
        last=last,
    )


@allowed("orders.promise")
@once("orders.promise")
def order_promise(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "promise")
    initial = {"ship_at": order.promised_ship_at}
    return _act(
        request,
        order,
        forms.PromiseForm(request.POST or None, initial=initial),
        lambda values: actions.promise_ship(
            order_id=order.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("约定发货时间"),
        said=_("约定时间已登记。"),
        submit=_("约定"),
    )


@allowed("orders.hold")
@once("orders.hold")
def order_hold(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "hold")
    return _act(
        request,
        order,
        forms.HoldForm(request.POST or None),
        lambda values: actions.hold_order(
            order_id=order.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("挂起订单"),
        said=_("订单已挂起。"),
        submit=_("挂起"),
    )


@allowed("orders.hold")
@once("orders.release")
def order_release(request: SignedInRequest, pk: int, hold_id: int) -> HttpResponse:
    order = _order(request, pk, "hold")
    hold = get_visible(request.user, order.holds.model, "hold", pk=hold_id, order_id=order.pk)
    return _act(
        request,
        order,
        forms.ReleaseForm(request.POST or None),
        lambda values: actions.release_hold(
            hold_id=hold.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("解除挂起"),
        said=_("挂起已解除。"),
        submit=_("解除"),
        template="orders/order/release.html",
        hold=hold,
    )


@allowed("orders.pay")
@once("orders.pay")
def order_pay(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "pay")
    return _act(
        request,
        order,
        forms.PayForm(request.POST or None, initial={"paid_at": timezone.now()}),
        lambda values: actions.mark_paid(
            order_id=order.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("登记付款"),
        said=_("付款已登记。"),
        submit=_("登记付款"),
    )


@allowed("orders.ship")
@once("orders.ship")
def order_ship(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "ship")
    form = forms.ShipForm(request.POST or None, order=order, initial={"shipped_at": timezone.now()})

    def perform(values: dict[str, Any]) -> object:
        service = values["service"]
        at = timezone.now()
        return actions.mark_shipped(
            order_id=order.pk,
            carrier_id=values["carrier"].pk,
            service_id=service.pk if service else None,
            tracking_no=values["tracking_no"],
            quantities=form.quantities,
            shipped_at=min(values["shipped_at"], at),
            by=request.user,
            at=at,
        )

    return _act(
        request,
        order,
        form,
        perform,
        title=_("登记发货"),
        said=_("已登记发货。"),
        submit=_("发货"),
        template="orders/order/ship.html",
    )


@allowed("orders.deliver")
@once("orders.deliver")
def order_deliver(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "deliver")
    return _act(
        request,
        order,
        forms.DeliverForm(request.POST or None, initial={"delivered_at": timezone.now()}),
        lambda values: actions.confirm_delivery(
            order_id=order.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("登记签收"),
        said=_("已登记签收。"),
        submit=_("签收"),
    )


@allowed("orders.cancel")
@once("orders.cancel")
def order_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "cancel")
    return _act(
        request,
        order,
        forms.CancelForm(request.POST or None),
        lambda values: actions.cancel_order(
            order_id=order.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("取消订单"),
        said=_("订单已取消。"),
        submit=_("取消这张订单"),
    )


@allowed("orders.chase")
@once("orders.chase")
def order_chase(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "chase")
    return _act(
        request,
        order,
        forms.ChaseForm(request.POST or None),
        lambda values: actions.chase_warehouse(
            order_id=order.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("追问仓库"),
        said=_("已追问仓库，时间已记下。"),
        submit=_("追问"),
    )


@allowed("orders.assign")
@once("orders.assign")
def order_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    order = _order(request, pk, "assign")

    def perform(values: dict[str, Any]) -> object:
        owner = values["owner"]
        return actions.assign_owner(
            order_ids=[order.pk],
            owner=owner if isinstance(owner, Employee) else None,
            reason=values["reason"],
            by=request.user,
            at=timezone.now(),
        )

    return _act(
        request,
        order,
        forms.AssignForm(
            request.POST or None, shop_id=order.shop_id, initial={"owner": order.owner_id}
        ),
        perform,
        title=_("改归属"),
        said=_("归属已改。"),
        submit=_("保存"),
    )
