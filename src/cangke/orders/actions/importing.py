from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from cangke.catalog import public as catalog
from cangke.customers import public as customers
from cangke.customers.public import Customer, NewFile
from cangke.foundation.access.public import Account
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_numbers
from cangke.foundation.search.public import index_many
from cangke.people.public import Shop

from .. import rules
from ..events import OrdersImported
from ..models import Order, OrderEvent, OrderLine
from .findable import entry_of

BATCH = 500


@dataclass(frozen=True)
class InvoiceDraft:
    """One invoice of a file: its lines as they stand there, quantities without their sign."""

    number: str
    placed_at: dt.datetime
    lines: Sequence[tuple[str, str, int, Decimal]]  # SKU, name, quantity, price of one
    customer: str = ""
    country: str = ""

    @property
    def is_cancellation(self) -> bool:
        return rules.is_cancellation(self.number)

    def digest(self) -> str:
        """Return what the content comes down to, to tell a repeated invoice from another one."""
        plain = [
            self.placed_at.isoformat(),
            self.customer,
            self.country,
            *(
                [sku, name, quantity, str(price.normalize())]
                for sku, name, quantity, price in self.lines
            ),
        ]
        return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Imported:
    """What became of an invoice: ``taken``, ``unchanged`` or ``differs``."""

    state: str
    order_id: int


@transaction.atomic
def import_invoices(
    *,
    shop: Shop,
    drafts: Sequence[InvoiceDraft],
    by: Account | None,
    at: dt.datetime,
    source: str = "file",
) -> list[Imported]:
    """
    Take many invoices of a shop in, in a fixed number of queries (C1).

    A sale becomes an order that waits to ship: the shop has invoiced it, and the file carries no
    address to judge it by (check scheme ``invoice``). A cancellation becomes a document of its
    own, linked to the customer, with what came back. The same number with the same content is
    unchanged; with other content it differs and nothing is done.
    """
    numbers = [draft.number for draft in drafts]
    known = {
        number: (pk, digest)
        for start in range(0, len(numbers), BATCH)
        for number, pk, digest in Order.objects.filter(
            shop=shop, external_no__in=numbers[start : start + BATCH]
        ).values_list("external_no", "pk", "intake_digest")
    }
    fresh: dict[str, InvoiceDraft] = {}
    for draft in drafts:
        if draft.number not in known:
            fresh.setdefault(draft.number, draft)
    made = _make(shop, list(fresh.values()), by=by, at=at, source=source) if fresh else {}
    outcomes = []
    for draft in drafts:
        if fresh.get(draft.number) is draft:
            outcomes.append(Imported("taken", made[draft.number].pk))
            continue
        if draft.number in made:
            pk, digest = made[draft.number].pk, made[draft.number].intake_digest
        else:
            pk, digest = known[draft.number]
        outcomes.append(Imported("unchanged" if digest == draft.digest() else "differs", pk))
    return outcomes


def _make(
    shop: Shop,
    drafts: list[InvoiceDraft],
    *,
    by: Account | None,
    at: dt.datetime,
    source: str,
) -> dict[str, Order]:
    buyers = customers.find_or_create_many(
        kind="order_customer_code",
        shop=shop,
        channel_ref=shop.code,
        known={
            draft.customer: NewFile(draft.customer, draft.country)
            for draft in drafts
            if draft.customer
        },
        at=at,
    )
    products = catalog.by_sku(
        {sku for draft in drafts for sku, _name, _quantity, _price in draft.lines}, client_id=None
    )
    numbers = next_numbers("order", len(drafts), at=at, zone=shop.site.zone)
    orders = Order.objects.bulk_create(
        [
            _order(shop, draft, number, buyers.get(draft.customer), at=at, source=source)
            for number, draft in zip(numbers, drafts, strict=True)
        ],
        batch_size=BATCH,
    )
    OrderLine.objects.bulk_create(
        (
            OrderLine(
                order=order,
                position=position,
                product=products.get(sku),
                sku=sku,
                name=name or (products[sku].name if sku in products else ""),
                quantity=quantity,
                unit_price=price,
            )
            for order, draft in zip(orders, drafts, strict=True)
            for position, (sku, name, quantity, price) in enumerate(draft.lines, 1)
        ),
        batch_size=BATCH,
    )
    OrderEvent.objects.bulk_create(
        [
            OrderEvent(
                order=order,
                kind="received",
                to_state=order.state,
                at=at,
                by=by,
                data={"source": source},
            )
            for order in orders
        ],
        batch_size=BATCH,
    )
    index_many(
        (
            entry_of(
                order,
                shop=shop.name,
                text=" ".join(name for _sku, name, _quantity, _price in draft.lines[:20]),
            )
            for order, draft in zip(orders, drafts, strict=True)
        ),
        at=at,
    )
    publish(OrdersImported(order_ids=tuple(order.pk for order in orders), at=at))
    return {order.external_no: order for order in orders}


def _order(
    shop: Shop,
    draft: InvoiceDraft,
    number: str,
    customer: Customer | None,
    *,
    at: dt.datetime,
    source: str,
) -> Order:
    goods = rules.goods_amount((quantity, price) for _sku, _name, quantity, price in draft.lines)
    cancelled = draft.is_cancellation
    return Order(
        number=number,
        kind="cancellation" if cancelled else "sale",
        external_no=draft.number,
        number_reversed=draft.number[::-1],
        shop=shop,
        client_id=customer.client_id if customer else None,
        customer=customer,
        source=source,
        checks="invoice",
        buyer_name=customer.display_name if customer else "",
        country=draft.country[:60],
        currency=shop.currency,
        goods_amount=goods,
        total_amount=-goods if cancelled else goods,
        state=rules.State.CANCELLED if cancelled else rules.State.TO_SHIP,
        placed_at=draft.placed_at,
        received_at=max(at, draft.placed_at),
        paid_at=None if cancelled else draft.placed_at,
        cancelled_at=draft.placed_at if cancelled else None,
        intake_digest=draft.digest(),
    )
