from __future__ import annotations

from .. import queries, rules
from ..models import Customer


def refresh_completeness(customer: Customer) -> None:
    """Reckon how complete the file is and keep it on the file (G2)."""
    score = rules.completeness(queries.parts_of(customer))
    if score != customer.completeness:
        customer.completeness = score
        customer.save(update_fields=["completeness"])
