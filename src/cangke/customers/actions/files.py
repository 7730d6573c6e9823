from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_number
from cangke.foundation.refusal import Refusal

from .. import queries
from ..events import ClientOfCustomerChanged, CustomerCreated
from ..models import Address, Customer, Identity
from .completeness import refresh_completeness
from .findable import make_findable
from .identities import IdentityTaken, new_identity

EDITABLE = frozenset(
    {
        "display_name",
        "client",
        "shop",
        "country",
        "language",
        "level",
        "tags",
        "needs",
        "preferences",
    }
)


def locked(customer_id: int) -> Customer:
    """Return the file, locked; a merged one is refused."""
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    if customer.merged_into_id is not None:
        raise Refusal(_("这份档案已并入另一份，请打开保留的那一份。"))
    return customer


@transaction.atomic
def create_customer(
    *,
    display_name: str,
    by: Account | None,
    at: dt.datetime,
    phone: str = "",
    email: str = "",
    im_nick: str = "",
    im_channel: str = "",
    **values: Any,
) -> Customer:
    """
    Open a file by hand with what is known; each identity must be nobody else's.

    :raises IdentityTaken: if one of them belongs to another file
    """
    _only_editable(values)
    customer = Customer.objects.create(
        number=next_number("customer", at=at), display_name=display_name, created_at=at, **values
    )
    for kind, value, channel_ref in (
        ("phone", phone, ""),
        ("email", email, ""),
        ("im_nick", im_nick, im_channel),
    ):
        if value:
            _attach(customer, kind=kind, value=value, channel_ref=channel_ref, at=at)
    refresh_completeness(customer)
    make_findable(customer, at=at)
    record("customers.created", obj=customer, by=by, at=at, changes={"number": customer.number})
    publish(CustomerCreated(customer_id=customer.pk))
    return customer


@transaction.atomic
def edit_customer(
    *, customer_id: int, by: Account | None, at: dt.datetime, **values: Any
) -> Customer:
    """Change what the file says; unchanged fields are left alone."""
    _only_editable(values)
    customer = locked(customer_id)
    changed = [name for name, value in values.items() if getattr(customer, name) != value]
    for name in changed:
        setattr(customer, name, values[name])
    if changed:
        customer.save(update_fields=changed)
        refresh_completeness(customer)
        make_findable(customer, at=at)
        if "client" in changed:
            publish(ClientOfCustomerChanged(customer_id=customer.pk))
        record("customers.edited", obj=customer, by=by, at=at, changes={"fields": sorted(changed)})
    return customer


@transaction.atomic
def verify_customer(*, customer_id: int, by: Account, at: dt.datetime) -> Customer:
    """Note that somebody checked the file with the customer (G2)."""
    customer = locked(customer_id)
    customer.verified_at = at
    customer.save(update_fields=["verified_at"])
    record("customers.verified", obj=customer, by=by, at=at)
    return customer


@transaction.atomic
def add_identity(
    *,
    customer_id: int,
    kind: str,
    value: str,
    by: Account | None,
    at: dt.datetime,
    channel_ref: str = "",
    verified: bool = False,
) -> Identity:
    """
    Note another way the customer is known; noting it again is harmless.

    :raises IdentityTaken: if it belongs to another file
    """
    customer = locked(customer_id)
    identity = _attach(
        customer, kind=kind, value=value, channel_ref=channel_ref, at=at, verified=verified
    )
    refresh_completeness(customer)
    make_findable(customer, at=at)
    record("customers.identity_added", obj=customer, by=by, at=at, changes={"kind": kind})
    return identity


@transaction.atomic
def remove_identity(*, identity_id: int, by: Account | None, at: dt.datetime) -> Customer:
    """
    Take an identity off a file.

    :raises Refusal: if the customer could not be recognised by anything any more
    """
    identity = Identity.objects.select_related("customer").get(pk=identity_id)
    customer = locked(identity.customer_id)
    if not customer.identities.exclude(pk=identity_id).exists():
        raise Refusal(_("至少要留一个身份，否则以后认不出这位客户。"))
    customer.identities.filter(pk=identity_id).delete()
    refresh_completeness(customer)
    make_findable(customer, at=at)
    record(
        "customers.identity_removed", obj=customer, by=by, at=at, changes={"kind": identity.kind}
    )
    return customer


@transaction.atomic
def save_address(
    *,
    customer_id: int,
    by: Account | None,
    at: dt.datetime,
    address_id: int | None = None,
    **values: Any,
) -> Address:
    """Add an address or change one; the first is the default, and a new default replaces it."""
    customer = locked(customer_id)
    address = (
        Address(customer=customer) if address_id is None else customer.addresses.get(pk=address_id)
    )
    for name, value in values.items():
        setattr(address, name, value)
    others = customer.addresses.exclude(pk=address.pk)
    if not others.filter(is_default=True).exists():
        address.is_default = True
    elif address.is_default:
        others.filter(is_default=True).update(is_default=False)
    address.save()
    refresh_completeness(customer)
    record("customers.address_saved", obj=customer, by=by, at=at, changes={"address": address.pk})
    return address


@transaction.atomic
def remove_address(*, address_id: int, by: Account | None, at: dt.datetime) -> Customer:
    """Take an address off the file; another one becomes the default."""
    address = Address.objects.get(pk=address_id)
    customer = locked(address.customer_id)
    address.delete()
    other = customer.addresses.order_by("pk").first()
    if other is not None and not customer.addresses.filter(is_default=True).exists():
        other.is_default = True
        other.save(update_fields=["is_default"])
    refresh_completeness(customer)
    record("customers.address_removed", obj=customer, by=by, at=at)
    return customer


@transaction.atomic
def mute_customer(
    *, customer_id: int, until: dt.datetime, reason: str, by: Account, at: dt.datetime
) -> Customer:
    """
    Mute a contact until a moment, for a written reason (A12, AMB-34): never for good.

    :raises Refusal: if the reason is missing or the moment has passed
    """
    if not reason.strip():
        raise Refusal(_("请填写静音的事由。"), field="reason")
    if until <= at:
        raise Refusal(_("结束时间要晚于现在。"), field="until")
    customer = locked(customer_id)
    customer.muted_until, customer.mute_reason = until, reason.strip()
    customer.save(update_fields=["muted_until", "mute_reason"])
    record("customers.muted", obj=customer, by=by, at=at, changes={"until": until}, reason=reason)
    return customer


@transaction.atomic
def unmute_customer(*, customer_id: int, by: Account, at: dt.datetime) -> Customer:
    """End a mute before its time."""
    customer = locked(customer_id)
    customer.muted_until, customer.mute_reason = None, ""
    customer.save(update_fields=["muted_until", "mute_reason"])
    record("customers.unmuted", obj=customer, by=by, at=at)
    return customer


def _attach(
    customer: Customer,
    *,
    kind: str,
    value: str,
    channel_ref: str,
    at: dt.datetime,
    verified: bool = False,
) -> Identity:
    identity = new_identity(
        kind=kind,
        value=value,
        channel_ref=channel_ref,
        country=customer.country if len(customer.country) == 2 else "",
        verified=verified,
        at=at,
    )
    known = queries.identity_like(identity)
    if known is None:
        identity.customer = customer
        identity.save()
        return identity
    if known.customer_id != customer.pk:
        raise IdentityTaken(known.customer_id)
    if verified and not known.verified:
        known.verified = True
        known.save(update_fields=["verified"])
    return known


def _only_editable(values: dict[str, Any]) -> None:
    unknown = set(values) - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
