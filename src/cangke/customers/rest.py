"""Customer files over REST: look-up and opening (G1, X11)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from cangke.foundation.access.public import Account, get_visible, scope, shown
from cangke.foundation.api.public import MOST_KEY, PROBLEMS, caller, checked, page_of_rows
from cangke.people.public import shops_within

from . import actions, forms, queries
from .models import Client, Customer

router = Router(tags=["customers"])


class CustomerIn(Schema):
    """A file to open; at least one of phone, email and im_nick."""

    display_name: str = Field(min_length=1, max_length=100)
    phone: str = Field("", max_length=30)
    email: str = Field("", max_length=254)
    im_nick: str = Field("", max_length=100, description="needs the shop it belongs to")
    shop: str = Field("", description="code of the shop", max_length=30)
    client: str = Field("", description="code of the warehouse client", max_length=30)
    country: str = Field("", max_length=60)
    language: str = Field("", max_length=10)


class IdentityOut(Schema):
    kind: str
    value: str
    verified: bool


class CustomerOut(Schema):
    """A file as the caller may see it: personal values are masked."""

    number: str
    display_name: str
    shop: str
    client: str
    country: str
    language: str
    level: str
    tags: list[str]
    created_at: dt.datetime
    identities: list[IdentityOut]


class CustomerPage(Schema):
    rows: list[CustomerOut]
    next_after: int | None = Field(description="pass as ``after`` to go on; null at the end")


def _out(account: Account, customer: Customer) -> dict[str, Any]:
    return {
        **{
            name: shown(account, customer, name)
            for name in ("number", "display_name", "country", "language", "level")
        },
        "shop": customer.shop.code if customer.shop else "",
        "client": customer.client.code if customer.client else "",
        "tags": customer.tags,
        "created_at": customer.created_at,
        "identities": [
            {"kind": each.kind, "value": shown(account, each, "value"), "verified": each.verified}
            for each in customer.identities.all()
        ],
    }


@router.get("/customers", response={200: CustomerPage, **PROBLEMS})
def customer_list(
    request: HttpRequest,
    q: str = Query("", max_length=200, description="name, number, or a whole phone or e-mail"),
    after: int = Query(0, ge=0, le=MOST_KEY),
    limit: int = Query(50, ge=1, le=200),
) -> Any:
    """Files in use, oldest first."""
    account = caller(request, "customers.view")
    rows = (
        scope(account, Customer, "view")
        .filter(merged_into__isnull=True)
        .select_related("shop", "client")
        .prefetch_related("identities")
    )
    found, following = page_of_rows(queries.matching(rows, q), after=after, limit=limit)
    return {"rows": [_out(account, each) for each in found], "next_after": following}


@router.get("/customers/{number}", response={200: CustomerOut, **PROBLEMS})
def customer_get(request: HttpRequest, number: str) -> Any:
    """One file by its number; of a merged one the file that was kept."""
    account = caller(request, "customers.view")
    customer = get_visible(account, Customer, number=number)
    if customer.merged_into_id is not None:
        customer = get_visible(account, Customer, pk=customer.merged_into_id)
    return _out(account, customer)


@router.post("/customers", response={201: CustomerOut, **PROBLEMS})
def customer_create(request: HttpRequest, payload: CustomerIn) -> Any:
    """Open a file; a phone, e-mail or nickname that belongs to another file is refused."""
    account = caller(request, "customers.edit")
    data: dict[str, Any] = payload.dict()
    shops = shops_within(account, "customers.edit")
    # A code nobody may use names no row: the form then says so at its field.
    for name, rows in (("shop", shops), ("client", scope(account, Client, "view"))):
        if code := data[name]:
            data[name] = rows.filter(code=code).values_list("pk", flat=True).first() or "0"
    values = checked(forms.NewCustomerForm(data, account=account))
    shop = values.get("shop")
    customer = actions.create_customer(
        im_channel=shop.im_scope if shop else "", by=account, at=timezone.now(), **values
    )
    return Status(201, _out(account, customer))
