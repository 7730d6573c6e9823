from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_numbers
from cangke.foundation.search.public import Entry, index_many
from cangke.people.public import Shop

from .. import queries, rules
from ..events import CustomersImported
from ..models import Customer, Identity

BATCH = 500


@dataclass(frozen=True)
class NewFile:
    """What is known of a customer who comes with an imported row."""

    display_name: str
    country: str = ""


@transaction.atomic
def find_or_create_many(
    *, kind: str, shop: Shop, channel_ref: str, known: Mapping[str, NewFile], at: dt.datetime
) -> dict[str, Customer]:
    """
    Return value → customer for many identities of one kind, in a fixed number of queries.

    Values that nobody is known by open a file. Values without a usable form are left out.
    """
    norms = {value: rules.normalize_identity(kind, value) for value in known}
    scope = rules.identity_scope(kind, channel_ref)
    found = queries.customers_by_identity(
        kind=kind, channel_ref=scope, norms={norm for norm in norms.values() if norm}
    )
    missing: dict[str, tuple[str, NewFile]] = {}
    for value, norm in norms.items():
        if norm and norm not in found:
            missing.setdefault(norm, (value, known[value]))
    if missing:
        found |= _open_files(kind, shop, scope, missing, at=at)
    return {value: found[norm] for value, norm in norms.items() if norm in found}


def _open_files(
    kind: str,
    shop: Shop,
    scope: str,
    missing: Mapping[str, tuple[str, NewFile]],
    *,
    at: dt.datetime,
) -> dict[str, Customer]:
    numbers = next_numbers("customer", len(missing), at=at)
    score = rules.completeness({"name"})
    made = Customer.objects.bulk_create(
        [
            Customer(
                number=number,
                display_name=(file.display_name or value)[:100],
                shop=shop,
                country=file.country[:60],
                completeness=score,
                created_at=at,
            )
            for number, (value, file) in zip(numbers, missing.values(), strict=True)
        ],
        batch_size=BATCH,
    )
    Identity.objects.bulk_create(
        [
            Identity(
                customer=customer,
                kind=kind,
                channel_ref=scope,
                value=value.strip()[:200],
                value_norm=norm[:200],
                value_reversed=norm[:200][::-1],
                created_at=at,
            )
            for customer, (norm, (value, _file)) in zip(made, missing.items(), strict=True)
        ],
        batch_size=BATCH,
    )
    index_many(
        (
            Entry(
                "customer",
                customer.pk,
                title=customer.display_name,
                subtitle=customer.number,
                numbers=(customer.number, norm),
                url=queries.customer_url(customer.pk),
            )
            for customer, norm in zip(made, missing, strict=True)
        ),
        at=at,
    )
    publish(CustomersImported(customer_ids=tuple(customer.pk for customer in made)))
    return dict(zip(missing, made, strict=True))
