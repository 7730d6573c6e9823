from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal

from .. import rules
from ..models import Order
from .history import NotAllowedNow, locked, move, note, save
from .holds import settle


@transaction.atomic
def mark_paid(
    *, order_id: int, by: Account | None, at: dt.datetime, paid_at: dt.datetime | None = None
) -> Order:
    """
    Note that an order was paid; complete ones go on to 待发货, held ones stay held.

    :raises NotAllowedNow: if it is not waiting for payment
    """
    order = locked(order_id)
    waiting = rules.State.UNPAID in (order.state, order.resume_state)
    if not waiting or order.paid_at is not None:
        raise NotAllowedNow(_("订单现在是“%s”，不用再付款。") % order.get_state_display())
    paid_at = paid_at or at
    if paid_at > at:
        raise Refusal(_("付款时间不能在将来。"), field="paid_at")
    order.paid_at = paid_at
    if order.state == rules.State.ON_HOLD:
        order.resume_state = rules.State.PAID
        note(order, "paid", by=by, at=at, data={"paid_at": paid_at.isoformat()})
    else:
        move(order, rules.State.PAID, by=by, at=at, data={"paid_at": paid_at.isoformat()})
    settle(order, by=by, at=at)
    save(order)
    record("orders.paid", obj=order, by=by, at=at, changes={"paid_at": paid_at})
    return order


@transaction.atomic
def cancel_order(*, order_id: int, reason: str, by: Account | None, at: dt.datetime) -> Order:
    """
    Cancel an order that has not left.

    :raises Refusal: if the reason is missing
    :raises NotAllowedNow: if any of it has shipped, or it is cancelled
    """
    if not reason.strip():
        raise Refusal(_("请填写取消的原因。"), field="reason")
    order = locked(order_id)
    if order.lines.filter(shipped_quantity__gt=0).exists():
        raise NotAllowedNow(_("订单已经发出一部分，请走售后流程。"))
    move(order, rules.State.CANCELLED, by=by, at=at, text=reason.strip())
    order.cancelled_at = at
    order.resume_state = ""
    for hold in order.holds.filter(released_at__isnull=True):
        hold.released_at, hold.released_by, hold.release_note = at, by, _("订单已取消")
        hold.save(update_fields=["released_at", "released_by", "release_note"])
    save(order)
    record("orders.cancelled", obj=order, by=by, at=at, reason=reason)
    return order


@transaction.atomic
def confirm_delivery(
    *, order_id: int, by: Account | None, at: dt.datetime, delivered_at: dt.datetime | None = None
) -> Order:
    """
    Note that the goods arrived (已签收).

    :raises NotAllowedNow: if it is not under way
    :raises Refusal: if that was before the goods left, or is in the future
    """
    order = locked(order_id)
    delivered_at = delivered_at or at
    if order.state != rules.State.SHIPPED or order.shipped_at is None:
        raise NotAllowedNow(_("只有已发货的订单可以签收。"))
    if not order.shipped_at <= delivered_at <= at:
        raise Refusal(_("签收时间要在发货之后、现在之前。"), field="delivered_at")
    move(
        order,
        rules.State.DELIVERED,
        by=by,
        at=at,
        data={"delivered_at": delivered_at.isoformat()},
    )
    order.delivered_at = delivered_at
    order.shipments.filter(delivered_at__isnull=True).update(delivered_at=delivered_at)
    save(order)
    record("orders.delivered", obj=order, by=by, at=at, changes={"delivered_at": delivered_at})
    return order


@transaction.atomic
def start_after_sales(
    *, order_id: int, by: Account | None, at: dt.datetime, text: str = ""
) -> Order:
    """Show that an after-sales case of the order is open (售后中); showing it again is harmless."""
    order = locked(order_id)
    if order.state == rules.State.AFTER_SALES:
        return order
    move(order, rules.State.AFTER_SALES, by=by, at=at, text=text)
    save(order)
    return order


@transaction.atomic
def end_after_sales(*, order_id: int, by: Account | None, at: dt.datetime, text: str = "") -> Order:
    """Bring the order back to where it was before its after-sales case."""
    order = locked(order_id)
    if order.state != rules.State.AFTER_SALES:
        raise NotAllowedNow(_("订单不在售后中。"))
    back = rules.State.DELIVERED if order.delivered_at else rules.State.SHIPPED
    move(order, back, by=by, at=at, text=text)
    save(order)
    return order
