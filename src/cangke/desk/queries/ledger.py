"""From rows to the facts and turns of the rules, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from cangke.foundation.calendar.public import OpeningHours, site_day, site_zone

from ..models import Conversation, Message, Segment, Turn
from ..rules import facts, turns
from ..rules.states import HELD_STATES


def rule_turn(row: Turn) -> turns.Turn:
    """Return the row as the rules know it."""
    return turns.Turn(
        number=row.number,
        round_number=row.round_number,
        opened_seq=row.opened_seq,
        opened_at=row.opened_at,
        began_at=row.began_at,
        began_seq=row.began_seq,
        segment_id=row.segment_id,
        agent_id=row.agent_id,
        agent_from=row.agent_from,
        first_of_segment=row.first_of_segment,
        state=turns.TurnState(row.state),
        ended_at=row.ended_at,
        answered_seq=row.answered_seq,
        answered_at=row.answered_at,
        answered_by_id=row.answered_by_id,
        placeholder=row.placeholder,
        effective_seq=row.effective_seq,
        effective_at=row.effective_at,
        continued=row.continued,
        excluded_reason=row.excluded_reason,
    )


def fill_row(row: Turn, turn: turns.Turn, ledger: turns.Ledger, hours: OpeningHours | None) -> Turn:
    """Write what the rules say into the row; ``hours`` are the channel's, None: always open."""
    row.number, row.round_number = turn.number, turn.round_number
    row.opened_seq, row.opened_at = turn.opened_seq, turn.opened_at
    row.began_at, row.began_seq = turn.began_at, turn.began_seq
    row.segment_id, row.agent_id = turn.segment_id, turn.agent_id
    row.agent_from, row.first_of_segment = turn.agent_from, turn.first_of_segment
    row.state, row.ended_at = turn.state, turn.ended_at
    row.answered_seq, row.answered_at = turn.answered_seq, turn.answered_at
    row.answered_by_id = turn.answered_by_id
    row.placeholder = turn.placeholder
    row.effective_seq, row.effective_at = turn.effective_seq, turn.effective_at
    row.continued, row.excluded_reason = turn.continued, turn.excluded_reason
    row.customer_ms = turn.customer_ms
    row.customer_effective_ms = turn.customer_effective_ms
    row.agent_ms, row.agent_effective_ms = turn.agent_ms, turn.agent_effective_ms
    row.open_ms = open_ms(hours, turn.opened_at, turn.answered_at)
    row.open_effective_ms = open_ms(hours, turn.opened_at, turn.effective_at)
    row.credited_id = turn.credited_agent_id
    row.live = turns.is_live(turn, ledger.round_number, ledger.waiting_seq)
    return row


def open_ms(hours: OpeningHours | None, start: dt.datetime, end: dt.datetime | None) -> int | None:
    """Return the whole milliseconds from start to end while the channel was open (A25)."""
    if end is None:
        return None
    if hours is None or end <= start:
        return turns.milliseconds(start, end)
    return sum((turns.milliseconds(a, b) for a, b in hours.periods(start, end)), 0)


def place_row(row: Turn, conversation: Conversation, zone: str, stage: str) -> Turn:
    """Give the row its day, local time, channel and the stage it began in."""
    row.conversation, row.channel_id = conversation, conversation.channel_id
    row.stage = stage
    row.duty_date = site_day(row.began_at, zone)
    local = row.opened_at.astimezone(site_zone(zone))
    row.opened_minute = local.hour * 60 + local.minute
    return row


def stages_of(conversation: Conversation) -> Callable[[int], str]:
    """Return the answer to: which stage was the conversation in at a sequence number?"""
    changes = list(
        Message.objects.filter(conversation=conversation, event="stage")
        .order_by("seq")
        .values_list("seq", "data")
    )

    def stage_at(seq: int) -> str:
        later = (data["before"] for changed, data in changes if changed > seq)
        return str(next(later, conversation.stage))

    return stage_at


def live_tail(conversation: Conversation) -> tuple[turns.Ledger, dict[int, Turn]]:
    """Return the ledger to go on from and its rows by number, for a locked conversation."""
    rows = {row.number: row for row in conversation.turns.filter(live=True).order_by("number")}
    segment = None
    if conversation.state in HELD_STATES:
        held = Segment.objects.get(conversation=conversation, ended_at__isnull=True)
        segment = turns.OpenSegment(held.pk, held.agent_id, held.started_at, held.has_turn)
    ledger = turns.Ledger(
        turns=tuple(rule_turn(row) for row in rows.values()),
        next_number=conversation.turn_count + 1,
        round_number=conversation.round_number,
        waiting_seq=conversation.waiting_seq,
        waiting_since=conversation.waiting_since,
        segment=segment,
    )
    return ledger, rows


def facts_of(conversation: Conversation) -> list[facts.Fact]:
    """Return everything that happened in the conversation, in order, from its messages."""
    told: list[tuple[tuple[int, int], facts.Fact]] = []
    for message in Message.objects.filter(conversation=conversation).order_by("seq"):
        closing = message.data.get("closing")
        if closing:
            fact = facts.TurnsClosed(message.seq, message.at, facts.Closing(closing))
            told.append(((message.seq, 0), fact))
        elif message.direction != facts.Direction.EVENT:
            told.append(((message.seq, 0), spoken(message)))
    for row in Segment.objects.filter(conversation=conversation).order_by("pk"):
        started = facts.SegmentStarted(
            row.started_seq, row.started_at, row.pk, row.agent_id, row.started_at
        )
        told.append(((row.started_seq, 2), started))
        if row.ended_seq is not None and row.ended_at is not None:
            reason = facts.SegmentEnd(row.end_reason)
            ended = facts.SegmentEnded(row.ended_seq, row.ended_at, row.pk, row.ended_at, reason)
            told.append(((row.ended_seq, 1), ended))
    return [fact for _place, fact in sorted(told, key=lambda each: each[0])]


def spoken(message: Message) -> facts.Spoken:
    """Return the message as far as turns care."""
    return facts.Spoken(
        seq=message.seq,
        at=message.at,
        direction=facts.Direction(message.direction),
        sender=facts.SenderKind(message.sender_kind),
        origin=facts.Origin(message.origin),
        agent_id=message.agent_id,
        placeholder=message.placeholder,
        recalled=message.recalled_at is not None,
        backdated=message.backdated,
    )
