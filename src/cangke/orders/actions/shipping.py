from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cangke.carriers.public import Carrier, CarrierService
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Refusal

from .. import rules
from ..events import OrderShipped
from ..models import Shipment, ShipmentLine
from .findable import make_findable
from .history import NotAllowedNow, locked, move, note, save


@transaction.atomic
def mark_shipped(
    *,
    order_id: int,
    carrier_id: int,
    tracking_no: str,
    by: Account | None,
    at: dt.datetime,
    service_id: int | None = None,
    quantities: Mapping[int, int] | None = None,
    shipped_at: dt.datetime | None = None,
) -> Shipment:
    """
    Note that goods left with a carrier under a tracking number (C5).

    ``quantities`` are line id → pieces of a partial shipment; without it all that is left. The
    order shows 已发货 once everything has left; until then it waits on with its first part gone,
    and talk about it belongs to after-sales (AMB-23).

    :raises NotAllowedNow: if it is not waiting to ship (held, unpaid, gone, cancelled)
    :raises Refusal: if the tracking number is missing or used for this order, a quantity is more
        than is left, or the time lies in the future or before the intake
    """
    tracking_no = "".join(tracking_no.split()).upper()
    if not tracking_no:
        raise Refusal(_("请填写运单号。"), field="tracking_no")
    order = locked(order_id)
    if order.state != rules.State.TO_SHIP:
        raise NotAllowedNow(
            _("订单现在是“%s”，只有待发货的订单可以发货。") % order.get_state_display()
        )
    shipped_at = shipped_at or at
    if not order.received_at <= shipped_at <= at:
        raise Refusal(_("发货时间要在接单之后、现在之前。"), field="shipped_at")
    if order.shipments.filter(carrier_id=carrier_id, tracking_no=tracking_no).exists():
        raise Refusal(_("这张订单已经登记过这个运单号。"), field="tracking_no")
    carrier = Carrier.objects.get(pk=carrier_id)
    if (
        service_id is not None
        and not CarrierService.objects.filter(pk=service_id, carrier=carrier).exists()
    ):
        raise Refusal(_("物流方式不属于这家承运商。"), field="service")
    lines = {line.pk: line for line in order.lines.select_for_update()}
    left = {pk: line.open_quantity for pk, line in lines.items() if line.open_quantity > 0}
    going = dict(left) if quantities is None else {pk: n for pk, n in quantities.items() if n}
    if not going:
        raise Refusal(_("没有要发的商品。"), field="lines")
    if any(n < 0 or n > left.get(pk, 0) for pk, n in going.items()):
        raise Refusal(_("发货数量超过了未发数量。"), field="lines")
    shipment = Shipment.objects.create(
        order=order,
        carrier=carrier,
        service_id=service_id,
        tracking_no=tracking_no,
        tracking_reversed=tracking_no[::-1],
        shipped_at=shipped_at,
        shipped_by=by,
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line_id=pk, quantity=n) for pk, n in going.items()
    )
    for pk, n in going.items():
        order.lines.filter(pk=pk).update(shipped_quantity=F("shipped_quantity") + n)
    partial = going != left
    facts = {
        "shipment": shipment.pk,
        "carrier": carrier.name,
        "tracking_no": tracking_no,
        "shipped_at": shipped_at.isoformat(),
    }
    if partial:
        note(order, "part_shipped", by=by, at=at, text=tracking_no, data=facts)
    else:
        last = max(shipped_at, *order.shipments.values_list("shipped_at", flat=True))
        order.shipped_at = last
        move(order, rules.State.SHIPPED, by=by, at=at, text=tracking_no, data=facts)
    save(order)
    make_findable(order, at=at)
    record("orders.shipped", obj=order, by=by, at=at, changes={**facts, "partial": partial})
    publish(OrderShipped(order_id=order.pk, shipped_at=shipped_at, partial=partial))
    return shipment
