"""Somebody new, shifts of theirs and their punches: what several stories begin with."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo


def newcomer(name: str, username: str, *, since: dt.date) -> Any:
    """Hire somebody into the first team; they sign in with the password of the demonstration."""
    from django.utils import timezone

    from cangke.demo.company import PASSWORD
    from cangke.people.public import Employee, Post, Team, hire

    team = Team.objects.select_related("site", "department").get(code="pre-hd")
    made = hire(
        name=name,
        username=username,
        password=PASSWORD,
        department=team.department,
        team=team,
        post=Post.objects.get(code="pre-sales"),
        site=team.site,
        employed_from=since,
        by=None,
        at=timezone.now(),
    )
    return Employee.objects.select_related("site", "account", "team__site").get(pk=made.pk)


def local_today(agent: Any) -> dt.date:
    """The day it is where somebody works."""
    from django.utils import timezone

    return timezone.now().astimezone(ZoneInfo(agent.site.zone)).date()


def give_shift(agent: Any, day: dt.date, code: str) -> Any:
    """A published shift of a kind on a day; return its beginning and end."""
    from django.utils import timezone

    from cangke.attendance.models import Roster, ShiftAssignment, ShiftType

    now = timezone.now()
    kind = ShiftType.objects.get(code=code)
    roster, _made = Roster.objects.get_or_create(team=agent.team, month=day.replace(day=1))
    shift = kind.on(day, ZoneInfo(agent.site.zone))
    ShiftAssignment.objects.create(
        roster=roster, employee=agent, date=day, shift_type=kind, starts_at=shift.start,
        ends_at=shift.end, published_at=now, recorded_at=now,
    )  # fmt: skip
    return shift


def clock(agent: Any, day: dt.date, *moments: dt.datetime, at: dt.datetime) -> Any:
    """The punches of a day are these and no others; return what it comes to at a moment."""
    from cangke.attendance import actions
    from cangke.attendance.models import DayRecord, RawPunch

    RawPunch.objects.bulk_create(
        RawPunch(
            employee=agent, at=moment, minute=moment, source="built_in", zone=agent.site.zone,
            recorded_at=at,
        )
        for moment in moments
    )  # fmt: skip
    actions.recompute(employee_ids=[agent.pk], months=[day.replace(day=1)], at=at)
    return DayRecord.objects.get(employee=agent, date=day)
