"""
A locked conversation and what one action writes to it.

Everything that is said or changes hands goes through here: sequence numbers, turns, counters,
clocks and live signals cannot get out of step. Locks are taken in one order everywhere: customer
or agent profiles first, then the conversation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible, scope
from cangke.foundation.calendar.public import OpeningHours, site_day
from cangke.foundation.live.public import signal_each
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee, employee_of
from cangke.rulebook.public import policy

from ..models import Conversation, Message, Segment, Turn
from ..queries import ledger as ledgers
from ..rules import facts, turns
from ..rules.clocks import ResponsePolicy
from ..rules.facts import Closing, Direction, Origin, SegmentEnd, SenderKind
from ..rules.replies import ReplyPolicy, is_placeholder
from ..rules.states import ConversationState, Happening, IllegalMove, move
from ..rules.turns import TurnPolicy
from ..rules.wording import Because
from .summing import mark_stale

PREVIEW_LENGTH = 120
# What a report counts of a conversation: written to one of a past day, its sums are stale.
COUNTED = frozenset(
    {
        "assignee",
        "close_reason",
        "closed_at",
        "customer_messages",
        "group",
        "group_id",
        "handling_result",
        "human_replies",
        "is_major",
        "question_type",
        "shop",
        "shop_id",
        "stage",
        "state",
    }
)
TALK = (Direction.IN, Direction.OUT)


class ConversationEnded(Conflict):
    """The conversation has been closed in the meantime."""


class NotAnEmployee(Refusal):
    """The account belongs to nobody who works here."""


def acting_employee(by: Account) -> Employee:
    """
    Return the person behind the account.

    :raises NotAnEmployee: if there is none
    """
    employee = employee_of(by)
    if employee is None:
        raise NotAnEmployee(_("此账户没有对应的员工，不能接待客户。"))
    return employee


def locked_rows(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Return the rows with what a thread needs, locked until the transaction ends."""
    return rows.select_related("channel__site", "channel__opening").select_for_update(of=("self",))


