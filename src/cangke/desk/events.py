"""What has happened at the desk, for the rooms above and for the desk's own handlers."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class ConversationOpened:
    """A customer began to talk, or a closed conversation went on (``reopened``)."""

    conversation_id: int
    customer_id: int
    channel_id: int
    at: dt.datetime
    reopened: bool = False


@dataclass(frozen=True)
class MessageReceived:
    """A customer wrote."""

    conversation_id: int
    message_id: int
    at: dt.datetime


@dataclass(frozen=True)
class ReplySent:
    """Something is to be sent to the customer; ``human`` if a person answered (A5)."""

    conversation_id: int
    message_id: int
    channel_id: int
    employee_id: int | None
    human: bool
    at: dt.datetime


@dataclass(frozen=True)
class MessageRecalled:
    """A reply was recalled and no longer counts."""

    conversation_id: int
    message_id: int
    at: dt.datetime


@dataclass(frozen=True)
class NoteWritten:
    """A note for colleagues, with those it calls (A9)."""

    conversation_id: int
    message_id: int
    employee_id: int
    mentioned_ids: tuple[int, ...]
    at: dt.datetime


@dataclass(frozen=True)
class ConversationAssigned:
    """Somebody became answerable for the conversation."""

    conversation_id: int
    segment_id: int
    employee_id: int
    started_by: str
    at: dt.datetime


@dataclass(frozen=True)
class ConversationQueued:
    """
    A customer waits and nobody is answerable: somebody has to be found.

    ``reason`` is ``opened``, ``customer_wrote``, or how the last agent's stretch ended.
    """

    conversation_id: int
    group_id: int | None
    reason: str
    at: dt.datetime


@dataclass(frozen=True)
class TransferRequested:
    """An agent asked somebody else, or a group, to take over (A8)."""

    conversation_id: int
    transfer_id: int
    to_employee_id: int | None
    to_group_id: int | None
    at: dt.datetime


@dataclass(frozen=True)
class TransferEnded:
    """A transfer was accepted, declined, withdrawn, or lapsed."""

    conversation_id: int
    transfer_id: int
    outcome: str
    at: dt.datetime


@dataclass(frozen=True)
class HandOverMarked:
    """The order was shipped: the customer's next message goes to after-sales (B2)."""

    conversation_id: int
    order_id: int
    at: dt.datetime


@dataclass(frozen=True)
class ConversationClosed:
    """A conversation ended, by a person or by the house."""

    conversation_id: int
    reason: str
    question_type_id: int | None
    handling_result_id: int | None
    at: dt.datetime


@dataclass(frozen=True)
class ConversationRated:
    """A customer said how they were served; ``alerts`` if a leader is to know (G7.1)."""

    rating_id: int
    conversation_id: int
    employee_id: int
    score: int
    satisfied: bool
    alerts: bool
    at: dt.datetime


@dataclass(frozen=True)
class PresenceChanged:
    """An agent went from one presence to another."""

    employee_id: int
    state: str
    source: str
    at: dt.datetime


@dataclass(frozen=True)
class IdleHangingFound:
    """An agent shown online let a customer wait and did nothing (A6)."""

    employee_id: int
    conversation_id: int
    waiting_since: dt.datetime
    idle_since: dt.datetime
    at: dt.datetime


@dataclass(frozen=True)
class WaitEscalated:
    """A wait went up the ladder (B6): ``to`` is leader, supervisor or head."""

    conversation_id: int
    to: str
    waited_seconds: int
    at: dt.datetime


@dataclass(frozen=True)
class MajorMarked:
    """A conversation was marked as a major complaint (B7); who served it until then, if anybody."""

    conversation_id: int
    employee_id: int
    at: dt.datetime
    served_by_id: int | None = None


@dataclass(frozen=True)
class CallLogged:
    """A phone call was written down."""

    call_id: int
    conversation_id: int
    call_back_due_at: dt.datetime | None
    at: dt.datetime


@dataclass(frozen=True)
class InsultStopped:
    """A reply was stopped for what it said (A11); once for each text."""

    alert_id: int
    conversation_id: int
    employee_id: int
    at: dt.datetime


@dataclass(frozen=True)
class LaterReplyHeld:
    """A reply that was to go out at a time waits until somebody has looked at it again."""

    later_id: int
    conversation_id: int
    employee_id: int
    reason: str
    at: dt.datetime


@dataclass(frozen=True)
class ConversationWoken:
    """The time somebody had put a conversation off to has come."""

    conversation_id: int
    employee_id: int
    at: dt.datetime
