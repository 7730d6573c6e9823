"""
Customers who write, newcomers who serve them, and what came of it: the days of agent, leader and
supervisor begin and are judged here.

Run inside an installation: ``python -m tests.stories.seeds.desk WHAT …``; prints one JSON document.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from .shifts import newcomer


def hire(username: str, name: str) -> dict[str, Any]:
    """
    Somebody of the first team who has read the rules, holds nothing yet and may hold as many as
    come: the customers of the demonstration who wait are served first.
    """
    from django.utils import timezone

    from cangke.desk.public import AgentProfile, ensure_profile
    from cangke.rulebook.public import confirm_reading, version_to_read

    made = newcomer(name, username, since=timezone.localdate() - dt.timedelta(days=400))
    version = version_to_read(made.account, on=timezone.localdate())
    if version is not None:
        confirm_reading(version_id=version.pk, by=made.account, at=timezone.now())
    AgentProfile.objects.filter(pk=ensure_profile(made).pk).update(max_chats=100)
    return {"pk": made.pk, "name": made.name}


def talk(name: str, body: str, holder: str = "", seconds: str = "0") -> dict[str, Any]:
    """A new customer wrote so many seconds ago; somebody may have taken the conversation."""
    from django.db import transaction
    from django.utils import timezone

    from cangke.customers.public import find_or_create_by_identity
    from cangke.desk import public as desk
    from cangke.foundation.access.public import Account

    now = timezone.now()
    began = now - dt.timedelta(seconds=int(seconds))
    customer = find_or_create_by_identity(
        kind="web_visitor", value=f"story {name}", display_name=name, at=began
    )
    # The day of a story is whatever the hour is when it is told: this channel is always open.
    desk.Channel.objects.filter(code="haidao-tm-web").update(opening=None)
    channel = desk.Channel.objects.get(code="haidao-tm-web")
    with transaction.atomic():  # the queue gives what is written to whoever is online, once it is
        found = desk.receive_message(
            channel=channel, customer=customer, body=body, at=began
        ).conversation
        if holder:
            by = Account.objects.get(username=holder)
            desk.claim(conversation_id=found.pk, by=by, at=now, reason="老客户")
    return {"pk": found.pk, "number": found.number, "customer": customer.pk}


def facts(pk: str) -> dict[str, Any]:
    """What a conversation has become."""
    from cangke.desk.public import Conversation

    found = Conversation.objects.select_related("assignee", "question_type", "handling_result").get(
        pk=pk
    )
    return {
        "state": found.state,
        "agent": found.assignee.name if found.assignee else None,
        "type": found.question_type.code if found.question_type else None,
        "result": found.handling_result.code if found.handling_result else None,
        "major": found.is_major,
        "unread": found.unread,
        "said": [
            [each.direction, each.origin, each.body, each.event]
            for each in found.messages.order_by("seq")
        ],
    }


def main(what: str, *words: str) -> dict[str, Any]:
    import django

    django.setup()
    return {"hire": hire, "talk": talk, "facts": facts}[what](*words)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:]), ensure_ascii=False))