@dataclass
class Thread:
    """One conversation, held for the length of a transaction. End it with `save`."""

    conversation: Conversation
    at: dt.datetime
    ledger: turns.Ledger
    rows: dict[int, Turn]
    said: list[Message] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    days: set[dt.date] = field(default_factory=set)
    moments: list[dt.datetime | None] = field(default_factory=list)
    stage_at: Callable[[int], str] | None = None

    # --- taking hold

    @classmethod
    def hold(cls, conversation: Conversation, *, at: dt.datetime) -> Thread:
        """Go on with a conversation whose row this transaction has locked or made."""
        ledger, rows = ledgers.live_tail(conversation)
        thread = cls(conversation, at, ledger, rows)
        thread._tell_holder()
        return thread

    @classmethod
    def lock(cls, conversation_id: int, *, at: dt.datetime) -> Thread:
        """
        Lock a conversation for the house itself.

        :raises Http404: if there is none
        """
        rows = locked_rows(Conversation.objects.all())
        conversation = rows.filter(pk=conversation_id).first()
        if conversation is None:
            raise Http404
        return cls.hold(conversation, at=at)

    @classmethod
    def lock_for(cls, conversation_id: int, *, by: Account, action: str, at: dt.datetime) -> Thread:
        """
        Lock a conversation on which the account may do ``action``.

        :raises Http404: if there is none, or it is out of the account's reach
        """
        rows = locked_rows(scope(by, Conversation, action))
        return cls.hold(get_visible(by, Conversation, action, rows=rows, pk=conversation_id), at=at)

    # --- what holds on the day

    @property
    def zone(self) -> str:
        return self.conversation.channel.site.zone

    @property
    def day(self) -> dt.date:
        return site_day(self.at, self.zone)

    @property
    def hours(self) -> OpeningHours | None:
        """The channel's opening hours, None where it is always open."""
        opening = self.conversation.channel.opening
        return None if opening is None else opening.opening_hours()

    @property
    def is_waiting(self) -> bool:
        return self.ledger.waiting_seq is not None

    def require_open(self) -> None:
        """:raises ConversationEnded: if it is closed"""
        if not self.conversation.is_open:
            raise ConversationEnded(_("会话已经结束，请先重新打开。"))

    # --- writing

    def set(self, **values: Any) -> None:
        """Change fields of the conversation; written by `save`."""
        if "closed_at" in values:
            self.moments.append(self.conversation.closed_at)
        for name, value in values.items():
            setattr(self.conversation, name, value)
            self.touched.add(name)

    def say(
        self,
        *,
        direction: Direction,
        sender: SenderKind,
        origin: Origin,
        body: str = "",
        agent: Employee | None = None,
        at: dt.datetime | None = None,
        **more: Any,
    ) -> Message:
        """Add a message with the next number and let it open or close a turn."""
        conversation = self.conversation
        message = Message(
            conversation=conversation,
            channel_id=conversation.channel_id,
            seq=conversation.last_seq + 1,
            direction=direction,
            sender_kind=sender,
            origin=origin,
            body=body,
            agent=agent,
            at=at or self.at,
            **more,
        )
        fact = ledgers.spoken(message)
        message.counts_as_reply = facts.counts_as_reply(fact)
        if message.counts_as_reply and is_placeholder(body, policy(ReplyPolicy, on=self.day)):
            message.placeholder = True
            fact = ledgers.spoken(message)
        message.save(force_insert=True)
        self.set(last_seq=message.seq)
        self.said.append(message)
        self._take(fact)
        if direction in TALK:
            self._note_talk(message, fact)
        return message

    def tell(
        self,
        event: str,
        *,
        because: Because | None = None,
        closing: Closing | None = None,
        by: Employee | None = None,
        **data: Any,
    ) -> Message:
        """Add an event line: what happened, with its facts; ``closing`` also ends an open turn."""
        kept: dict[str, Any] = {name: value for name, value in data.items() if value is not None}
        if because is not None:
            kept["because"] = kept_because(because)
        if closing is not None:
            kept["closing"] = closing.value
        message = Message.objects.create(
            conversation=self.conversation,
            channel_id=self.conversation.channel_id,
            seq=self.conversation.last_seq + 1,
            direction=Direction.EVENT,
            sender_kind=SenderKind.SYSTEM if by is None else SenderKind.AGENT,
            origin=Origin.SYSTEM,
            agent=by,
            event=event,
            data=kept,
            at=self.at,
        )
        self.set(last_seq=message.seq)
        self.said.append(message)
        if closing is not None:
            self._take(facts.TurnsClosed(message.seq, self.at, closing))
        return message

    def begin_segment(
        self,
        agent: Employee,
        *,
        seq: int,
        started_by: str,
        started_at: dt.datetime | None = None,
        because: Because | None = None,
    ) -> Segment:
        """Make the agent answerable from ``started_at`` (now by default) on."""
        conversation = self.conversation
        start = started_at or self.at
        previous = Segment.objects.filter(conversation=conversation).order_by("-pk").first()
        segment = Segment.objects.create(
            conversation=conversation,
            agent=agent,
            group_id=conversation.group_id,
            stage=conversation.stage,
            order_id=conversation.order_id,
            started_at=start,
            started_seq=seq,
            started_by=started_by,
            because={} if because is None else kept_because(because),
            previous=previous,
        )
        self._take(facts.SegmentStarted(seq, self.at, segment.pk, agent.pk, start))
        self.set(assignee=agent, queued_at=None)
        idle = not self.is_waiting
        self.go(Happening.ASSIGNED_IDLE if idle else Happening.ASSIGNED_WAITING)
        self._tell_holder()
        return segment

    def end_segment(
        self, reason: SegmentEnd, *, seq: int, ended_at: dt.datetime | None = None
    ) -> Segment | None:
        """End the open stretch, if there is one, at ``ended_at`` (now by default)."""
        held = self.ledger.segment
        if held is None:
            return None
        end = max(ended_at or self.at, held.started_at)
        segment = Segment.objects.get(pk=held.segment_id)
        segment.ended_at, segment.ended_seq, segment.end_reason = end, seq, reason
        segment.has_turn = held.has_turn
        segment.save(update_fields=["ended_at", "ended_seq", "end_reason", "has_turn"])
        self._take(facts.SegmentEnded(seq, self.at, held.segment_id, end, reason))
        self.set(assignee=None)
        return segment

    def to_queue(self, *, group_id: int | None = None) -> None:
        """Put the conversation into its queue, or another one."""
        if group_id is not None:
            self.set(group_id=group_id)
        self.go(Happening.REQUEUED)
        self.set(queued_at=self.at)
        self._tell_holder()

    def go(self, happening: Happening) -> None:
        """
        Move the conversation's state on.

        :raises ConversationEnded: if it cannot go that way
        """
        before = ConversationState(self.conversation.state)
        try:
            after = move(before, happening)
        except IllegalMove:
            raise ConversationEnded(_("会话的状态已经改变，请刷新后再试。")) from None
        if after != before:
            self.set(state=after)
            if before == ConversationState.SNOOZED:
                self.set(snoozed_until=None)

    # --- ending the transaction

    def save(self) -> None:
        """Write turns and the conversation, and wake the pages that show it."""
        self._save_turns()
        self._set_clocks()
        if self.touched:
            self.conversation.save(update_fields=sorted(self.touched))
        if COUNTED & self.touched:
            self.moments += [self.conversation.opened_at, self.conversation.closed_at]
        mark_stale(self.days, *self.moments, at=self.at)
        self._signal()

    def _take(self, fact: facts.Fact) -> None:
        """Let a fact change the turns."""
        waited = self.ledger.waiting_seq
        had = self.ledger.segment is not None and self.ledger.segment.has_turn
        self.ledger = turns.step(self.ledger, fact, policy(TurnPolicy, on=self.day))
        segment = self.ledger.segment
        if segment is not None and segment.has_turn and not had:
            Segment.objects.filter(pk=segment.segment_id).update(has_turn=True)
        if waited != self.ledger.waiting_seq:
            self.topics.add("board")

    def _note_talk(self, message: Message, fact: facts.Spoken) -> None:
        """Keep the counters and the state that a message of the talk changes."""
        conversation = self.conversation
        self.set(last_message_at=message.at)
        if message.counts_as_reply or facts.opens_turn(fact) or not conversation.preview:
            # What the customer and we said; an automatic greeting tells an agent nothing.
            self.set(preview=message.body[:PREVIEW_LENGTH])
        if facts.opens_turn(fact):
            self.set(
                last_in_at=message.at,
                customer_messages=conversation.customer_messages + 1,
                unread=conversation.unread + 1,
            )
            held = conversation.assignee_id is not None
            self.go(Happening.CUSTOMER_WROTE if held else Happening.CUSTOMER_WROTE_TO_NOBODY)
            if not held and conversation.queued_at is None:
                self.set(queued_at=message.at)
        elif message.counts_as_reply:
            self.set(
                last_out_at=message.at,
                human_replies=conversation.human_replies + 1,
                unread=0,
                read_seq=message.seq,
            )
            if conversation.first_human_reply_at is None:
                self.set(first_human_reply_at=message.at)
            self.go(Happening.HUMAN_REPLIED)

    def _save_turns(self) -> None:
        conversation, hours = self.conversation, self.hours
        for turn in self.ledger.turns:
            row = self.rows.get(turn.number)
            if row is None:
                row = ledgers.fill_row(Turn(), turn, self.ledger, hours)
                stage = self.stage_at(turn.began_seq) if self.stage_at else conversation.stage
                ledgers.place_row(row, conversation, self.zone, stage).save(force_insert=True)
                self.days.add(row.duty_date)
            elif ledgers.rule_turn(row) != turn or row.live != turns.is_live(
                turn, self.ledger.round_number, self.ledger.waiting_seq
            ):
                ledgers.fill_row(row, turn, self.ledger, hours).save()
                self.days.add(row.duty_date)
            self.rows[turn.number] = row

    def _set_clocks(self) -> None:
        conversation, ledger = self.conversation, self.ledger
        clocks: Mapping[str, Any] = {
            "waiting_seq": ledger.waiting_seq,
            "waiting_since": ledger.waiting_since,
            "round_number": ledger.round_number,
            "turn_count": ledger.next_number - 1,
            "due_at": self._due_at(),
            "requeue_at": self._requeue_at(),
        }
        for name, value in clocks.items():
            if getattr(conversation, name) != value:
                self.set(**{name: value})

    def _due_at(self) -> dt.datetime | None:
        """When the waiting customer should have an answer, counted in opening hours (A25)."""
        since = self.ledger.waiting_since
        if since is None or not self.conversation.is_open:
            return None
        channel = self.conversation.channel
        target = policy(ResponsePolicy, on=self.day).target_seconds(
            channel.kind, priority=self.conversation.priority, own=channel.target_seconds
        )
        return self._after(since, target)

    def _requeue_at(self) -> dt.datetime | None:
        """
        When an unanswered conversation is taken back from the agent who holds it.

        A major complaint is not: it is somebody's in person (B7), and the ladder of B6 tells.
        """
        turn = self.ledger.open_turn
        if turn is None or turn.agent_from is None or self.conversation.is_major:
            return None
        kind = self.conversation.channel.kind
        patience = policy(ResponsePolicy, on=self.day).no_reply_seconds(kind)
        return self._after(turn.agent_from, patience)

    def _after(self, start: dt.datetime, seconds: int) -> dt.datetime:
        hours = self.hours
        after = None if hours is None else hours.after_open_seconds(start, seconds)
        return after or start + dt.timedelta(seconds=seconds)

    # --- waking pages

    def _tell_holder(self) -> None:
        """Remember who holds the conversation now: before and after a change both must hear."""
        conversation = self.conversation
        if conversation.assignee_id is not None:
            self.topics.add(f"agent:{conversation.assignee_id}")
        if conversation.group_id is not None:
            self.topics.add(f"queue:{conversation.group_id}")

    def _signal(self) -> None:
        self._tell_holder()
        conversation = self.conversation
        if {"state", "assignee", "group", "group_id", "priority"} & self.touched:
            self.topics.add("board")
        newest = self.said[-1].pk if self.said else None
        kind = "message" if self.said else "conversation"
        signals: list[tuple[str, str, dict[str, Any]]] = [
            (topic, kind, {"conversation": conversation.pk, "message": newest})
            for topic in [f"conversation:{conversation.pk}", *sorted(self.topics)]
        ]
        spoken = [each for each in self.said if each.direction in TALK]
        if conversation.visitor_key and (spoken or "state" in self.touched):
            kind = "message" if spoken else "conversation"
            told = {"message": spoken[-1].pk if spoken else None}
            signals.append((f"visitor:{conversation.visitor_key}", kind, told))
        signal_each(signals)


def kept_because(because: Because) -> dict[str, Any]:
    """Return the reason as it is stored beside what it explains."""
    return {"code": because.code, "facts": dict(because.facts)}
