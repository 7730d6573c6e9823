from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from cangke.customers.public import Client
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal
from cangke.foundation.search.public import Entry, index_many

from .models import Product, ProductCard


def entry_of(product: Product) -> Entry:
    """Return how goods are found: by SKU, barcode and names."""
    try:
        url = reverse("catalog:detail", args=[product.pk])
    except NoReverseMatch:
        url = ""
    return Entry(
        "product",
        product.pk,
        title=f"{product.sku} {product.name}",
        text=product.name_en,
        subtitle=product.category,
        url=url,
        numbers=tuple(each for each in (product.sku, product.barcode) if each),
    )


@transaction.atomic
def save_product(
    *, pk: int | None = None, by: Account | None, at: dt.datetime, **values: Any
) -> Product:
    """
    Add goods or change them.

    :raises Refusal: if the client has that SKU already
    """
    product = Product() if pk is None else Product.objects.select_for_update().get(pk=pk)
    changed = [name for name, value in values.items() if getattr(product, name) != value]
    for name in changed:
        setattr(product, name, values[name])
    if not changed and pk is not None:
        return product
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError:
        raise Refusal(_("这个 SKU 已经有了，请打开原来的商品修改。"), field="sku") from None
    index_many([entry_of(product)], at=at)
    record("catalog.product_saved", obj=product, by=by, at=at, changes={"fields": changed})
    return product


IMPORTED = (
    "name", "name_en", "barcode", "category", "weight_g", "length_mm", "width_mm", "height_mm",
)  # fmt: skip


@transaction.atomic
def import_products(
    *, client: Client | None, rows: Sequence[Mapping[str, Any]], at: dt.datetime
) -> list[bool]:
    """
    Take goods in by SKU, in a fixed number of queries; return of each row whether it told anything.

    An empty value leaves what is there; new goods without a name are called by their SKU.
    """
    known: dict[str, Product] = {}
    skus = [row["sku"] for row in rows]
    for start in range(0, len(skus), 500):
        found = Product.objects.select_for_update().filter(
            client=client, sku__in=skus[start : start + 500]
        )
        known.update({product.sku: product for product in found})
    new: dict[str, Product] = {}
    touched: dict[str, Product] = {}
    told = []
    for row in rows:
        sku = row["sku"]
        product = known.get(sku) or new.get(sku)
        if product is None:
            product = new[sku] = Product(sku=sku, client=client, name=row["name"] or sku)
            changed = True
        else:
            changed = False
        for name in IMPORTED:
            value = row[name]
            if value not in (None, "") and getattr(product, name) != value:
                setattr(product, name, value)
                changed = True
        if changed and sku not in new:
            touched[sku] = product
        told.append(changed)
    made = Product.objects.bulk_create(new.values(), batch_size=500)
    Product.objects.bulk_update(touched.values(), IMPORTED, batch_size=200)
    index_many((entry_of(product) for product in [*made, *touched.values()]), at=at)
    return told


@transaction.atomic
def save_card(
    *, product_id: int, by: Account | None, at: dt.datetime, **values: Any
) -> ProductCard:
    """Write what agents tell about the goods: parameters, price, use, strengths."""
    Product.objects.select_for_update().get(pk=product_id)
    card = ProductCard.objects.filter(product_id=product_id).first() or ProductCard(
        product_id=product_id
    )
    changed = [name for name, value in values.items() if getattr(card, name) != value]
    for name in changed:
        setattr(card, name, values[name])
    if changed or card.pk is None:
        card.save()
        record("catalog.card_saved", obj=card.product, by=by, at=at, changes={"fields": changed})
    return card
