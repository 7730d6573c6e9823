"""One's own month: shifts, days off, holidays (X21)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import allowed
from cangke.foundation.ui.public import SignedInRequest
from cangke.people.public import Employee, employee_of

from .. import queries
from ..models import ShiftAssignment
from ..queries.rosters import away_days, day_list, month_span
from .parts import asked_month, months_around, region_of, today_at

ONE_DAY = dt.timedelta(days=1)


@require_GET
@allowed("attendance.view")
def my_month(request: SignedInRequest) -> HttpResponse:
    """The own calendar; somebody without an employee's file goes to the rosters."""
    employee = employee_of(request.user)
    if employee is None:
        return redirect("attendance:rosters")
    month = asked_month(request, employee.site.zone)
    context = {
        "employee": employee,
        "month": month,
        "around": months_around(month),
        "weeks": weeks_of(employee, month),
        "today": today_at(employee.site.zone),
        "next": _next(employee),
    }
    return render(request, "attendance/mine/month.html", context)


def weeks_of(employee: Employee, month: dt.date) -> list[list[dict[str, Any]]]:
    """The month in weeks from Monday, with shifts, days off and holidays."""
    first, last = month_span(month)
    start = first - dt.timedelta(days=first.weekday())
    end = last + dt.timedelta(days=6 - last.weekday())
    shifts: dict[dt.date, ShiftAssignment] = {
        row.date: row for row in queries.shifts_of(employee, start, end)
    }
    away = away_days([employee.pk], start, end)
    days = [
        {
            "day": day,
            "in_month": day.date.month == month.month,
            "shift": shifts.get(day.date),
            "away": away.get((employee.pk, day.date), ""),
        }
        for day in day_list(start, end, region=region_of(employee))
    ]
    return [days[n : n + 7] for n in range(0, len(days), 7)]


def _next(employee: Employee) -> ShiftAssignment | None:
    """The shift that runs or comes next."""
    return (
        ShiftAssignment.objects.published()
        .filter(employee=employee, ends_at__gt=timezone.now())
        .select_related("shift_type")
        .order_by("starts_at")
        .first()
    )
