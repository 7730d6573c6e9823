from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Refusal

from .. import rules
from ..events import OrderPromised
from ..models import Promise
from .history import NotAllowedNow, locked, note, save


@transaction.atomic
def promise_ship(
    *,
    order_id: int,
    ship_at: dt.datetime,
    by: Account,
    at: dt.datetime,
    reason: str = "",
    version: int | None = None,
) -> Promise:
    """
    Promise the buyer when the order ships (约定时间, C15); earlier promises stay on file.

    :raises Refusal: if the time has passed, or a later promise comes without a reason
    :raises NotAllowedNow: if the order has left or is cancelled
    """
    order = locked(order_id, version=version)
    if order.state not in rules.OPEN_STATES:
        raise NotAllowedNow(_("订单已经发出或取消，不能再约定发货时间。"))
    if ship_at <= at:
        raise Refusal(_("这个时间已经过去，请填以后的时间。"), field="ship_at")
    later = order.promised_ship_at is not None and ship_at > order.promised_ship_at
    if later and not reason.strip():
        raise Refusal(_("推迟约定时间要填写告诉客户的理由。"), field="reason")
    before, order.promised_ship_at = order.promised_ship_at, ship_at
    promise = Promise.objects.create(
        order=order, ship_at=ship_at, made_by=by, made_at=at, reason=reason.strip()
    )
    note(
        order,
        "promise",
        by=by,
        at=at,
        text=reason.strip(),
        data={"ship_at": ship_at.isoformat(), "before": before.isoformat() if before else None},
    )
    save(order)
    record(
        "orders.promised",
        obj=order,
        by=by,
        at=at,
        changes={"promised_ship_at": [before, ship_at]},
        reason=reason,
    )
    publish(OrderPromised(order_id=order.pk, ship_at=ship_at))
    return promise
