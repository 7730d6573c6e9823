from __future__ import annotations

import datetime as dt

from cangke.foundation.search.public import index, remove

from .. import queries, rules
from ..models import Customer


def make_findable(customer: Customer, *, at: dt.datetime) -> None:
    """Put the file into the search index as it stands; a merged one is taken out."""
    if customer.merged_into_id is not None:
        remove("customer", customer.pk)
        return
    open_values, masked = [], []
    for kind, value, norm in customer.identities.values_list("kind", "value", "value_norm"):
        if kind in rules.GLOBAL_KINDS:
            masked += [value, norm]
        else:
            open_values.append(value)
    index(
        "customer",
        customer.pk,
        title=customer.display_name,
        subtitle=customer.number,
        text=" ".join([*open_values, *map(str, customer.tags)]),
        numbers=[customer.number, *open_values],
        masked=masked,
        url=queries.customer_url(customer.pk),
        at=at,
    )
