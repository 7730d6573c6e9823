from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from cangke.foundation.access.public import Account, can

from . import rules
from .models import Client, ClientMember, Customer, Identity
from .ports import TIMELINE, TimelineRow

ALL_TIME = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def identity_like(identity: Identity) -> Identity | None:
    """Return the saved identity of the same kind, scope and normal form."""
    return (
        Identity.objects.select_related("customer__merged_into")
        .filter(
            kind=identity.kind,
            channel_ref=identity.channel_ref,
            value_norm=identity.value_norm,
        )
        .first()
    )


def customer_with(identity: Identity) -> Customer | None:
    """Return the customer known by it; of a merged file the one that was kept."""
    known = identity_like(identity)
    return canonical(known.customer) if known else None


def find_by_identity(
    *, kind: str, value: str, channel_ref: str = "", country: str = rules.COUNTRY_DEFAULT
) -> Customer | None:
    """Return the customer known by an identity, or None."""
    norm = rules.normalize_identity(kind, value, country=country)
    if not norm:
        return None
    return customer_with(
        Identity(kind=kind, channel_ref=rules.identity_scope(kind, channel_ref), value_norm=norm)
    )


def customers_by_identity(
    *, kind: str, channel_ref: str, norms: Collection[str]
) -> dict[str, Customer]:
    """Return normal form → customer in use, for many identities of one kind."""
    wanted = list(norms)
    found = {}
    for start in range(0, len(wanted), 500):
        rows = Identity.objects.filter(
            kind=kind, channel_ref=channel_ref, value_norm__in=wanted[start : start + 500]
        ).select_related("customer__merged_into")
        found.update({row.value_norm: canonical(row.customer) for row in rows})
    return found


def customer_url(pk: int) -> str:
    """Return the address of a customer's page; empty where the room has no pages."""
    try:
        return reverse("customers:detail", args=[pk])
    except NoReverseMatch:
        return ""


def canonical(customer: Customer) -> Customer:
    """Return the file that is in use: the kept one of a merged file."""
    return customer.merged_into or customer


def matching(rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """
    Narrow to customers whose name, number, phone, e-mail or nickname fits the text (G1).

    Phones and e-mail are masked, so they match whole or by the last four digits of a phone:
    nobody can find one out sign by sign. Other identities match by their beginning.
    """
    text = text.strip()
    if not text:
        return rows
    forms = rules.search_forms(text)
    by_identity = Q(value_norm__in=forms)
    for form in forms:
        by_identity |= Q(value_norm__startswith=form) & ~Q(kind__in=rules.GLOBAL_KINDS)
    if len(text) == 4 and text.isascii() and text.isdigit():
        by_identity |= Q(kind="phone", value_reversed__startswith=text[::-1])
    known = Identity.objects.filter(by_identity).values("customer_id")
    return rows.filter(Q(pk__in=known) | Q(display_name__icontains=text) | Q(number__iexact=text))


def parts_of(customer: Customer) -> set[str]:
    """Return which parts of a complete file are there (G2)."""
    kinds = set(customer.identities.values_list("kind", flat=True))
    parts = kinds & {"phone", "email"}
    if customer.display_name.strip():
        parts.add("name")
    if customer.addresses.exists():
        parts.add("address")
    if customer.preferences.strip() or customer.needs.strip():
        parts.add("preferences")
    return parts


def unverified_since(rows: QuerySet[Customer], before: dt.datetime) -> QuerySet[Customer]:
    """Narrow to files nobody has checked with the customer since a moment (G2)."""
    return rows.filter(Q(verified_at__isnull=True) | Q(verified_at__lt=before))


def identities_of(customer_ids: Collection[int]) -> dict[int, list[Identity]]:
    """Return customer id → identities, in one query."""
    found: dict[int, list[Identity]] = {}
    for identity in Identity.objects.filter(customer_id__in=customer_ids).order_by("pk"):
        found.setdefault(identity.customer_id, []).append(identity)
    return found


def likely_duplicates(customer: Customer, *, limit: int = 5) -> list[Customer]:
    """Return other files that may be the same person: same name, or the same receiver's phone."""
    phones = [
        norm
        for phone in customer.addresses.values_list("phone", flat=True)
        if (norm := rules.normalize_phone(phone))
    ]
    by_phone = Identity.objects.filter(kind="phone", value_norm__in=phones).values("customer_id")
    rows = (
        Customer.objects.current()
        .exclude(pk=customer.pk)
        .filter(Q(display_name__iexact=customer.display_name) | Q(pk__in=by_phone))
    )
    if customer.client_id:
        rows = rows.filter(Q(client_id=customer.client_id) | Q(client__isnull=True))
    return list(rows[:limit])


def timeline(
    account: Account,
    customer: Customer,
    *,
    since: dt.datetime,
    until: dt.datetime,
    kinds: Collection[str] = (),
    limit: int = 200,
) -> list[TimelineRow]:
    """
    Return what happened with a customer, newest first (G3).

    Rooms above lend their kinds; each asks a fixed number of times, so the page's number of
    queries grows with the kinds and never with the rows.
    """
    ids = [customer.pk, *customer.merged.values_list("pk", flat=True)]
    sources = [
        source
        for source in TIMELINE.values()
        if (not kinds or source.kind in kinds) and can(account, source.permission)
    ]
    rows: Iterable[TimelineRow] = (
        row for source in sources for row in source.query(account, ids, since, until, limit)
    )
    return heapq.nlargest(limit, rows, key=lambda row: row.at)


def timeline_kinds(account: Account) -> list[tuple[str, str]]:
    """Return the kinds of rows a person may see, with their labels."""
    return [
        (source.kind, source.label)
        for source in TIMELINE.values()
        if can(account, source.permission)
    ]


def own_client_ids(*, account_id: int, kind: str) -> Collection[int]:
    """Answer access: the client an account of its own people belongs to."""
    if kind != "client":
        return ()
    return frozenset(
        ClientMember.objects.filter(account_id=account_id).values_list("client_id", flat=True)
    )


def client_of(account_id: int) -> Client | None:
    """Return the client an account belongs to."""
    member = ClientMember.objects.select_related("client").filter(account_id=account_id).first()
    return member.client if member else None
