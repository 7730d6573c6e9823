"""
An evening that went on after its end, for a story: shift, punches and a customer still served.

Run inside an installation: ``python -m tests.stories.seeds.evening USERNAME``; prints the day.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from .shifts import clock, give_shift, newcomer


def evening(username: str) -> dict[str, Any]:
    """Served until 01:25 though the shift ended at one; left at 01:26."""
    from django.db import transaction
    from django.utils import timezone

    from cangke.desk import public as desk
    from cangke.desk.public import Channel, HandlingResult, QuestionType

    day = timezone.localdate() - dt.timedelta(days=2)
    agent = newcomer("郑晚", username, since=day.replace(day=1))
    shift = give_shift(agent, day, "evening")
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
    record = clock(agent, day, shift.start - 2 * minutes, end + 26 * minutes, at=timezone.now())
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
