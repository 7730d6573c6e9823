from __future__ import annotations

from django.utils import timezone

from cangke.foundation.access.public import Account, scope
from cangke.foundation.ui.public import Badge

from .. import queries
from ..models import Order

MOST = 99


def late_orders(account: Account) -> Badge | None:
    """Return how many orders within reach are past their promised ship time (menu)."""
    rows = queries.late(scope(account, Order, "view"), at=timezone.now())
    count = rows.order_by().values("pk")[:MOST].count()
    return Badge(count, late=True) if count else None
