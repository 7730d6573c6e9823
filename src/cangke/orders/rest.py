"""
Orders over REST: intake and look-up (C1, C7, X11).

A shop and its own number are the natural key: the same order again answers 200 with what is there,
other content under the same number 409.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Field, Router, Schema, Status

from cangke.carriers.public import find_service, tracking_url
from cangke.foundation.access.public import Account, scope, shown
from cangke.foundation.api.public import PROBLEMS, caller
from cangke.foundation.refusal import Refusal
from cangke.people.public import Shop, shops_within

from . import actions
from .models import Order

router = Router(tags=["orders"])
MOST_LINES = 1_000
NO_OFFSET = gettext_lazy("时间要带时区，例如 2026-01-31T18:00:00+08:00。")


class LineIn(Schema):
    sku: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, le=1_000_000)
    unit_price: Decimal = Field(ge=0, max_digits=12, decimal_places=4)
    name: str = Field("", max_length=200)


class AddressIn(Schema):
    name: str = Field("", max_length=100)
    phone: str = Field("", max_length=30)
    country: str = Field("", max_length=60)
    province: str = Field("", max_length=60)
    city: str = Field("", max_length=60)
    district: str = Field("", max_length=60)
    street: str = Field("", max_length=200)
    postcode: str = Field("", max_length=16)


class OrderIn(Schema):
    """An order to take in; moments are ISO 8601 with offset, amounts decimal strings."""

    shop: str = Field(description="code of the shop", max_length=30)
    external_no: str = Field(min_length=1, max_length=64)
    placed_at: dt.datetime
    lines: list[LineIn] = Field(min_length=1, max_length=MOST_LINES)
    address: AddressIn | None = None
    customer_code: str = Field("", max_length=100)
    im_nick: str = Field("", max_length=100)
    email: str = Field("", max_length=200)
    service: str = Field("", description="name or code of the way of shipping", max_length=60)
    currency: str = Field("", max_length=3)
    freight_amount: Decimal = Field(Decimal(0), ge=0, max_digits=12, decimal_places=2)
    discount_amount: Decimal = Field(Decimal(0), ge=0, max_digits=12, decimal_places=2)
    paid_at: dt.datetime | None = None
    promised_ship_at: dt.datetime | None = None


class LineOut(Schema):
    sku: str
    name: str
    quantity: int
    shipped_quantity: int
    unit_price: Decimal


class ParcelOut(Schema):
    carrier: str
    tracking_no: str
    url: str
    shipped_at: dt.datetime


class HoldOut(Schema):
    rule: str
    reason: str
    question: str
    opened_at: dt.datetime


class OrderOut(Schema):
    """An order as the caller may see it: personal fields are masked."""

    number: str
    external_no: str
    shop: str
    kind: str
    state: str
    buyer_name: str
    buyer_phone: str
    city: str
    currency: str
    total_amount: Decimal
    placed_at: dt.datetime
    received_at: dt.datetime
    promised_ship_at: dt.datetime | None
    shipped_at: dt.datetime | None
    delivered_at: dt.datetime | None
    lines: list[LineOut]
    parcels: list[ParcelOut]
    holds: list[HoldOut]


def _out(account: Account, order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "external_no": order.external_no,
        "shop": order.shop.code,
        "kind": order.kind,
        "state": order.state,
        "buyer_name": shown(account, order, "buyer_name"),
        "buyer_phone": shown(account, order, "buyer_phone"),
        "city": shown(account, order, "city"),
        "currency": order.currency,
        "total_amount": order.total_amount,
        "placed_at": order.placed_at,
        "received_at": order.received_at,
        "promised_ship_at": order.promised_ship_at,
        "shipped_at": order.shipped_at,
        "delivered_at": order.delivered_at,
        "lines": list(order.lines.all()),
        "parcels": [
            {
                "carrier": each.carrier.name,
                "tracking_no": each.tracking_no,
                "url": tracking_url(each.carrier, each.tracking_no),
                "shipped_at": each.shipped_at,
            }
            for each in order.shipments.select_related("carrier")
        ],
        "holds": list(order.holds.filter(released_at__isnull=True)),
    }


@router.post("/orders", response={200: OrderOut, 201: OrderOut, **PROBLEMS})
def order_create(request: HttpRequest, payload: OrderIn) -> Any:
    """Take an order in; an order that is there already, just so, answers 200."""
    account = caller(request, "orders.edit")
    if payload.placed_at.tzinfo is None:
        raise Refusal(NO_OFFSET, field="placed_at")
    draft = _draft(account, payload)
    received = actions.receive_order(draft=draft, by=account, at=timezone.now())
    order = Order.objects.select_related("shop").get(pk=received.order.pk)
    return Status(201 if received.created else 200, _out(account, order))


def _draft(account: Account, payload: OrderIn) -> actions.OrderDraft:
    shop: Shop | None = (
        shops_within(account, "orders.edit")
        .select_related("site")
        .filter(code=payload.shop)
        .first()
    )
    if shop is None:
        raise Refusal(_("没有这家店铺：%s") % payload.shop, field="shop")
    service = find_service(payload.service)
    if payload.service and service is None:
        raise Refusal(_("没有这种物流方式：%s") % payload.service, field="service")
    for name in ("paid_at", "promised_ship_at"):
        at: dt.datetime | None = getattr(payload, name)
        if at is not None and at.tzinfo is None:
            raise Refusal(NO_OFFSET, field=name)
    address = payload.address or AddressIn.model_validate({})
    country = address.country.strip()
    return actions.OrderDraft(
        shop_id=shop.pk,
        external_no=payload.external_no,
        source="api",
        placed_at=payload.placed_at.astimezone(dt.UTC),
        paid_at=payload.paid_at.astimezone(dt.UTC) if payload.paid_at else None,
        promised_ship_at=(
            payload.promised_ship_at.astimezone(dt.UTC) if payload.promised_ship_at else None
        ),
        customer_code=payload.customer_code,
        im_nick=payload.im_nick,
        email=payload.email,
        buyer_name=address.name,
        buyer_phone=address.phone,
        country=country.upper() if len(country) == 2 else country,
        province=address.province,
        city=address.city,
        district=address.district,
        street=address.street,
        postcode=address.postcode,
        service_id=service.pk if service else None,
        currency=payload.currency.upper(),
        freight_amount=payload.freight_amount,
        discount_amount=payload.discount_amount,
        lines=tuple(
            actions.LineDraft(line.sku, line.quantity, line.unit_price, line.name)
            for line in payload.lines
        ),
    )


@router.get("/orders/{number}", response={200: OrderOut, **PROBLEMS})
def order_get(request: HttpRequest, number: str, shop: str = "") -> Any:
    """Look an order up by our number, or by the shop's own with ``?shop=``."""
    account = caller(request, "orders.view")
    rows = scope(account, Order, "view").select_related("shop")
    found = rows.filter(number__iexact=number).first()
    if found is None and shop:
        found = rows.filter(shop__code=shop, external_no=number).first()
    if found is None:
        raise Http404
    return Status(200, _out(account, found))
