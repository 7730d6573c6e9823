"""One's own month: the punch, shifts, days off, how it stands (K4, K22, X21)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cangke.foundation.access.public import allowed
from cangke.foundation.ui.public import SignedInRequest
from cangke.people.public import Employee, employee_of

from .. import actions, queries
from ..models import DayRecord, ShiftAssignment
from ..queries.rosters import away_days, day_list, month_span
from ..queries.today import standing_of, today_of
from .parts import asked_month, me, months_around, region_of, today_at, zone_of
from .words import DAY_TONES

ONE_DAY = dt.timedelta(days=1)


@require_GET
@allowed("attendance.view")
def my_month(request: SignedInRequest) -> HttpResponse:
    """The punch and the own calendar; somebody without an employee's file goes to the rosters."""
    employee = employee_of(request.user)
    if employee is None:
        return redirect("attendance:rosters")
    at = timezone.now()
    month = asked_month(request, employee.site.zone)
    context = {
        "employee": employee,
        "month": month,
        "around": months_around(month),
        "weeks": weeks_of(employee, month),
        "today": today_at(employee.site.zone),
        "next": _next(employee, at),
        "punch": today_of(employee, at=at),
        "standing": standing_of(employee, month, at=at),
        "local_now": at.astimezone(zone_of(employee)),
        "zone": employee.site.zone,
    }
    return render(request, "attendance/mine/month.html", context)


@require_GET
@allowed("attendance.view")
def panel(request: SignedInRequest) -> HttpResponse:
    """Today's shift and the punch, for the home page."""
    employee = employee_of(request.user)
    if employee is None:
        return HttpResponse(status=204)
    context = {
        "punch": today_of(employee, at=timezone.now()),
        "zone": employee.site.zone,
        "next": _next(employee, timezone.now()),
    }
    return render(request, "attendance/mine/panel.html", context)


@require_POST
@allowed("attendance.view")
def punch(request: SignedInRequest) -> HttpResponse:
    """Punch now, by the clock of the server."""
    employee = me(request)
    at = timezone.now()
    made, is_new = actions.punch(employee=employee, by=request.user, at=at)
    clock = f"{made.at.astimezone(zone_of(employee)):%H:%M}"
    if is_new:
        messages.success(request, _("已打卡：%s。") % clock)
    else:
        messages.info(request, _("这一分钟已经打过卡：%s。") % clock)
    return redirect("attendance:mine")


def weeks_of(employee: Employee, month: dt.date) -> list[list[dict[str, Any]]]:
    """The month in weeks from Monday, with shifts, records, days off and holidays."""
    first, last = month_span(month)
    start = first - dt.timedelta(days=first.weekday())
    end = last + dt.timedelta(days=6 - last.weekday())
    shifts: dict[dt.date, ShiftAssignment] = {
        row.date: row for row in queries.shifts_of(employee, start, end)
    }
    records = {
        row.date: row
        for row in DayRecord.objects.filter(employee=employee, date__gte=start, date__lte=end)
    }
    for row in records.values():
        row.tone = DAY_TONES.get(row.state, "")  # type: ignore[attr-defined]
    away = away_days([employee.pk], start, end)
    days = [
        {
            "day": day,
            "in_month": day.date.month == month.month,
            "shift": shifts.get(day.date),
            "record": records.get(day.date),
            "away": away.get((employee.pk, day.date), ""),
        }
        for day in day_list(start, end, region=region_of(employee))
    ]
    return [days[n : n + 7] for n in range(0, len(days), 7)]


def _next(employee: Employee, at: dt.datetime) -> ShiftAssignment | None:
    """The shift that comes next."""
    return (
        ShiftAssignment.objects.published()
        .filter(employee=employee, starts_at__gt=at)
        .select_related("shift_type")
        .order_by("starts_at")
        .first()
    )
