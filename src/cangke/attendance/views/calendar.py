"""The days off and make-up working days of the regions people work in (X21)."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed, can
from cangke.foundation.calendar.public import (
    CalendarDay,
    DayKind,
    is_known_year,
    seed_calendar,
    set_day,
)
from cangke.foundation.ui.public import SignedInRequest, act, once
from cangke.people.public import Site

from .. import forms
from ..queries.rosters import WEEKDAYS

EARLIEST, LATEST = 2000, 2100
WARN_FROM_MONTH = 10


def _regions() -> list[str]:
    found = Site.objects.exclude(country="").order_by().values_list("country", flat=True)
    return sorted(set(found)) or ["CN"]


def _chosen(request: SignedInRequest) -> tuple[str, int]:
    regions = _regions()
    region = request.GET.get("region", "")
    year = request.GET.get("year", "")
    today = timezone.localdate()
    chosen = int(year) if year.isdecimal() and EARLIEST <= int(year) <= LATEST else today.year
    return region if region in regions else regions[0], chosen


def _address(region: str, year: int) -> str:
    return f"{reverse('attendance:calendar')}?region={region}&year={year}"


@require_GET
@allowed("attendance.view")
def calendar_year(request: SignedInRequest) -> HttpResponse:
    """A year of a region: what differs from the plain week, and what is not known yet."""
    region, year = _chosen(request)
    today = timezone.localdate()
    rows = CalendarDay.objects.filter(region=region, date__year=year).order_by("date")
    next_missing = today.month >= WARN_FROM_MONTH and not is_known_year(region, today.year + 1)
    context = {
        "region": region,
        "regions": _regions(),
        "year": year,
        "known": is_known_year(region, year),
        "next_year": today.year + 1 if next_missing else None,
        "rows": [(row, WEEKDAYS[row.date.weekday()]) for row in rows],
        "may_define": can(request.user, "attendance.define"),
    }
    return render(request, "attendance/calendar/year.html", context)


@require_http_methods(["GET", "POST"])
@allowed("attendance.define")
@once("attendance.calendar")
def calendar_day(request: SignedInRequest) -> HttpResponse:
    """Make a day of a region a holiday or a working day, whatever was published."""
    region, year = _chosen(request)
    day = _date(request.GET.get("day", ""))
    row = CalendarDay.objects.filter(region=region, date=day).first() if day else None
    initial = {"date": row.date, "kind": row.kind, "name": row.name} if row else {}
    return act(
        request,
        forms.CalendarDayForm(request.POST or None, initial=initial),
        lambda given: set_day(
            region=region,
            date=given["date"],
            kind=DayKind(given["kind"]),
            name=given["name"],
            by=request.user,
            at=timezone.now(),
        ),
        title=_("设置日历日"),
        done=lambda made: _address(region, made.date.year),
        said=_("已保存。"),
        back=_address(region, year),
    )


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@allowed("attendance.define")
def calendar_load(request: SignedInRequest) -> HttpResponse:
    """Load what is published about a year; days set by hand stay."""
    region, year = _chosen(request)
    known = seed_calendar(region=region, years=[year], at=timezone.now())
    if known:
        messages.success(request, _("已载入 %s 年的节假日。") % year)
    else:
        messages.warning(request, _("%s 年的节假日还没有公布，可以先手工设置。") % year)
    return redirect(_address(region, year))
