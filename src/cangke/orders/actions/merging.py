from __future__ import annotations

from django.db import transaction

from ..models import Order


@transaction.atomic
def move_customer(*, kept_id: int, merged_id: int) -> int:
    """Give the orders of a merged file to the kept one; repeating it is harmless."""
    return Order.objects.filter(customer_id=merged_id).update(customer_id=kept_id)
