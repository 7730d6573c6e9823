"""What happens in a conversation, as far as turns care: messages, changes of hands, endings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    IN = "in"
    OUT = "out"
    NOTE = "note"
    EVENT = "event"


class SenderKind(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


class Origin(StrEnum):
    """Where a message's text came from; only the first three are somebody answering."""

    TYPED = "typed"
    SCRIPT = "script"
    ASSISTED = "assisted"
    AUTO_WELCOME = "auto_welcome"
    AUTO_AWAY = "auto_away"
    AUTO_KEYWORD = "auto_keyword"
    AUTO_MAIL = "auto_mail"
    BOT = "bot"
    RULE = "rule"
    CAMPAIGN = "campaign"
    CSAT = "csat"
    SYSTEM = "system"
    PHONE_LOG = "phone_log"
    VISIT_LOG = "visit_log"
    HISTORY = "history"


HUMAN_ORIGINS = frozenset({Origin.TYPED, Origin.SCRIPT, Origin.ASSISTED})


class SegmentEnd(StrEnum):
    """Why somebody stopped being answerable for a conversation."""

    CLOSED = "closed"
    TRANSFERRED = "transferred"
    NO_REPLY = "no_reply"
    SHIFT_END = "shift_end"
    STAGE_CHANGED = "stage_changed"
    TAKEN_OVER = "taken_over"
    RELEASED = "released"


# Ends that the agent neither asked for nor caused.
TAKEN_AWAY = frozenset({SegmentEnd.STAGE_CHANGED, SegmentEnd.TAKEN_OVER})


class Closing(StrEnum):
    """What may end an open turn besides a reply and a change of agent."""

    LEFT = "left"  # the customer went before anybody took the conversation
    DAY_ENDED = "day_ended"
    CLOSED = "closed"
    SPAM = "spam"
    BOT_ONLY = "bot_only"
    MERGED = "merged"
    TEST = "test"


EXCLUDING = frozenset({Closing.SPAM, Closing.BOT_ONLY, Closing.MERGED, Closing.TEST})


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as far as turns care. ``backdated`` marks calls written down afterwards."""

    seq: int
    at: datetime
    direction: Direction
    sender: SenderKind
    origin: Origin
    agent_id: int | None = None
    placeholder: bool = False
    recalled: bool = False
    backdated: bool = False


@dataclass(frozen=True, slots=True)
class SegmentStarted:
    """
    Somebody became answerable for the conversation.

    ``started_at`` may lie before ``at``: an accepted transfer begins at the moment of its request.
    """

    seq: int
    at: datetime
    segment_id: int
    agent_id: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class SegmentEnded:
    seq: int
    at: datetime
    segment_id: int
    ended_at: datetime
    reason: SegmentEnd


@dataclass(frozen=True, slots=True)
class TurnsClosed:
    seq: int
    at: datetime
    closing: Closing


Fact = Spoken | SegmentStarted | SegmentEnded | TurnsClosed


def opens_turn(said: Spoken) -> bool:
    """Say whether the customer has asked for somebody with this message."""
    return (
        said.direction is Direction.IN
        and said.sender is SenderKind.CUSTOMER
        and said.origin is not Origin.AUTO_MAIL
        and not said.backdated
        and not said.recalled
    )


def counts_as_reply(said: Spoken) -> bool:
    """Say whether a person answered with this message (A5)."""
    return (
        said.direction is Direction.OUT
        and said.sender is SenderKind.AGENT
        and said.origin in HUMAN_ORIGINS
        and not said.backdated
        and not said.recalled
    )
