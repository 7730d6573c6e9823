"""The Monday publication: a site's week as it stood, kept for good, told to everybody (K8, K9)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import announce, notify
from cangke.people.public import Employee, Site
from cangke.rulebook.public import policy, set_for

from .. import rules
from ..events import WeekPublished
from ..models import AttendancePublication, DayRecord, RedPacket, ShiftAssignment
from ..queries.months import leave_used
from ..queries.rosters import month_of
from .days import double_packets, recompute

ONE_DAY = dt.timedelta(days=1)
WEEK = 7 * ONE_DAY


def publish_weeks(*, at: dt.datetime) -> int:
    """Publish last week of every site whose hour has come (K8); return how many."""
    made = 0
    for site in Site.objects.order_by("pk"):
        today = site_day(at, site.zone)
        monday = today - dt.timedelta(days=today.weekday()) - WEEK
        for week in (monday, monday - WEEK):
            units = [("site", site.pk)]
            held = policy(rules.PublicationPolicy, on=week, group=set_for(units, on=week))
            moment = rules.publication_after(week, held, ZoneInfo(site.zone))
            if moment <= at < moment + WEEK and publish_week(site=site, monday=week, at=at):
                made += 1
    return made


@transaction.atomic
def publish_week(
    *, site: Site, monday: dt.date, at: dt.datetime, by: Account | None = None
) -> AttendancePublication | None:
    """
    Publish a site's week; None if it is published already or nobody had a shift in it.

    Packets that are not sent by now become double with it (K9). What is published stays as it
    was, also when a day is judged otherwise later.
    """
    sunday = monday + WEEK - ONE_DAY
    if AttendancePublication.objects.filter(site=site, monday=monday).exists():
        return None
    people = list(
        Employee.objects.filter(
            site=site,
            pk__in=ShiftAssignment.objects.published()
            .filter(date__gte=monday, date__lte=sunday)
            .values("employee_id"),
        )
        .select_related("team")
        .order_by("team__code", "number")
    )
    if not people:
        return None
    ids = [each.pk for each in people]
    recompute(employee_ids=ids, months={month_of(monday), month_of(sunday)}, at=at)
    double_packets(at=at)
    try:
        with transaction.atomic():
            made = AttendancePublication.objects.create(
                site=site, monday=monday, at=at, body=_body(people, monday, sunday)
            )
    except IntegrityError:
        return None
    record(
        "attendance.week_published",
        obj=made,
        by=by,
        at=at,
        changes={"site": site.name, "monday": monday.isoformat(), "count": len(people)},
    )
    publish(WeekPublished(publication_id=made.pk, site_id=site.pk, monday=monday))
    url = reverse("attendance:week", args=[made.pk])
    title = gettext_lazy("上周考勤已公布")
    body = f"{site.name} {monday:%m-%d} – {sunday:%m-%d}"
    accounts = Account.objects.filter(
        pk__in=Employee.objects.at_work().filter(site=site).values("account_id"), is_active=True
    )
    notify(accounts, kind="attendance.week", title=title, body=body, url=url, at=at)
    announce(kind="attendance.week", title=title, body=body, url=url, at=at)
    return made


def _body(people: list[Employee], monday: dt.date, sunday: dt.date) -> list[dict[str, Any]]:
    """Each person's week in plain values: what happened, and the packets still open."""
    days: dict[int, list[DayRecord]] = defaultdict(list)
    rows = DayRecord.objects.filter(
        employee__in=people, date__gte=monday, date__lte=sunday
    ).order_by("date")
    for row in rows:
        days[row.employee_id].append(row)
    packets: dict[int, list[RedPacket]] = defaultdict(list)
    owed = RedPacket.objects.filter(
        employee__in=people, date__lte=sunday, state__in=["due", "overdue"]
    ).order_by("date", "side")
    for packet in owed:
        packets[packet.employee_id].append(packet)
    leave: dict[int, list[tuple[dt.date, str, str]]] = defaultdict(list)
    used = leave_used([each.pk for each in people], monday, sunday)
    for (who, day, kind), share in sorted(used.items()):
        leave[who].append((day, kind, str(share)))
    return [
        {
            "employee_id": person.pk,
            "name": person.name,
            "team_id": person.team_id,
            "team": person.team.name if person.team else "",
            "shifts": len(days[person.pk]),
            "late": [
                [row.date.isoformat(), row.minutes_late]
                for row in days[person.pk]
                if row.minutes_late and not row.absent_days
            ],
            "early": [
                [row.date.isoformat(), row.minutes_early]
                for row in days[person.pk]
                if row.minutes_early and not row.absent_days
            ],
            "absent": [
                [row.date.isoformat(), str(row.absent_days)]
                for row in days[person.pk]
                if row.absent_days
            ],
            "leave": [[day.isoformat(), kind, share] for day, kind, share in leave[person.pk]],
            "missed": [
                [row.date.isoformat(), side]
                for row in days[person.pk]
                for side, is_missed in (("in", row.missed_in), ("out", row.missed_out))
                if is_missed
            ],
            "packets": [
                [each.date.isoformat(), str(each.owed), each.currency, each.state]
                for each in packets[person.pk]
            ],
        }
        for person in people
    ]
