"""
Named figures as data: what is counted, by which clock, within which hours, with which cap.

Clause A5. Platforms disagree on all of these (rounds or people, bots or not, 8–23 or 8–24, capped
or not), so a figure always names its definition. Arithmetic is exact; a figure carries the turns it
was made of, each with what it contributed or why it was left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from .turns import Turn, TurnState


class Measure(StrEnum):
    MEAN_SECONDS = "mean_seconds"
    SHARE = "share"
    COUNT = "count"
    RATIO = "ratio"


class Unit(StrEnum):
    """What one counted thing is."""

    TURN = "turn"  # every turn of every agent
    FIRST_ROUND = "first_round"  # the first wait of a conversation
    FIRST_OF_SEGMENT = "first_of_segment"  # an agent's first turn in a stretch
    PERSON_DAY = "person_day"  # a customer on one duty day


class Clock(StrEnum):
    CUSTOMER = "customer"
    OPENING = "opening"  # the customer's, while the channel was open (A25)
    AGENT = "agent"


class ReplyKind(StrEnum):
    ANY_HUMAN = "any_human"
    EFFECTIVE = "effective"  # “稍等” does not count


class Unanswered(StrEnum):
    """What a turn nobody answered is worth in a mean."""

    LEFT_OUT = "left_out"
    ELAPSED = "elapsed"  # the time until it ended
    AT_CAP = "at_cap"


@dataclass(frozen=True, slots=True)
class DailyWindow:
    """Hours of the site's day, from ``start_minute`` inclusive for ``length_minutes``."""

    start_minute: int
    length_minutes: int

    def __post_init__(self) -> None:
        if not (0 <= self.start_minute < 1440 and 0 < self.length_minutes <= 1440):
            raise ValueError("a daily window starts within the day and lasts at most 1440 minutes")

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Say whether the instant lies inside; the window may cross midnight."""
        local = at.astimezone(zone)
        since_start = (local.hour * 60 + local.minute - self.start_minute) % 1440
        return since_start < self.length_minutes


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """
    One figure's definition. Seconds are whole seconds, limits are inclusive (≤).

    ``cap_seconds`` cuts longer waits. ``states`` names the turns that are counted; without it all
    but open and abandoned ones are.
    """

    key: str
    version: int
    label: str
    measure: Measure
    unit: Unit = Unit.TURN
    clock: Clock = Clock.AGENT
    reply: ReplyKind = ReplyKind.ANY_HUMAN
    limit_seconds: int | None = None
    cap_seconds: int | None = None
    unanswered: Unanswered = Unanswered.LEFT_OUT
    states: frozenset[TurnState] | None = None
    window: DailyWindow | None = None
    keep_excluded: frozenset[str] = frozenset()
    clause: str = "desk.response"

    def __post_init__(self) -> None:
        if self.unanswered is Unanswered.AT_CAP and self.cap_seconds is None:
            raise ValueError(f"{self.key}: unanswered turns need a cap to be counted at")
        if self.limit_seconds is not None and self.measure is not Measure.SHARE:
            raise ValueError(f"{self.key}: only a share has a limit")


@dataclass(frozen=True, slots=True)
class MeasuredTurn:
    """
    A turn with what a figure asks about it.

    ``open_ms`` is the customer's wait as far as the channel was open; where it is never closed, it
    equals ``turn.customer_ms``.
    """

    turn_id: int
    conversation_id: int
    customer_id: int | None
    duty_date: date
    turn: Turn
    open_ms: int | None = None
    open_effective_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """How many messages customer and agent wrote in one conversation (A5: no automatic ones)."""

    conversation_id: int
    customer_messages: int
    human_replies: int


@dataclass(frozen=True, slots=True)
class TraceLine:
    """What one turn gave to the figure, or why it was left out (``left_out`` not empty)."""

    turn_id: int
    seconds: Decimal | None
    counted: bool
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """``numerator ÷ denominator``, exact. ``value`` is None where nothing was to be counted."""

    definition: MetricDefinition
    numerator: Fraction
    denominator: int
    trace: tuple[TraceLine, ...] = field(default=(), repr=False)

    @property
    def value(self) -> Fraction | None:
        if self.definition.measure is Measure.COUNT:
            return self.numerator
        return None if self.denominator == 0 else self.numerator / self.denominator

    def rounded(self, places: int) -> Decimal | None:
        """Return the value rounded half up for the screen; None stays None."""
        value = self.value
        return None if value is None else round_fraction(value, places)


def round_fraction(value: Fraction, places: int) -> Decimal:
    """Return the fraction as a Decimal with ``places`` digits, halves away from zero."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if value < 0 else whole).scaleb(-places)


def measure(
    definition: MetricDefinition, turns: Iterable[MeasuredTurn], *, zone: ZoneInfo
) -> Figure:
    """
    Return the figure over the turns.

    Shares count what was answered within the limit over what was asked; means count seconds.

    :raises ValueError: if the definition compares messages; use ``measure_talk``
    """
    if definition.measure is Measure.RATIO:
        raise ValueError(f"{definition.key} is a ratio of messages")
    kept: list[tuple[MeasuredTurn, int | None]] = []
    trace: list[TraceLine] = []
    for row in turns:
        waited_ms = waited(definition, row)
        left_out = why_left_out(definition, row, waited_ms, zone=zone)
        seconds = None if waited_ms is None else Decimal(waited_ms) / 1000
        trace.append(TraceLine(row.turn_id, seconds, counted=not left_out, left_out=left_out))
        if not left_out:
            kept.append((row, waited_ms))
    numerator, denominator = _COUNTING[definition.measure](definition, kept)
    return Figure(definition, numerator, denominator, tuple(trace))


