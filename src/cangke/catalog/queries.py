from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from .models import Product


def by_sku(skus: Iterable[str], *, client_id: int | None) -> dict[str, Product]:
    """
    Return SKU → product: the client's own first, else the company's, in one query.

    A SKU matches without regard to case; the key is the SKU as asked for.
    """
    asked = {sku: sku.strip().casefold() for sku in skus if sku.strip()}
    wanted = {sku.strip() for sku in asked} | set(asked.values())
    wanted |= {value.upper() for value in asked.values()}
    rows = Product.objects.filter(sku__in=wanted).filter(
        Q(client_id=client_id) | Q(client__isnull=True) if client_id else Q(client__isnull=True)
    )
    found: dict[str, Product] = {}
    for row in rows.order_by("pk"):
        key = row.sku.casefold()
        if key not in found or row.client_id is not None:
            found[key] = row
    return {sku: found[key] for sku, key in asked.items() if key in found}


def has_products(*, client_id: int | None) -> bool:
    """Whether there is a catalogue to judge a SKU by: the client's, or the company's own."""
    own = Q(client__isnull=True) if client_id is None else Q(client_id=client_id)
    return Product.objects.filter(own).exists()


def matching(rows: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Narrow to products whose SKU, barcode or name fits the text."""
    text = text.strip()
    if not text:
        return rows
    return rows.filter(
        Q(sku__istartswith=text)
        | Q(barcode=text)
        | Q(name__icontains=text)
        | Q(name_en__icontains=text)
    )


def unmeasured(rows: QuerySet[Product]) -> QuerySet[Product]:
    """Narrow to goods without weight or size: their storage cannot be reckoned by volume."""
    return rows.filter(
        Q(weight_g__isnull=True)
        | Q(length_mm__isnull=True)
        | Q(width_mm__isnull=True)
        | Q(height_mm__isnull=True)
    )
