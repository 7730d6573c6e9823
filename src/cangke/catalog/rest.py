"""Goods over REST: listing, look-up and adding (X11)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from cangke.customers.public import Client
from cangke.foundation.access.public import Account, get_visible, scope, shown
from cangke.foundation.api.public import MOST_KEY, PROBLEMS, caller, checked, page_of_rows

from . import actions, forms, queries
from .models import Product

router = Router(tags=["products"])
MOST = 2_000_000_000
TEXTS = ("sku", "name", "name_en", "barcode", "category")


class ProductIn(Schema):
    """Goods to add; lengths in millimetres, weight in grams."""

    sku: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=200)
    barcode: str = Field("", max_length=64)
    category: str = Field("", max_length=80)
    client: str = Field("", description="code of the client whose goods they are", max_length=30)
    weight_g: int | None = Field(None, ge=0, le=MOST)
    length_mm: int | None = Field(None, ge=0, le=MOST)
    width_mm: int | None = Field(None, ge=0, le=MOST)
    height_mm: int | None = Field(None, ge=0, le=MOST)
    is_active: bool = True


class ProductOut(Schema):
    id: int
    sku: str
    name: str
    name_en: str
    barcode: str
    category: str
    client: str
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    is_active: bool


class ProductPage(Schema):
    rows: list[ProductOut]
    next_after: int | None = Field(description="pass as ``after`` to go on; null at the end")


def _out(account: Account, product: Product) -> dict[str, Any]:
    return {
        **{name: shown(account, product, name) for name in TEXTS},
        "id": product.pk,
        "client": product.client.code if product.client else "",
        "weight_g": product.weight_g,
        "length_mm": product.length_mm,
        "width_mm": product.width_mm,
        "height_mm": product.height_mm,
        "is_active": product.is_active,
    }


@router.get("/products", response={200: ProductPage, **PROBLEMS})
def product_list(
    request: HttpRequest,
    q: str = Query("", max_length=200, description="SKU, barcode or name"),
    sku: str = Query("", max_length=64, description="exactly this SKU"),
    after: int = Query(0, ge=0, le=MOST_KEY),
    limit: int = Query(50, ge=1, le=200),
) -> Any:
    """Goods, oldest first."""
    account = caller(request, "catalog.view")
    rows = queries.matching(scope(account, Product, "view").select_related("client"), q)
    if sku:
        rows = rows.filter(sku=sku)
    found, following = page_of_rows(rows, after=after, limit=limit)
    return {"rows": [_out(account, each) for each in found], "next_after": following}


@router.get("/products/{id}", response={200: ProductOut, **PROBLEMS})
def product_get(request: HttpRequest, id: int) -> Any:  # noqa: A002  # the name in the address
    """One SKU by its id here."""
    account = caller(request, "catalog.view")
    return _out(account, get_visible(account, Product, pk=id))


@router.post("/products", response={201: ProductOut, **PROBLEMS})
def product_create(request: HttpRequest, payload: ProductIn) -> Any:
    """Add goods; a SKU that its client has already is refused."""
    account = caller(request, "catalog.edit")
    data: dict[str, Any] = payload.dict()
    if code := data["client"]:
        clients = scope(account, Client, "view").filter(code=code)
        # A code nobody may use names no row: the form then says so at its field.
        data["client"] = clients.values_list("pk", flat=True).first() or "0"
    values = checked(forms.ProductForm(data))
    product = actions.save_product(by=account, at=timezone.now(), **values)
    return Status(201, _out(account, product))
