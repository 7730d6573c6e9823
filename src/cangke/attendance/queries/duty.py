"""Who is at work when, by the published rosters."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from cangke.foundation.calendar.public import day_bounds, site_day
from cangke.people.public import Employee

from .. import ports, rules
from ..models import REST, Roster, ShiftAssignment
from .months import leave_used

ONE_DAY = dt.timedelta(days=1)


def on_shift(*, employee_ids: Collection[int], at: dt.datetime) -> frozenset[int]:
    """
    Answer the desk: who of the employees is at work at the moment.

    Somebody whose team has no published roster for the month of the site's day counts as at work:
    who does not plan shifts loses nobody. One query where nobody plans, two otherwise.
    """
    asked = frozenset(employee_ids)
    months = {(at + offset).date().replace(day=1) for offset in (-ONE_DAY, ONE_DAY, 0 * ONE_DAY)}
    rostered = {
        employee_id
        for employee_id, month, zone in Roster.objects.filter(
            number__gt=0, month__in=months, team__employees__in=asked
        ).values_list("team__employees", "month", "team__site__zone")
        if month == site_day(at, zone).replace(day=1)
    } & asked
    if not rostered:
        return asked
    there = (
        ShiftAssignment.objects.published()
        .filter(employee_id__in=rostered, starts_at__lte=at, ends_at__gt=at)
        .values_list("employee_id", flat=True)
    )
    return (asked - rostered) | frozenset(there)


def off_shift(
    *, moments: Collection[tuple[int, dt.datetime]]
) -> frozenset[tuple[int, dt.datetime]]:
    """
    Answer the desk: which of the moments (employee, time) lie outside their shifts (AMB-36).

    That is where the team had published a roster for the month and no shift of theirs ran; what a
    customer adds to a shift (K3) comes after it. Two queries, however many moments.
    """
    asked = {employee_id for employee_id, _at in moments}
    if not asked:
        return frozenset()
    times = [at for _employee, at in moments]
    first, last = min(times) - ONE_DAY, max(times) + ONE_DAY
    planned: dict[int, set[tuple[dt.date, str]]] = defaultdict(set)
    rosters = Roster.objects.filter(
        number__gt=0,
        month__gte=first.date().replace(day=1),
        month__lte=last.date(),
        team__employees__in=asked,
    )
    for employee_id, month, zone in rosters.values_list(
        "team__employees", "month", "team__site__zone"
    ):
        planned[employee_id].add((month, zone))
    ran: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    shifts = ShiftAssignment.objects.published().filter(
        employee_id__in=planned, starts_at__lte=last, ends_at__gt=first
    )
    for employee_id, start, end in shifts.values_list("employee_id", "starts_at", "ends_at"):
        ran[employee_id].append((start, end))
    return frozenset(
        (employee_id, at)
        for employee_id, at in moments
        if any(site_day(at, zone).replace(day=1) == month for month, zone in planned[employee_id])
        and not any(start <= at < end for start, end in ran[employee_id])
    )


def off_shift_online(
    employees: Collection[Employee], month: dt.date, *, at: dt.datetime
) -> dict[int, dt.timedelta]:
    """
    Return how long people were online outside of their shifts in a month so far (AMB-36).

    Only where the team has published a roster for the month; what a customer adds to a shift (K3)
    belongs to it. Four queries, however many people.
    """
    here = {each.pk: each for each in employees}
    planned = Roster.objects.filter(number__gt=0, month=month, team__employees__in=here)
    asked = [here[pk] for pk in planned.values_list("team__employees", flat=True) if pk in here]
    if not asked:
        return {}
    spans = {each.pk: _month_of(each, month, at) for each in asked}
    since, until = (
        min(start for start, _end in spans.values()),
        max(end for _start, end in spans.values()),
    )
    online = ports.online.ask(employee_ids=list(spans), since=since, until=until)
    shifts = (
        ShiftAssignment.objects.published()
        .filter(employee_id__in=list(online), starts_at__lt=until, ends_at__gt=since - ONE_DAY)
        .values_list("employee_id", "starts_at", "ends_at")
    )
    served = ports.serving_until.ask(shifts=list(shifts), at=at) if online else {}
    ran: dict[int, list[ports.Span]] = defaultdict(list)
    for shift in shifts:
        ran[shift[0]].append((shift[1], served.get(shift, shift[2])))
    return {pk: rules.time_outside(_within(online.get(pk, ()), spans[pk]), ran[pk]) for pk in spans}


def _month_of(employee: Employee, month: dt.date, at: dt.datetime) -> ports.Span:
    """The month by the clock where somebody works, until now at most."""
    start = day_bounds(month, employee.site.zone)[0]
    following = (month + 31 * ONE_DAY).replace(day=1)
    return start, max(start, min(at, day_bounds(following, employee.site.zone)[0]))


def _within(spans: Sequence[ports.Span], bounds: ports.Span) -> list[ports.Span]:
    cut = [(max(start, bounds[0]), min(end, bounds[1])) for start, end in spans]
    return [(start, end) for start, end in cut if start < end]


def on_leave(*, account_ids: Collection[int], at: dt.datetime) -> frozenset[int]:
    """
    Answer approvals: whose leave covers the whole day that it is where they work; two queries.

    A rest day is no leave: it is over tomorrow, and nobody has to stand in.
    """
    here = Employee.objects.filter(account__in=list(account_ids)).select_related("site")
    today = {each.pk: (each.account_id, site_day(at, each.site.zone)) for each in here}
    if not today:
        return frozenset()
    days = [day for _account, day in today.values()]
    used = leave_used(list(today), min(days), max(days))
    return frozenset(
        account
        for (employee, day, kind), share in used.items()
        if (account := today[employee][0]) is not None
        and kind != REST
        and share >= 1
        and today[employee][1] == day
    )


def shift_leaders(*, team_id: int, at: dt.datetime) -> Sequence[int]:
    """Answer the desk: who of the team leads a shift that runs at the moment, earliest first."""
    leading = ShiftAssignment.objects.published().filter(
        roster__team=team_id, published_leads=True, starts_at__lte=at, ends_at__gt=at
    )
    return list(leading.order_by("starts_at", "pk").values_list("employee_id", flat=True))


def shifts_of(employee: Employee, first: dt.date, last: dt.date) -> QuerySet[ShiftAssignment]:
    """Somebody's published shifts from one day to another, both included."""
    return (
        ShiftAssignment.objects.published()
        .filter(employee=employee, date__gte=first, date__lte=last)
        .select_related("shift_type")
        .order_by("date", "starts_at")
    )


def zone_of(employee: Employee) -> ZoneInfo:
    """The clock of somebody's site."""
    return ZoneInfo(employee.site.zone)
