"""What days of duty came to over a period, for the rooms that judge by it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from ..models import DayRecord


@dataclass(frozen=True)
class DutyRecord:
    """The judged days of a period: how many, how often late, how many days absent."""

    days: int
    late_times: int
    absent_days: Decimal


def duty_record(*, employee_id: int, first_date: dt.date, last_date: dt.date) -> DutyRecord | None:
    """
    Return what is on record about somebody's days, both ends included; None where nothing is.

    Days that still wait for punches are not counted. It asks nobody's rights: for rooms that show
    only the result.
    """
    rows = DayRecord.objects.filter(
        employee=employee_id, date__gte=first_date, date__lte=last_date
    ).exclude(state="waiting")
    found = rows.aggregate(
        days=Count("pk"), late=Count("pk", filter=Q(minutes_late__gt=0)), absent=Sum("absent_days")
    )
    if not found["days"]:
        return None
    return DutyRecord(found["days"], found["late"], found["absent"] or Decimal(0))
