"""A shop with two web chats, one of them closed now; and what its agent says."""

from __future__ import annotations

import json
import sys


def chats(origin: str) -> dict[str, str]:
    """Make the shop; ``origin`` is the site that may show its chat. Return the public keys."""
    from cangke.desk.channels.tests.factories import make_channel
    from cangke.foundation.calendar.models import OpeningTable
    from cangke.foundation.calendar.public import OpeningHours
    from cangke.people.tests.factories import make_shop

    shop = make_shop(name="海风小店", colour="#0f7f8c")
    never = OpeningTable.objects.create(
        name="从不", hours=OpeningHours("Asia/Shanghai", ()).as_data()
    )
    config = {"origins": [origin]}
    return {
        "open": make_channel("web_chat", shop, config=config).public_key,
        "closed": make_channel("web_chat", shop, opening=never).public_key,
    }


def answer(body: str) -> dict[str, int]:
    """Reply to the newest conversation, and write a note the visitor must not see."""
    from django.utils import timezone

    from cangke.desk import public as desk
    from cangke.foundation.access.public import grant
    from cangke.people.models import Employee
    from cangke.people.tests.factories import AT, make_employee, make_team

    conversation = desk.Conversation.objects.latest("pk")
    agent = Employee.objects.filter(name="陈晓").first()
    if agent is None:
        assert conversation.shop is not None
        agent = make_employee(team=make_team(conversation.shop), name="陈晓")
        grant(account=agent.account, role="supervisor", scope_kind="all", by=None, at=AT)
    common = {"conversation_id": conversation.pk, "by": agent.account, "at": timezone.now()}
    desk.write_note(body="内部备注：老客户", **common)
    return {"message": desk.reply(body=body, reason="电话里约好先答", **common).pk}


def end() -> dict[str, int]:
    """Close the newest conversation, as who answered would."""
    from django.utils import timezone

    from cangke.desk import public as desk
    from cangke.desk.tests.factories import handling_result, question_type

    conversation = desk.Conversation.objects.select_related("assignee__account").latest("pk")
    assert conversation.assignee is not None
    desk.close(
        conversation_id=conversation.pk,
        question_type=question_type(),
        handling_result=handling_result(),
        by=conversation.assignee.account,
        at=timezone.now(),
    )
    return {"conversation": conversation.pk}


def ratings() -> list[list[object]]:
    """Return what customers said of the service, oldest first."""
    from cangke.desk.models import Rating

    given = Rating.objects.filter(score__isnull=False).order_by("pk")
    return [list(each) for each in given.values_list("score", "note")]


def bodies() -> list[str]:
    """Return what customers have said, oldest first."""
    from cangke.desk.public import Message

    said = Message.objects.filter(direction="in").order_by("pk")
    return list(said.values_list("body", flat=True))


if __name__ == "__main__":
    import django

    django.setup()
    ask = {"chats": chats, "answer": answer, "end": end, "ratings": ratings, "bodies": bodies}[
        sys.argv[1]
    ]
    sys.stdout.write(json.dumps(ask(*sys.argv[2:]), ensure_ascii=False))
