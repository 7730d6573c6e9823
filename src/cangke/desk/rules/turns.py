"""
Turns 轮次: from what happened in a conversation to who kept whom waiting, and how long.

Clauses A5 (only people's replies count), A7 and A8 (transfers). ``step`` takes one fact, ``derive``
takes them all. ``step`` needs only the tail of the ledger (``Ledger.live``), so that a conversation
of any length costs the same per message. Facts are taken in order of their sequence numbers, never
of clocks, and no duration is negative even if a clock jumps.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from .facts import (
    EXCLUDING,
    TAKEN_AWAY,
    Closing,
    Fact,
    SegmentEnded,
    SegmentStarted,
    Spoken,
    TurnsClosed,
    counts_as_reply,
    opens_turn,
)

MILLISECOND = timedelta(milliseconds=1)


class TurnState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    TRANSFERRED_UNREPLIED = "transferred_unreplied"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class TurnPolicy:
    """
    House rules for turns.

    An agent from whom the house takes a conversation away (order shipped, supervisor steps in)
    before ``grace_seconds`` have passed is not charged with the unanswered turn.
    """

    PREFIX: ClassVar[str] = "turns"

    grace_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Turn:
    """
    One wait. ``opened_at`` is the customer's clock, ``agent_from`` the answerable agent's.

    A round is the customer's whole wait; it holds more than one turn if the conversation changed
    hands or days on the way. All durations are whole milliseconds, cut down.
    """

    number: int
    round_number: int
    opened_seq: int
    opened_at: datetime
    began_at: datetime
    began_seq: int
    segment_id: int | None = None
    agent_id: int | None = None
    agent_from: datetime | None = None
    first_of_segment: bool = False
    state: TurnState = TurnState.OPEN
    ended_at: datetime | None = None
    answered_seq: int | None = None
    answered_at: datetime | None = None
    answered_by_id: int | None = None
    placeholder: bool = False
    effective_seq: int | None = None
    effective_at: datetime | None = None
    continued: bool = False
    excluded_reason: str = ""

    @property
    def customer_ms(self) -> int | None:
        """Return how long the customer waited for a person, or None while nobody replied."""
        return None if self.answered_at is None else milliseconds(self.opened_at, self.answered_at)

    @property
    def customer_effective_ms(self) -> int | None:
        """Return how long the customer waited for a real answer; “稍等” is none."""
        if self.effective_at is None:
            return None
        return milliseconds(self.opened_at, self.effective_at)

    @property
    def agent_ms(self) -> int | None:
        """Return how long the answerable agent took, up to the turn's end; None if nobody was."""
        if self.agent_from is None or self.ended_at is None:
            return None
        return milliseconds(self.agent_from, self.ended_at)

    @property
    def agent_effective_ms(self) -> int | None:
        if self.state is not TurnState.ANSWERED:
            return self.agent_ms
        if self.agent_from is None or self.effective_at is None:
            return None
        return milliseconds(self.agent_from, self.effective_at)

    @property
    def credited_agent_id(self) -> int | None:
        """Return whose figure this is: the person who replied, else the one who owed the reply."""
        if self.state is TurnState.ANSWERED:
            return self.answered_by_id
        return self.agent_id

    @property
    def wants_real_answer(self) -> bool:
        """Say whether only a placeholder has answered so far."""
        return self.answered_at is not None and self.effective_at is None


@dataclass(frozen=True, slots=True)
class OpenSegment:
    segment_id: int
    agent_id: int
    started_at: datetime
    has_turn: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """The turns of one conversation, or their live tail with the counters to go on from."""

    turns: tuple[Turn, ...] = ()
    next_number: int = 1
    round_number: int = 0
    waiting_seq: int | None = None
    waiting_since: datetime | None = None
    segment: OpenSegment | None = None

    @property
    def open_turn(self) -> Turn | None:
        """Return the turn that waits for a reply; at most the last one does."""
        if self.turns and self.turns[-1].state is TurnState.OPEN:
            return self.turns[-1]
        return None

    @property
    def live(self) -> tuple[Turn, ...]:
        """Return the turns that a coming fact may still change."""
        return tuple(t for t in self.turns if is_live(t, self.round_number, self.waiting_seq))


