"""The one way an order changes state, and how each change is written down."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.events.public import publish
from cangke.foundation.live.public import signal_all
from cangke.foundation.refusal import Conflict, Refusal

from .. import rules
from ..events import OrderStateChanged
from ..models import Order, OrderEvent


class NotAllowedNow(Refusal):
    """The order's state does not allow it."""


class StaleOrder(Conflict):
    """Somebody changed the order since it was read."""


def locked(order_id: int, *, version: int | None = None) -> Order:
    """
    Return the order, locked.

    :raises StaleOrder: if ``version`` is given and is no longer the order's
    """
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("shop__site", "service", "owner")
        .get(pk=order_id)
    )
    if version is not None and order.version != version:
        raise StaleOrder(_("订单刚被别人改过，请刷新后再改；您填写的内容还在。"))
    return order


def note(
    order: Order,
    kind: str,
    *,
    by: Account | None,
    at: dt.datetime,
    text: str = "",
    data: dict[str, Any] | None = None,
    from_state: str = "",
    to_state: str = "",
) -> OrderEvent:
    """Write a line of the order's history and tell open pages."""
    event = OrderEvent.objects.create(
        order=order,
        kind=kind,
        from_state=from_state,
        to_state=to_state,
        at=at,
        by=by,
        note=text[:300],
        data=data or {},
    )
    topics = [f"order:{order.pk}"]
    if order.customer_id:
        topics.append(f"customer:{order.customer_id}")
    signal_all(topics, "order", {"order": order.pk})
    return event


def move(
    order: Order,
    to: str,
    *,
    by: Account | None,
    at: dt.datetime,
    text: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """
    Bring the order into another state; the caller saves it.

    :raises NotAllowedNow: if the state machine knows no such step
    """
    before = order.state
    if before == to:
        return
    if not rules.may_go(before, to):
        raise NotAllowedNow(_("订单现在是“%s”，不能这样处理。") % order.get_state_display())
    order.state = to
    note(order, "state", by=by, at=at, text=text, data=data, from_state=before, to_state=to)
    publish(OrderStateChanged(order_id=order.pk, from_state=before, to_state=to, at=at))


def save(order: Order) -> None:
    """Write the order with the next version number."""
    order.version += 1
    order.save()
