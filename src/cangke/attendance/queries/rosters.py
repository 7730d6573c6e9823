"""A team's month as people see it, and what is to be said about it before publication."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.calendar.public import CalendarDay, DayKind, weekend_of
from cangke.people.public import Employee, Team
from cangke.rulebook.public import policy

from .. import rules
from ..models import (
    REST,
    LeaveEntry,
    Roster,
    RosterPublication,
    ShiftAssignment,
    ShiftType,
    StaffingNeed,
)
from .force import policy_of, units_of

ONE_DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
WEEKDAYS = (
    pgettext_lazy("weekday", "一"),
    pgettext_lazy("weekday", "二"),
    pgettext_lazy("weekday", "三"),
    pgettext_lazy("weekday", "四"),
    pgettext_lazy("weekday", "五"),
    pgettext_lazy("weekday", "六"),
    pgettext_lazy("weekday", "日"),
)


def month_of(day: dt.date) -> dt.date:
    """The first day of a day's month."""
    return day.replace(day=1)


def month_span(month: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of the month."""
    return month.replace(day=1), month.replace(day=calendar.monthrange(month.year, month.month)[1])


@dataclass(frozen=True)
class Day:
    """A day on the calendar of a region: free or not, and the name of the holiday."""

    date: dt.date
    is_free: bool
    kind: str = ""
    name: str = ""

    @property
    def short(self) -> str:
        """The day of the week in one character."""
        return str(WEEKDAYS[self.date.weekday()])


def day_list(first: dt.date, last: dt.date, *, region: str) -> list[Day]:
    """The days from one to another, both included, with weekends and holidays (X21): one query."""
    weekend = weekend_of(region)
    known = {
        row.date: row
        for row in CalendarDay.objects.filter(region=region, date__gte=first, date__lte=last)
    }
    found = []
    day = first
    while day <= last:
        row = known.get(day)
        free = day.weekday() in weekend if row is None else row.kind == DayKind.HOLIDAY
        found.append(Day(day, free, row.kind if row else "", row.title if row else ""))
        day += ONE_DAY
    return found


def assignments_between(
    team: Team, first: dt.date, last: dt.date, *, working: bool
) -> QuerySet[ShiftAssignment]:
    """A team's shifts, as planned or as published."""
    rows = ShiftAssignment.objects.filter(
        roster__team=team, date__gte=first, date__lte=last
    ).select_related("shift_type", "employee")
    return rows.working() if working else rows.published()


def people_of(team: Team, first: dt.date, last: dt.date) -> QuerySet[Employee]:
    """Who belongs to the team and works there some day of the time, and who has a shift in it."""
    planned = ShiftAssignment.objects.filter(
        roster__team=team, date__gte=first, date__lte=last
    ).values("employee_id")
    return (
        Employee.objects.filter(
            Q(team=team, employed_from__lte=last)
            & (Q(employed_to__isnull=True) | Q(employed_to__gte=first))
            | Q(pk__in=planned)
        )
        .select_related("post")
        .order_by("number")
    )


@dataclass
class Cell:
    """One person's day: the shift, whether it waits for publication, why somebody is away."""

    date: dt.date
    row: ShiftAssignment | None = None
    is_new: bool = False
    was: ShiftAssignment | None = None
    away: str = ""
    away_name: str = ""
    employed: bool = True

    @property
    def value(self) -> str:
        """The choice in the form: the code of the shift, with a star for its leader."""
        return choice_of(self.row.shift_type.code, self.row.leads) if self.row else ""


def choice_of(code: str, leads: bool) -> str:
    """A shift as the planner's form writes it."""
    return f"{code}*" if leads else code


@dataclass
class Line:
    """One person's row of the grid."""

    employee: Employee
    cells: list[Cell]
    count: int = 0
    minutes: int = 0

    @property
    def hours(self) -> str:
        """The planned hours of work, without breaks."""
        return f"{(Decimal(self.minutes) / 60).quantize(Decimal('0.1')).normalize():f}"


@dataclass
class Grid:
    """A team's plan from one day to another."""

    days: list[Day]
    lines: list[Line]
    # shift type → how many on each day, and the least there should be
    counts: list[tuple[ShiftType, int, list[int]]] = field(default_factory=list)
    changes: int = 0

    def by_day(self) -> list[tuple[Day, list[tuple[ShiftType, list[Cell]]]]]:
        """The same as a list of days, for the phone."""
        found = []
        for place, day in enumerate(self.days):
            groups: dict[int, tuple[ShiftType, list[Any]]] = {}
            for line in self.lines:
                row = line.cells[place].row
                if row is not None:
                    group = groups.setdefault(row.shift_type_id, (row.shift_type, []))
                    group[1].append((line.employee, row.leads))
            order = sorted(groups.values(), key=lambda each: (each[0].place, each[0].start))
            found.append((day, order))
        return found


def needs_of(team: Team) -> dict[int, int]:
    """Shift type → least number of people, of a team."""
    rows = StaffingNeed.objects.filter(team=team)
    return dict(rows.values_list("shift_type_id", "least"))


def away_days(
    employee_ids: Collection[int], first: dt.date, last: dt.date
) -> dict[tuple[int, dt.date], str]:
    """Approved leave and rest days: (employee, day) → the kind's name; one query."""
    rows = LeaveEntry.objects.filter(
        employee_id__in=employee_ids, date__gte=first, date__lte=last, act__in=["use", "reverse"]
    ).order_by()
    totals: dict[tuple[int, dt.date, str], Decimal] = defaultdict(Decimal)
    for who, day, kind, days in rows.values_list("employee_id", "date", "kind", "days"):
        totals[who, day, kind] += days
    names = kind_names(first)
    return {
        (who, day): names.get(kind, kind) for (who, day, kind), days in totals.items() if days > 0
    }


def kind_names(on: dt.date) -> dict[str, str]:
    """The kinds of leave by code, and rest days, as people call them."""
    shipped = {"personal": _("事假"), "sick": _("病假"), "statutory": _("法定假")}
    found = {each.kind: each.name for each in policy(rules.LeavePolicy, on=on).kinds}
    for each in rules.policies.SHIPPED_KINDS:
        if found.get(each.kind) == each.name:
            found[each.kind] = shipped[each.kind]
    return {REST: _("休假"), **found}


def grid_of(team: Team, first: dt.date, last: dt.date, *, working: bool, region: str) -> Grid:
    """
    A team's plan: seven queries, however many people and days.

    ``working`` shows the planner's copy with what waits for publication, else what is published.
    """
    days = day_list(first, last, region=region)
    people = list(people_of(team, first, last))
    away = away_days([each.pk for each in people], first, last)
    rows: dict[tuple[int, dt.date], ShiftAssignment] = {}
    gone: dict[tuple[int, dt.date], ShiftAssignment] = {}
    changes = 0
    every = ShiftAssignment.objects.filter(
        roster__team=team, date__gte=first, date__lte=last
    ).select_related("shift_type")
    for row in every:
        key = row.employee_id, row.date
        is_change = row.published_at is None or row.dropped_at is not None
        changes += is_change or row.leads != row.published_leads
        if not working:
            if row.published_at is not None:
                row.leads = row.published_leads
                rows[key] = row
        elif row.dropped_at is None:
            rows[key] = row
        else:
            gone[key] = row
    lines = []
    for person in people:
        cells = [
            Cell(
                day.date,
                rows.get((person.pk, day.date)),
                is_new=working
                and ((person.pk, day.date) in gone or _waits(rows.get((person.pk, day.date)))),
                was=gone.get((person.pk, day.date)),
                away=away.get((person.pk, day.date), ""),
                employed=_is_employed(person, day.date),
            )
            for day in days
        ]
        line = Line(person, cells)
        for cell in cells:
            if cell.row is not None:
                line.count += 1
                line.minutes += (
                    int((cell.row.ends_at - cell.row.starts_at).total_seconds() // 60)
                    - cell.row.break_minutes
                )
        lines.append(line)
    return Grid(days, lines, _counts(team, days, rows.values()), changes)


def _waits(row: ShiftAssignment | None) -> bool:
    return row is not None and (row.published_at is None or row.leads != row.published_leads)


def _is_employed(person: Employee, day: dt.date) -> bool:
    return person.employed_from <= day and (person.employed_to is None or day <= person.employed_to)


def _counts(
    team: Team, days: Sequence[Day], rows: Iterable[ShiftAssignment]
) -> list[tuple[ShiftType, int, list[int]]]:
    needs = needs_of(team)
    of_day: dict[tuple[int, dt.date], int] = defaultdict(int)
    used = set(needs)
    for row in rows:
        of_day[row.shift_type_id, row.date] += 1
        used.add(row.shift_type_id)
    return [
        (kind, needs.get(kind.pk, 0), [of_day[kind.pk, day.date] for day in days])
        for kind in ShiftType.objects.filter(Q(active=True) | Q(pk__in=used))
    ]


def findings_of(team: Team, month: dt.date) -> list[rules.Finding]:
    """What is to be said about the planned month before it is published (K2, K23)."""
    first, last = month_span(month)
    zone = ZoneInfo(team.site.zone)
    rows = list(assignments_between(team, first - WEEK, last + WEEK, working=True))
    planned = [row.planned(zone) for row in rows]
    kinds = {kind.pk: kind.code for kind in ShiftType.objects.all()}
    needs = [rules.Need(kinds[pk], least) for pk, least in needs_of(team).items()]
    people = {row.employee_id for row in rows}
    units = units_of(team)
    return rules.check_roster(
        planned,
        days=[first + n * ONE_DAY for n in range((last - first).days + 1)],
        needs=needs,
        away=away_days(people, first, last).keys(),
        roster=policy_of(rules.RosterPolicy, units, on=first),
        week=policy_of(rules.WeekPolicy, units, on=first),
    )


def published_body(roster: Roster) -> list[list[Any]]:
    """A roster as published, for the record: employee, day, shift, leader."""
    rows = roster.assignments.published().select_related("shift_type")
    return [
        [row.employee_id, row.date.isoformat(), row.shift_type.code, row.published_leads]
        for row in rows.order_by("employee_id", "date")
    ]


def versions_of(roster: Roster) -> QuerySet[RosterPublication]:
    """The published versions, newest first, without their contents."""
    return roster.publications.select_related("by").defer("body")
