"""Which months are closed, and what still stands open before one may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from ..models import ClosedMonth, LateFact, LeaveRequest, PunchCorrection
from .rosters import month_of, month_span


@dataclass(frozen=True)
class Unsettled:
    """A matter of somebody's month that is not decided: ``leave`` or ``correction``."""

    employee_id: int
    kind: str
    date: dt.date
    id: int


def closed_among(
    employee_ids: Collection[int], months: Collection[dt.date]
) -> set[tuple[int, dt.date]]:
    """Which of the people's months are closed: (employee, first of the month)."""
    rows = ClosedMonth.objects.filter(
        employee_id__in=employee_ids, month__in={month_of(each) for each in months}
    )
    return set(rows.order_by().values_list("employee_id", "month"))


def late_digests(employee_ids: Collection[int], month: dt.date) -> dict[tuple[int, dt.date], str]:
    """What was noted last of days of a closed month: (employee, day) → digest."""
    rows = LateFact.objects.filter(
        employee_id__in=employee_ids, month=month_of(month), source="day"
    )
    return {
        (who, day): digest
        for who, day, digest in rows.order_by("pk").values_list("employee_id", "date", "digest")
    }


def unsettled(employee_ids: Collection[int], month: dt.date) -> list[Unsettled]:
    """Leave and make-up punches of the month that wait for a decision; two queries."""
    first, last = month_span(month)
    asked = LeaveRequest.objects.filter(
        employee_id__in=employee_ids, state="asked", first__lte=last, last__gte=first
    )
    corrections = PunchCorrection.objects.filter(
        employee_id__in=employee_ids, state="asked", date__gte=first, date__lte=last
    )
    found = [Unsettled(row.employee_id, "leave", row.first, row.pk) for row in asked]
    found += [Unsettled(row.employee_id, "correction", row.date, row.pk) for row in corrections]
    return sorted(found, key=lambda each: (each.employee_id, each.date, each.kind))