def milliseconds(start: datetime, end: datetime) -> int:
    """Return the whole milliseconds from ``start`` to ``end``; 0 if the clock went back."""
    return max(0, (end - start) // MILLISECOND)


def is_live(turn: Turn, round_number: int, waiting_seq: int | None) -> bool:
    """Say whether a coming fact may still change the turn."""
    if turn.state is TurnState.OPEN or turn.wants_real_answer:
        return True
    late = turn.state is TurnState.EXPIRED and turn.answered_at is None
    return late and waiting_seq is not None and turn.round_number == round_number


def derive(facts: Iterable[Fact], policy: TurnPolicy) -> Ledger:
    """
    Return the turns of a conversation from everything that happened in it, in order.

    :raises ValueError: if a segment starts before the one before it has ended
    """
    ledger = Ledger()
    for fact in facts:
        ledger = step(ledger, fact, policy)
    return ledger


def step(ledger: Ledger, fact: Fact, policy: TurnPolicy) -> Ledger:
    """Return the ledger after one more fact; the ledger may be a live tail."""
    match fact:
        case Spoken():
            if opens_turn(fact):
                return _ask(ledger, fact)
            if counts_as_reply(fact):
                return _answer(ledger, fact)
            return ledger
        case SegmentStarted():
            return _start_segment(ledger, fact)
        case SegmentEnded():
            return _end_segment(ledger, fact, policy)
        case TurnsClosed():
            return _close(ledger, fact)


def _ask(ledger: Ledger, said: Spoken) -> Ledger:
    if ledger.open_turn is not None:
        return ledger
    if ledger.waiting_seq is None or ledger.waiting_since is None:
        ledger = replace(
            ledger,
            round_number=ledger.round_number + 1,
            waiting_seq=said.seq,
            waiting_since=said.at,
        )
    turn = _new_turn(ledger, began_at=said.at, began_seq=said.seq)
    ledger = replace(ledger, turns=(*ledger.turns, turn), next_number=turn.number + 1)
    return ledger if ledger.segment is None else _hold(ledger, turn, ledger.segment)


def _new_turn(ledger: Ledger, *, began_at: datetime, began_seq: int) -> Turn:
    if ledger.waiting_seq is None or ledger.waiting_since is None:
        raise ValueError("a turn needs a waiting customer")
    return Turn(
        number=ledger.next_number,
        round_number=ledger.round_number,
        opened_seq=ledger.waiting_seq,
        opened_at=ledger.waiting_since,
        began_at=began_at,
        began_seq=began_seq,
        continued=any(turn.wants_real_answer for turn in ledger.turns),
    )


def _hold(ledger: Ledger, turn: Turn, segment: OpenSegment) -> Ledger:
    """Make the segment's agent answerable for the open turn."""
    held = replace(
        turn,
        segment_id=segment.segment_id,
        agent_id=segment.agent_id,
        agent_from=max(turn.began_at, segment.started_at),
        first_of_segment=not segment.has_turn,
    )
    return replace(
        ledger, turns=(*ledger.turns[:-1], held), segment=replace(segment, has_turn=True)
    )


def _answer(ledger: Ledger, said: Spoken) -> Ledger:
    turns = list(ledger.turns)
    if ledger.waiting_seq is not None and turns:
        last = turns[-1]
        if last.state is TurnState.OPEN:
            last = replace(last, state=TurnState.ANSWERED, ended_at=said.at)
        if last.answered_at is None:
            turns[-1] = replace(
                last,
                answered_seq=said.seq,
                answered_at=said.at,
                answered_by_id=said.agent_id,
                placeholder=said.placeholder,
            )
    if not said.placeholder:
        turns = [
            replace(turn, effective_seq=said.seq, effective_at=said.at)
            if turn.wants_real_answer
            else turn
            for turn in turns
        ]
    return replace(ledger, turns=tuple(turns), waiting_seq=None, waiting_since=None)


def _start_segment(ledger: Ledger, fact: SegmentStarted) -> Ledger:
    if ledger.segment is not None:
        raise ValueError(f"segment {ledger.segment.segment_id} has not ended")
    segment = OpenSegment(fact.segment_id, fact.agent_id, fact.started_at)
    ledger, turn = replace(ledger, segment=segment), ledger.open_turn
    return ledger if turn is None else _hold(ledger, turn, segment)


def _end_segment(ledger: Ledger, fact: SegmentEnded, policy: TurnPolicy) -> Ledger:
    if ledger.segment is None or ledger.segment.segment_id != fact.segment_id:
        raise ValueError(f"segment {fact.segment_id} is not the open one")
    ledger = replace(ledger, segment=None)
    turn = ledger.open_turn
    if turn is None or turn.agent_id is None or turn.segment_id != fact.segment_id:
        return ledger
    if turn.began_at >= fact.ended_at:
        # The customer asked after the boundary: this was never the leaving agent's turn.
        free = replace(
            turn, segment_id=None, agent_id=None, agent_from=None, first_of_segment=False
        )
        return replace(ledger, turns=(*ledger.turns[:-1], free))
    gone = replace(turn, state=TurnState.TRANSFERRED_UNREPLIED, ended_at=fact.ended_at)
    early = (gone.agent_ms or 0) < policy.grace_seconds * 1000
    if fact.reason in TAKEN_AWAY and early:
        gone = replace(gone, excluded_reason=fact.reason.value)
    following = _new_turn(ledger, began_at=fact.ended_at, began_seq=fact.seq)
    return replace(
        ledger,
        turns=(*ledger.turns[:-1], gone, following),
        next_number=following.number + 1,
    )


def _close(ledger: Ledger, fact: TurnsClosed) -> Ledger:
    turn = ledger.open_turn
    if turn is not None:
        if fact.closing is Closing.LEFT:
            if turn.agent_id is not None:
                return ledger  # somebody holds the conversation and still owes the answer
            state = TurnState.ABANDONED
        else:
            state = TurnState.EXPIRED
        reason = fact.closing.value if fact.closing in EXCLUDING else ""
        ended = replace(turn, state=state, ended_at=fact.at, excluded_reason=reason)
        ledger = replace(ledger, turns=(*ledger.turns[:-1], ended))
    if fact.closing is Closing.DAY_ENDED:
        return ledger
    return replace(ledger, waiting_seq=None, waiting_since=None)
