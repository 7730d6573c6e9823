from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cangke.catalog import public as catalog
from cangke.customers import public as customers
from cangke.customers.public import Customer
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_number
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee, Shop, employee_of

from .. import rules
from ..events import OrderReceived
from ..models import Order, OrderLine, Promise
from .findable import make_findable
from .history import note, save
from .holds import settle


class OrderDiffers(Conflict):
    """The shop's order number was taken in before with other content."""

    def __init__(self, order: Order) -> None:
        super().__init__(
            _("外部单号 %s 已经接单，内容不同；请打开原订单修改。") % order.external_no,
            field="external_no",
        )
        self.order = order


@dataclass(frozen=True)
class LineDraft:
    """One line to take in; the quantity is in pieces, the price of one piece."""

    sku: str
    quantity: int
    unit_price: Decimal
    name: str = ""


@dataclass(frozen=True)
class OrderDraft:
    """
    An order as it comes in by page, API or sales team.

    ``customer_code``, ``im_nick``, ``email`` and ``buyer_phone`` say who the buyer is; any of
    them finds or opens the customer's file. Without any the buyer stays anonymous.
    """

    shop_id: int
    placed_at: dt.datetime
    lines: Sequence[LineDraft]
    external_no: str = ""
    source: str = "page"
    currency: str = ""
    client_id: int | None = None
    customer_id: int | None = None
    customer_code: str = ""
    im_nick: str = ""
    email: str = ""
    buyer_name: str = ""
    buyer_phone: str = ""
    country: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""
    service_id: int | None = None
    freight_amount: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    paid_at: dt.datetime | None = None
    promised_ship_at: dt.datetime | None = None
    owner_id: int | None = None
    checks: str = field(default="full")

    def digest(self) -> str:
        """Return what the content comes down to, to tell a repeated order from another one."""
        plain = dataclasses.asdict(self)
        for name in ("source", "owner_id", "customer_id", "checks"):
            plain.pop(name)
        for line in plain["lines"]:
            line["unit_price"] = str(Decimal(line["unit_price"]).normalize())
        for name in ("freight_amount", "discount_amount"):
            plain[name] = str(Decimal(plain[name]).normalize())
        text = json.dumps(plain, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Received:
    """The order, and whether this call made it."""

    order: Order
    created: bool


def receive_order(*, draft: OrderDraft, by: Account | None, at: dt.datetime) -> Received:
    """
    Take an order in: find the buyer, match the goods, judge completeness, note when it came (C1).

    The shop's own number is the key: the same content again answers with the order that is
    there, whoever was first.

    :raises OrderDiffers: if the number was taken in with other content
    :raises Refusal: if it has no lines, a quantity below 1, a negative amount, or comes from the
        future
    """
    _check(draft, at)
    shop = Shop.objects.select_related("site").get(pk=draft.shop_id)
    known = _known(shop, draft)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Received(_receive(shop, draft, by=by, at=at), created=True)
    except IntegrityError:
        known = _known(shop, draft)
        if known is None:
            raise
        return known


def _known(shop: Shop, draft: OrderDraft) -> Received | None:
    if not draft.external_no:
        return None
    order = Order.objects.filter(shop=shop, external_no=draft.external_no.strip()).first()
    if order is None:
        return None
    if order.intake_digest != draft.digest():
        raise OrderDiffers(order)
    return Received(order, created=False)


def _check(draft: OrderDraft, at: dt.datetime) -> None:
    if not draft.lines:
        raise Refusal(_("请至少填写一行商品。"), field="lines")
    for line in draft.lines:
        if line.quantity < 1:
            raise Refusal(_("数量要在 1 以上。"), field="lines")
        if line.unit_price < 0:
            raise Refusal(_("单价不能小于 0。"), field="lines")
    if draft.freight_amount < 0 or draft.discount_amount < 0:
        raise Refusal(_("金额不能小于 0。"), field="freight_amount")
    if draft.placed_at > at + dt.timedelta(minutes=5):
        raise Refusal(_("下单时间不能在将来。"), field="placed_at")
    if draft.paid_at is not None and draft.paid_at > at + dt.timedelta(minutes=5):
        raise Refusal(_("付款时间不能在将来。"), field="paid_at")


def _receive(shop: Shop, draft: OrderDraft, *, by: Account | None, at: dt.datetime) -> Order:
    customer = _customer_of(shop, draft, by=by, at=at)
    client_id = draft.client_id or (customer.client_id if customer else None)
    products = catalog.by_sku([line.sku for line in draft.lines], client_id=client_id)
    goods = rules.goods_amount((line.quantity, line.unit_price) for line in draft.lines)
    number = next_number("order", at=at, zone=shop.site.zone)
    external_no = draft.external_no.strip() or number
    order = Order.objects.create(
        number=number,
        external_no=external_no,
        number_reversed=external_no[::-1],
        shop=shop,
        client_id=client_id,
        customer=customer,
        source=draft.source,
        checks=draft.checks,
        buyer_name=draft.buyer_name.strip(),
        buyer_phone=draft.buyer_phone.strip(),
        country=draft.country.strip(),
        province=draft.province.strip(),
        city=draft.city.strip(),
        district=draft.district.strip(),
        street=draft.street.strip(),
        postcode=draft.postcode.strip(),
        service_id=draft.service_id,
        currency=draft.currency or shop.currency,
        goods_amount=goods,
        freight_amount=draft.freight_amount,
        discount_amount=draft.discount_amount,
        total_amount=goods + draft.freight_amount - draft.discount_amount,
        state=rules.State.UNPAID,
        owner=_owner(draft, by),
        placed_at=draft.placed_at,
        received_at=at,
        intake_digest=draft.digest(),
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            product=products.get(line.sku),
            sku=line.sku,
            name=line.name or (products[line.sku].name if line.sku in products else ""),
            quantity=line.quantity,
            unit_price=line.unit_price,
        )
        for position, line in enumerate(draft.lines, 1)
    )
    note(order, "received", by=by, at=at, data={"source": draft.source}, to_state=order.state)
    if draft.paid_at is not None:
        order.state, order.paid_at = rules.State.PAID, draft.paid_at
        note(
            order,
            "state",
            by=by,
            at=at,
            from_state=rules.State.UNPAID,
            to_state=rules.State.PAID,
            data={"paid_at": draft.paid_at.isoformat()},
        )
    if draft.promised_ship_at is not None:
        Promise.objects.create(order=order, ship_at=draft.promised_ship_at, made_by=by, made_at=at)
        order.promised_ship_at = draft.promised_ship_at
    settle(order, by=by, at=at)
    save(order)
    make_findable(order, at=at)
    record(
        "orders.received",
        obj=order,
        by=by,
        at=at,
        changes={"external_no": external_no, "source": draft.source},
    )
    publish(OrderReceived(order_id=order.pk, at=at))
    return order


