"""The sales targets in force."""

from __future__ import annotations

from ..models import SalesTarget

MONTHS_SHOWN = 12


def targets_of(post_id: int) -> list[SalesTarget]:
    """Return the newest target of each month of a post, latest month first."""
    found: dict[object, SalesTarget] = {}
    for row in SalesTarget.objects.filter(post_id=post_id).order_by("-month", "-pk")[:200]:
        found.setdefault(row.month, row)
    return [row for row in found.values() if row.amount][:MONTHS_SHOWN]
