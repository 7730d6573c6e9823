"""Derive a conversation's turns again from its messages: they are a cache of what was said."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.rulebook.public import policy

from ..models import Conversation, Message, Turn
from ..queries import ledger as ledgers
from ..rules.facts import Direction, SenderKind
from ..rules.states import HELD_STATES, ConversationState
from ..rules.turns import TurnPolicy, derive
from .thread import Thread

DAY = dt.timedelta(days=1)
MINUTES = 24 * 60


def rebuild(thread: Thread) -> list[int]:
    """Derive all turns of the thread anew; return the numbers of those that came out different."""
    conversation = thread.conversation
    rule = policy(TurnPolicy, on=thread.day)
    thread.ledger = derive(ledgers.facts_of(conversation), rule)
    thread.stage_at = ledgers.stages_of(conversation)
    thread.rows = {row.number: row for row in conversation.turns.all()}
    wanted = {turn.number: turn for turn in thread.ledger.turns}
    changed = [
        number
        for number in wanted.keys() | thread.rows.keys()
        if number not in wanted
        or number not in thread.rows
        or ledgers.rule_turn(thread.rows[number]) != wanted[number]
    ]
    # Renumbered turns must not stand in each other's way: at most one is open, numbers are unique.
    gone = Turn.objects.filter(conversation=conversation, number__in=changed)
    thread.days |= set(gone.values_list("duty_date", flat=True))
    gone.delete()
    for number in changed:
        thread.rows.pop(number, None)
    _recount(thread)
    return sorted(changed)


def _recount(thread: Thread) -> None:
    """Derive the counters and the state that depend on who answered."""
    conversation = thread.conversation
    talk = Message.objects.filter(conversation=conversation, backdated=False)
    replies = talk.filter(counts_as_reply=True, recalled_at__isnull=True).order_by("seq")
    asked = talk.filter(direction=Direction.IN, sender_kind=SenderKind.CUSTOMER).exclude(
        origin="auto_mail"
    )
    first, last = replies.first(), replies.last()
    thread.set(
        human_replies=replies.count(),
        customer_messages=asked.count(),
        first_human_reply_at=None if first is None else first.at,
        last_out_at=None if last is None else last.at,
    )
    if conversation.state in HELD_STATES and conversation.state != ConversationState.SNOOZED:
        waiting = thread.is_waiting
        thread.set(
            state=ConversationState.ACTIVE if waiting else ConversationState.WAITING_CUSTOMER
        )


@transaction.atomic
def rebuild_turns(*, conversation_id: int, at: dt.datetime) -> list[int]:
    """
    Derive the turns of a conversation from its messages, segments and endings.

    Returns the numbers of the turns that were different; there should never be any.
    """
    thread = Thread.lock(conversation_id, at=at)
    changed = rebuild(thread)
    thread.save()
    if changed:
        record(
            "desk.turns_rebuilt",
            obj=thread.conversation,
            by=None,
            at=at,
            changes={"turns": changed},
        )
    return changed


def compare_some_turns(*, at: dt.datetime) -> int:
    """
    Hold the turns of a few conversations against their messages; return how many were put right.

    Whatever was talked about within a day has its minute of the day, so that all of it is compared
    daily and nobody waits for it. Where nothing differs, nothing is written.
    """
    minute = int(at.timestamp()) // 60 % MINUTES
    recent = Conversation.objects.filter(last_message_at__gte=at - DAY, last_message_at__lte=at)
    due = recent.annotate(minute=F("pk") % MINUTES).filter(minute=minute)
    rows = due.select_related("channel__site").order_by("pk")
    return sum(
        bool(rebuild_turns(conversation_id=row.pk, at=at)) for row in rows if _differs(row, at=at)
    )


def _differs(conversation: Conversation, *, at: dt.datetime) -> bool:
    """Whether the turns are other than the messages say; asked without a lock."""
    rule = policy(TurnPolicy, on=site_day(at, conversation.channel.site.zone))
    wanted = {each.number: each for each in derive(ledgers.facts_of(conversation), rule).turns}
    return wanted != {row.number: ledgers.rule_turn(row) for row in conversation.turns.all()}
