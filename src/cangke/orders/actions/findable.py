from __future__ import annotations

import datetime as dt

from django.urls import NoReverseMatch, reverse

from cangke.foundation.search.public import Entry, index_many

from ..models import Order


def entry_of(order: Order, *, shop: str, numbers: tuple[str, ...] = (), text: str = "") -> Entry:
    """Return how an order is found: by its numbers, its buyer, its goods, its parcels."""
    try:
        url = reverse("orders:detail", args=[order.pk])
    except NoReverseMatch:
        url = ""
    return Entry(
        "order",
        order.pk,
        title=order.external_no,
        text=text,
        subtitle=" · ".join(part for part in (order.buyer_name, shop) if part),
        url=url,
        numbers=(order.external_no, order.number, *numbers),
        masked=(order.buyer_phone,) if order.buyer_phone else (),
    )


def make_findable(order: Order, *, at: dt.datetime) -> None:
    """Put the order into the search index as it stands."""
    names = " ".join(f"{line.sku} {line.name}" for line in order.lines.all()[:50])
    parcels = tuple(order.shipments.values_list("tracking_no", flat=True))
    entry = entry_of(order, shop=order.shop.name, numbers=parcels, text=names)
    index_many([entry], at=at)
