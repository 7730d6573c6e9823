"""What locked slips could not take, and what has come in since (L12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from cangke.people.public import Employee

from ..models import Receivable

IN = Q(collections__kind__in=["pay", "cash"])


def collected_of(slip_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """What has come in of the recoveries that slips carried on: slip → item → amount."""
    rows = Receivable.objects.filter(slip__in=slip_ids, item__isnull=False).annotate(
        came_in=Coalesce(Sum("collections__amount", filter=IN), Decimal(0))
    )
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for slip, item, amount in rows.order_by().values_list("slip_id", "item_id", "came_in"):
        found[slip][item] = amount
    return found


def owed_by(employee: Employee) -> list[Receivable]:
    """What somebody still owes, oldest first."""
    rows = Receivable.objects.filter(employee=employee, left__gt=0)
    return list(rows.select_related("slip", "item").order_by("slip__month", "pk"))
