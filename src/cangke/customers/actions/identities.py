from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_number
from cangke.foundation.refusal import Conflict, Refusal

from .. import queries, rules
from ..events import CustomerCreated
from ..models import Customer, Identity
from .completeness import refresh_completeness
from .findable import make_findable


class IdentityUnusable(Refusal):
    """The value is no phone number, address or name that somebody could be known by."""


class IdentityTaken(Conflict):
    """The identity belongs to another file already; ``customer_id`` says to which."""

    def __init__(self, customer_id: int) -> None:
        super().__init__(_("这个身份已属于另一位客户，可以合并两份档案。"), field="value")
        self.customer_id = customer_id


def new_identity(
    *,
    kind: str,
    value: str,
    channel_ref: str,
    country: str,
    verified: bool,
    at: dt.datetime,
) -> Identity:
    """Return an identity, not saved, with its normal form."""
    norm = rules.normalize_identity(kind, value, country=country)
    if not norm:
        raise IdentityUnusable(_("内容不完整，无法识别客户。"), field="value")
    if len(norm) > 200 or len(value.strip()) > 200:
        raise IdentityUnusable(_("内容太长，最多 200 个字。"), field="value")
    return Identity(
        kind=kind,
        channel_ref=rules.identity_scope(kind, channel_ref),
        value=value.strip(),
        value_norm=norm,
        value_reversed=norm[::-1],
        verified=verified,
        created_at=at,
    )


def find_or_create_by_identity(
    *,
    kind: str,
    value: str,
    at: dt.datetime,
    channel_ref: str = "",
    display_name: str = "",
    shop_id: int | None = None,
    client_id: int | None = None,
    language: str = "",
    country: str = "",
    verified: bool = False,
    by: Account | None = None,
) -> Customer:
    """
    Return the customer known by this identity, with a new file if nobody is (G1).

    Two callers at once get the same file: the identity is unique, and who comes second takes what
    the first one made. A merged file answers with the one that was kept.

    :raises IdentityUnusable: if nothing of the value can be recognised again
    """
    identity = new_identity(
        kind=kind,
        value=value,
        channel_ref=channel_ref,
        country=_country_code(country),
        verified=verified,
        at=at,
    )
    found = queries.customer_with(identity)
    if found is not None:
        note_shop(found, shop_id)
        return found
    try:
        with transaction.atomic():
            customer = Customer.objects.create(
                number=next_number("customer", at=at),
                display_name=(display_name.strip() or identity.value)[:100],
                shop_id=shop_id,
                client_id=client_id,
                language=language,
                country=country,
                created_at=at,
            )
            identity.customer = customer
            identity.save()
            refresh_completeness(customer)
            make_findable(customer, at=at)
            publish(CustomerCreated(customer_id=customer.pk))
    except IntegrityError:
        found = queries.customer_with(identity)
        if found is None:
            raise
        note_shop(found, shop_id)
        return found
    return customer


def note_shop(customer: Customer, shop_id: int | None) -> None:
    """Note that the customer was met in a shop: its team may open the file from now on."""
    if shop_id is not None and shop_id != customer.shop_id:
        if customer.shop_id is None:
            customer.shop_id = shop_id
            customer.save(update_fields=["shop"])
        else:
            customer.shops.add(shop_id)


def _country_code(country: str) -> str:
    return country if len(country) == 2 else rules.COUNTRY_DEFAULT