def measure_talk(definition: MetricDefinition, talks: Iterable[Talk]) -> Figure:
    """Return the agents' messages over the customers' messages (答问比)."""
    replies = questions = 0
    for talk in talks:
        replies += talk.human_replies
        questions += talk.customer_messages
    return Figure(definition, Fraction(replies), questions)


def waited(definition: MetricDefinition, row: MeasuredTurn) -> int | None:
    """Return the wait in ms by the definition's clock and cap; None if it has no length."""
    turn = row.turn
    cap_ms = None if definition.cap_seconds is None else definition.cap_seconds * 1000
    raw = _raw_wait(definition, row)
    if raw is None and turn.state is not TurnState.OPEN:
        if definition.unanswered is Unanswered.AT_CAP:
            raw = cap_ms
        elif definition.unanswered is Unanswered.ELAPSED:
            raw = turn.agent_ms
    return raw if raw is None or cap_ms is None else min(raw, cap_ms)


def _raw_wait(definition: MetricDefinition, row: MeasuredTurn) -> int | None:
    turn = row.turn
    effective = definition.reply is ReplyKind.EFFECTIVE
    if definition.clock is Clock.OPENING:
        return row.open_effective_ms if effective else row.open_ms
    if definition.clock is Clock.CUSTOMER:
        return turn.customer_effective_ms if effective else turn.customer_ms
    if turn.state is not TurnState.ANSWERED:
        return None
    return turn.agent_effective_ms if effective else turn.agent_ms


def why_left_out(
    definition: MetricDefinition, row: MeasuredTurn, waited_ms: int | None, *, zone: ZoneInfo
) -> str:
    """Return the reason to leave the turn out on both sides, or an empty string."""
    turn = row.turn
    if turn.excluded_reason and turn.excluded_reason not in definition.keep_excluded:
        return turn.excluded_reason
    by_state = _wrong_state(definition, turn)
    if by_state:
        return by_state
    if definition.window is not None and not definition.window.holds(turn.opened_at, zone):
        return "outside_window"
    if definition.clock is Clock.AGENT and turn.agent_from is None:
        return "nobody_answerable"
    if definition.reply is ReplyKind.EFFECTIVE and turn.continued:
        return "continued"
    if definition.unit is Unit.FIRST_OF_SEGMENT and not turn.first_of_segment:
        return "not_first"
    if definition.unit is Unit.FIRST_ROUND and turn.round_number != 1:
        return "not_first"
    # A first round that changed hands counts once, with the turn that was answered at last.
    if definition.unit is Unit.FIRST_ROUND and turn.state is TurnState.TRANSFERRED_UNREPLIED:
        return "went_on"
    if definition.measure is Measure.MEAN_SECONDS and waited_ms is None:
        return "unanswered"
    return ""


def _wrong_state(definition: MetricDefinition, turn: Turn) -> str:
    if definition.states is not None:
        return "" if turn.state in definition.states else turn.state.value
    if turn.state is TurnState.ABANDONED:
        return "abandoned"
    # Somebody who is still waiting has been served by nobody yet, but has asked.
    if turn.state is TurnState.OPEN and definition.unit is not Unit.PERSON_DAY:
        return "open"
    return ""


Kept = Sequence[tuple[MeasuredTurn, int | None]]


def _mean(definition: MetricDefinition, kept: Kept) -> tuple[Fraction, int]:
    return Fraction(sum(ms or 0 for _, ms in kept), 1000), len(kept)


def _share(definition: MetricDefinition, kept: Kept) -> tuple[Fraction, int]:
    if definition.unit is Unit.PERSON_DAY:
        people = _people(definition, kept)
        return Fraction(sum(people.values())), len(people)
    return Fraction(sum(_in_time(definition, row.turn, ms) for row, ms in kept)), len(kept)


def _count(definition: MetricDefinition, kept: Kept) -> tuple[Fraction, int]:
    counted = _people(definition, kept) if definition.unit is Unit.PERSON_DAY else kept
    return Fraction(len(counted)), 1


def _people(definition: MetricDefinition, kept: Kept) -> dict[tuple[object, date], bool]:
    """Return customers by day: True if any of that day's waits was answered in time."""
    people: dict[tuple[object, date], bool] = {}
    for row, ms in kept:
        key = (row.customer_id or f"conversation {row.conversation_id}", row.duty_date)
        people[key] = people.get(key, False) or _in_time(definition, row.turn, ms)
    return people


def _in_time(definition: MetricDefinition, turn: Turn, ms: int | None) -> bool:
    if turn.state is not TurnState.ANSWERED or ms is None:
        return False
    return definition.limit_seconds is None or ms <= definition.limit_seconds * 1000


_COUNTING: Mapping[Measure, Callable[[MetricDefinition, Kept], tuple[Fraction, int]]] = {
    Measure.MEAN_SECONDS: _mean,
    Measure.SHARE: _share,
    Measure.COUNT: _count,
}
