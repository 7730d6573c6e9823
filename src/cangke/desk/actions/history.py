"""Talk from before this system: kept to be read and found, moving no figure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from cangke.customers.public import find_or_create_by_identity
from cangke.people.public import Employee

from ..models import Channel, Conversation, Message
from ..rules.closing import ClosingReason
from ..rules.facts import Direction, Origin, SenderKind
from ..rules.states import Happening
from .call import open_conversation
from .thread import Thread, locked_rows


@dataclass(frozen=True)
class PastLine:
    """One line of a chat record; ``at`` is when it was said there, ``agent`` who said it for us."""

    at: dt.datetime
    from_customer: bool
    body: str
    agent: Employee | None = None
    agent_name: str = ""
    message_id: str = ""


def past_key(reference: str) -> str:
    """Return what a thread of another tool is known by here."""
    return f"past:{hashlib.sha256(reference.encode()).hexdigest()[:40]}"


@transaction.atomic
def take_in_history(
    *,
    channel: Channel,
    reference: str,
    customer: str,
    customer_name: str,
    lines: Sequence[PastLine],
    at: dt.datetime,
) -> tuple[Conversation, list[bool]]:
    """
    Keep the lines of one thread as a closed conversation; lines known already are not taken twice.

    Return the conversation, and for each line whether it is new.
    """
    key = past_key(reference)
    rows = locked_rows(Conversation.objects.filter(channel=channel, visitor_key=key))
    conversation = rows.first()
    ordered = sorted(lines, key=lambda line: line.at)
    if conversation is None:
        person = find_or_create_by_identity(
            kind="im_nick",
            value=customer,
            channel_ref=channel.code,
            display_name=customer_name or customer,
            shop_id=channel.shop_id,
            at=at,
        )
        conversation = open_conversation(channel, person, order=None, at=ordered[0].at)
        conversation.visitor_key = key
        conversation.save(update_fields=["visitor_key"])
        thread = Thread.hold(conversation, at=at)
        thread.go(Happening.CLOSED)
    else:
        thread = Thread.hold(conversation, at=at)
    numbers = {id(line): _number(key, line, ordered) for line in ordered}
    known = set(
        Message.objects.filter(channel=channel, external_id__in=list(numbers.values())).values_list(
            "external_id", flat=True
        )
    )
    for line in ordered:
        if numbers[id(line)] not in known:
            _say(thread, line, numbers[id(line)])
    ended = max(filter(None, [conversation.closed_at, ordered[-1].at]))
    thread.set(closed_at=ended, close_reason=ClosingReason.IMPORTED, queued_at=None)
    thread.save()
    return conversation, [numbers[id(line)] not in known for line in lines]


def _number(key: str, line: PastLine, lines: Sequence[PastLine]) -> str:
    """The tool's own number, else one made of time and words, and of how often both came before."""
    if line.message_id:
        return f"{key}:{line.message_id}"[:200]
    alike = [
        each
        for each in lines
        if (each.at, each.from_customer, each.body) == (line.at, line.from_customer, line.body)
    ]
    place = next(n for n, each in enumerate(alike) if each is line)
    said = f"{line.at.isoformat()} {line.from_customer} {line.body} {place}"
    return f"{key}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _say(thread: Thread, line: PastLine, number: str) -> None:
    thread.say(
        direction=Direction.IN if line.from_customer else Direction.OUT,
        sender=SenderKind.CUSTOMER if line.from_customer else SenderKind.AGENT,
        origin=Origin.HISTORY,
        body=line.body,
        agent=line.agent,
        at=line.at,
        external_id=number,
        backdated=True,
        data={"agent_name": line.agent_name} if line.agent_name and not line.agent else {},
    )
