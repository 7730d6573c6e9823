"""
Two newcomers abroad whose month a story follows: one reads Chinese, the other English.

Two months ago they took a day of leave, and that month is locked. This week they were late on one
day and forgot to punch on another; a shift begins within the hour, and one next week is to be
given up. Run inside an installation: ``python -m tests.stories.seeds.month``; prints their days.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

ONE_DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
PEOPLE = (("zh-CN", "yueqing", "岳晴"), ("en-US", "miayue", "Mia Yue"))


def hired(username: str, name: str, since: dt.date, now: dt.datetime) -> Any:
    """Somebody in the team abroad who is paid 2200 and has an account at a bank."""
    from cangke.demo.company import PASSWORD
    from cangke.foundation.access.public import Account
    from cangke.payroll import actions as payroll
    from cangke.people.public import Employee, Post, Team, hire

    team = Team.objects.select_related("site", "department").get(code="us")
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
        at=now,
    )
    hr = Account.objects.get(username="wenjing")
    payroll.set_terms(
        employee=made, from_date=since, base_pay=Decimal(2200), by=hr, at=now, reason="入职"
    )
    payroll.set_bank_account(
        employee=made, bank="Example Bank", holder=name, number="0002 2200", by=hr, at=now
    )
    return Employee.objects.select_related("site", "team", "account").get(pk=made.pk)


def shift(person: Any, day: dt.date, kind: Any, now: dt.datetime) -> Any:
    """A published shift of a day; return when it is."""
    from cangke.attendance.models import Roster, ShiftAssignment

    roster, _made = Roster.objects.get_or_create(team=person.team, month=day.replace(day=1))
    span = kind.on(day, ZoneInfo(person.site.zone))
    ShiftAssignment.objects.create(
        roster=roster, employee=person, date=day, shift_type=kind, starts_at=span.start,
        ends_at=span.end, published_at=now, recorded_at=now,
    )  # fmt: skip
    return span


def _ahead(now: dt.datetime, zone: ZoneInfo) -> tuple[Any, dt.date]:
    """A kind of shift that begins half an hour from now, and the day it belongs to."""
    from cangke.attendance.models import ShiftType

    start = now.astimezone(zone) + 30 * MINUTE
    kind, _made = ShiftType.objects.get_or_create(
        code="story",
        defaults={
            "name": "机动班",
            "name_en": "Stand-by",
            "mark": "机",
            "start": start.time().replace(second=0, microsecond=0),
            "end": (start + dt.timedelta(hours=9)).time().replace(second=0, microsecond=0),
        },
    )
    return kind, start.date()


def _leave(person: Any, day: dt.date, now: dt.datetime) -> None:
    """A day of leave, asked for and approved in time."""
    from cangke.attendance import actions

    asked = now - (now.date() - day) - 3 * ONE_DAY
    made = actions.ask_leave(
        employee=person, kind="personal", first=day, last=day, reason="搬家", by=person.account,
        at=asked,
    )  # fmt: skip
    actions.approve_leave(request_id=made.pk, by=None, at=asked)


def _days(person: Any, now: dt.datetime, before: dt.date) -> dict[str, Any]:
    from cangke.attendance import actions
    from cangke.attendance.models import DayRecord, RawPunch, RedPacket, ShiftType

    zone = ZoneInfo(person.site.zone)
    today = now.astimezone(zone).date()
    day = ShiftType.objects.get(code="day")
    off = before + 9 * ONE_DAY
    shift(person, off, day, now)
    _leave(person, off, now)
    late_on, missed_on, wanted = today - 2 * ONE_DAY, today - 3 * ONE_DAY, today + 6 * ONE_DAY
    late, missed = shift(person, late_on, day, now), shift(person, missed_on, day, now)
    shift(person, wanted, day, now)
    kind, date = _ahead(now, zone)
    shift(person, date, kind, now)
    moments = [late.start + 12 * MINUTE, late.end + MINUTE, missed.start - 3 * MINUTE]
    RawPunch.objects.bulk_create(
        RawPunch(
            employee=person, at=moment, minute=moment, source="built_in", zone=person.site.zone,
            recorded_at=now,
        )
        for moment in moments
    )  # fmt: skip
    months = {each.replace(day=1) for each in (off, late_on, missed_on)}
    actions.recompute(employee_ids=[person.pk], months=months, at=now)
    rows = DayRecord.objects.filter(employee=person)
    return {
        "name": person.name,
        "late": rows.get(date=late_on).pk,
        "missed": rows.get(date=missed_on).pk,
        "packet": RedPacket.objects.get(employee=person, date=late_on).pk,
        "wanted": f"{wanted:%Y-%m-%d}",
        "month": f"{before:%Y-%m}",
        "daily": str((Decimal(2200) / _length(before)).quantize(Decimal("0.01"))),
        "length": _length(before),
    }


def _length(month: dt.date) -> int:
    return ((month + dt.timedelta(days=31)).replace(day=1) - month).days


def _locked(site: Any, month: dt.date, now: dt.datetime) -> None:
    """Close the month: personnel calculates, finance locks."""
    from cangke.foundation.access.public import Account
    from cangke.payroll import actions

    hr = Account.objects.get(username="wenjing")
    finance = Account.objects.get(username="qianlan")
    run = actions.start_run(site=site, month=month, by=hr, at=now)
    actions.calculate(run_id=run.pk, by=hr, at=now)
    actions.submit_run(run_id=run.pk, by=hr, at=now)
    actions.lock_run(run_id=run.pk, by=finance, at=now)


def main() -> dict[str, Any]:
    import django

    django.setup()
    from django.utils import timezone

    from cangke.people.public import Site

    now = timezone.now()
    site = Site.objects.get(code="ontario")
    before = now.astimezone(ZoneInfo(site.zone)).date().replace(day=1)
    for _n in range(2):
        before = (before - ONE_DAY).replace(day=1)
    found = {}
    for locale, username, name in PEOPLE:
        person = hired(username, name, before, now)
        found[locale] = {"username": username, **_days(person, now, before)}
    _locked(site, before, now)
    return found


if __name__ == "__main__":
    print(json.dumps(main(), ensure_ascii=False))