def _owner(draft: OrderDraft, by: Account | None) -> Employee | None:
    """The agent who brought the order owns it (自己的单), unless another is named."""
    if draft.owner_id is not None:
        return Employee.objects.get(pk=draft.owner_id)
    employee = employee_of(by)
    return employee if employee is not None and employee.post.stage else None


def _customer_of(
    shop: Shop, draft: OrderDraft, *, by: Account | None, at: dt.datetime
) -> Customer | None:
    if draft.customer_id is not None:
        chosen = customers.canonical(
            Customer.objects.select_related("merged_into").get(pk=draft.customer_id)
        )
        customers.note_shop(chosen, shop.pk)
        return chosen
    named = [
        ("order_customer_code", draft.customer_code, shop.code),
        ("im_nick", draft.im_nick, shop.im_scope),
        ("email", draft.email, ""),
        ("phone", draft.buyer_phone, ""),
    ]
    country = draft.country if len(draft.country) == 2 else shop.site.country
    usable = [
        (kind, value, ref)
        for kind, value, ref in named
        if customers.normalize_identity(kind, value, country=country)
    ]
    found = None
    for kind, value, ref in usable:
        found = customers.find_by_identity(kind=kind, value=value, channel_ref=ref, country=country)
        if found is not None:
            customers.note_shop(found, shop.pk)
            break
    for kind, value, ref in usable:
        if found is None:
            found = customers.find_or_create_by_identity(
                kind=kind,
                value=value,
                channel_ref=ref,
                display_name=draft.buyer_name or draft.im_nick,
                shop_id=shop.pk,
                client_id=draft.client_id,
                country=country,
                by=by,
                at=at,
            )
            continue
        known = customers.find_by_identity(kind=kind, value=value, channel_ref=ref, country=country)
        if known is None:
            customers.add_identity(
                customer_id=found.pk, kind=kind, value=value, channel_ref=ref, by=by, at=at
            )
    return found
