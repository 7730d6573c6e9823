"""
An evening that went on after its end, for a story: shift, punches and a customer still served.

Run inside an installation: ``python -m tests.stories.seeds.evening USERNAME``; prints the day.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any
from zoneinfo import ZoneInfo


def _newcomer(username: str, code: str) -> tuple[Any, Any, dt.date]:
    """Somebody new in the first team, with a published shift two days ago."""
    from django.utils import timezone

    from cangke.attendance.models import Roster, ShiftAssignment, ShiftType
    from cangke.demo.company import PASSWORD
    from cangke.people.public import Employee, Post, Team, hire

    now = timezone.now()
    team = Team.objects.select_related("site", "department").get(code="pre-hd")
    zone = ZoneInfo(team.site.zone)
    day = now.astimezone(zone).date() - dt.timedelta(days=2)
    made = hire(
        name="郑晚",
        username=username,
        password=PASSWORD,
        department=team.department,
        team=team,
        post=Post.objects.get(code="pre-sales"),
        site=team.site,
        employed_from=day.replace(day=1),
        by=None,
        at=now,
    )
    agent = Employee.objects.select_related("site", "account").get(pk=made.pk)
    kind = ShiftType.objects.get(code=code)
    roster, _made = Roster.objects.get_or_create(team=team, month=day.replace(day=1))
    shift = kind.on(day, zone)
    ShiftAssignment.objects.create(
        roster=roster, employee=agent, date=day, shift_type=kind, starts_at=shift.start,
        ends_at=shift.end, published_at=now, recorded_at=now,
    )  # fmt: skip
    return agent, shift, day


def _clocked(agent: Any, day: dt.date, *moments: dt.datetime) -> Any:
    """The punches of the day are these and no others; return what it comes to."""
    from django.utils import timezone

    from cangke.attendance import actions
    from cangke.attendance.models import DayRecord, RawPunch

    now = timezone.now()
    RawPunch.objects.bulk_create(
        RawPunch(
            employee=agent, at=moment, minute=moment, source="built_in", zone=agent.site.zone,
            recorded_at=now,
        )
        for moment in moments
    )  # fmt: skip
    actions.recompute(employee_ids=[agent.pk], months=[day.replace(day=1)], at=now)
    return DayRecord.objects.get(employee=agent, date=day)


def evening(username: str) -> dict[str, Any]:
    """Served until 01:25 though the shift ended at one; left at 01:26."""
    from django.db import transaction

    from cangke.desk import public as desk
    from cangke.desk.public import Channel, HandlingResult, QuestionType

    agent, shift, day = _newcomer(username, "evening")
    end = shift.end
    minutes = dt.timedelta(minutes=1)
    channel = Channel.objects.filter(kind="web_chat", shop__teams=agent.team).order_by("pk").first()
    assert channel is not None
    began = end - 20 * minutes
    # At once: the running house would end a conversation that has been silent for two days.
    with transaction.atomic():
        talk = desk.receive_message(
            channel=channel,
            customer=_customer(began),
            body="I still need help",
            external_id=f"story-{day}",
            at=began,
        ).conversation
        keys: dict[str, Any] = {"conversation_id": talk.pk, "by": agent.account}
        desk.claim(**keys, at=began + minutes, reason="story")
        desk.reply(**keys, body="您好，我来处理", at=began + 2 * minutes)
        desk.close(
            **keys,
            at=end + 25 * minutes,
            question_type=QuestionType.objects.order_by("pk").first(),
            handling_result=HandlingResult.objects.order_by("pk").first(),
        )
    record = _clocked(agent, day, shift.start - 2 * minutes, end + 26 * minutes)
    return {"day": f"{day:%Y-%m-%d}", "record": record.pk, "minutes": record.extension_minutes}


def _customer(at: dt.datetime) -> Any:
    from cangke.customers.public import find_or_create_by_identity

    return find_or_create_by_identity(kind="email", value="late@example.com", at=at)


def main(username: str) -> dict[str, Any]:
    import django

    django.setup()
    return evening(username)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:]), ensure_ascii=False))
