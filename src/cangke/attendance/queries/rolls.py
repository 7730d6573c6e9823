"""The list of a roll call, prefilled from shifts, punches and leave (K25)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cangke.foundation.calendar.public import day_bounds
from cangke.people.public import Employee, Team

from ..models import RawPunch, Roster, ShiftAssignment
from .rosters import away_days, month_of

BEFORE = dt.timedelta(hours=4)


@dataclass(frozen=True)
class Expected:
    """Somebody on the list: the shift, when they came, and what the records suggest."""

    employee: Employee
    starts_at: dt.datetime | None
    came_at: dt.datetime | None
    state: str
    reason: str = ""


def expected_on(team: Team, date: dt.date, *, at: dt.datetime) -> list[Expected]:
    """
    Who is to be there on a day, in five queries.

    Those with a published shift; without a published roster of the month everybody of the team.
    Who has punched is there, who is on leave is not and why; whose shift has not begun
    is not expected yet.
    """
    people = {
        each.pk: each
        for each in Employee.objects.at_work().filter(team=team).order_by("number")
        if each.employed_from <= date
    }
    planned = Roster.objects.filter(team=team, month=month_of(date), number__gt=0).exists()
    shifts = {
        row.employee_id: row
        for row in ShiftAssignment.objects.published().filter(employee__in=people, date=date)
    }
    start, end = day_bounds(date, team.site.zone)
    punches: dict[int, dt.datetime] = {}
    rows = RawPunch.objects.filter(
        employee__in=people, at__gte=start - BEFORE, at__lte=min(at, end)
    ).order_by("-at")
    for who, moment in rows.values_list("employee_id", "at"):
        shift = shifts.get(who)
        since = shift.starts_at - BEFORE if shift is not None else start
        if moment >= since:
            punches[who] = moment
    away = away_days(list(people), date, date)
    found = []
    for pk, person in people.items():
        shift = shifts.get(pk)
        leave = away.get((pk, date), "")
        if planned and shift is None and not leave:
            continue
        starts = shift.starts_at if shift is not None else None
        came = punches.get(pk)
        if came is not None:
            found.append(Expected(person, starts, came, "present"))
        elif leave:
            found.append(Expected(person, starts, None, "absent", leave))
        elif starts is not None and starts > at:
            found.append(Expected(person, starts, None, "later"))
        else:
            found.append(Expected(person, starts, None, "absent"))
    far = dt.datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    return sorted(found, key=lambda each: (each.starts_at or far, each.employee.number))
