"""When a conversation may be closed: clauses A7, A19, B7, and when it may be opened again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from .wording import Because


class ClosingReason(StrEnum):
    SETTLED = "settled"
    AUTO_IDLE = "auto_idle"  # the customer stayed silent; never counts as solved
    LEFT = "left"  # the customer went before anybody answered
    SPAM = "spam"
    BOT_ONLY = "bot_only"
    MERGED = "merged"
    TEST = "test"
    IMPORTED = "imported"  # a chat record of another tool; nobody closed it here


class Standing(StrEnum):
    """How the person who closes stands to the conversation."""

    OWNER = "owner"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    OTHER = "other"
    HOUSE = "house"  # a rule of the house, no person


@dataclass(frozen=True, slots=True)
class ClosingPolicy:
    """``reopen_hours`` counts from closing, inclusive."""

    PREFIX: ClassVar[str] = "closing"

    reopen_hours: int = 72
    auto_close_hours: int = 48
    snooze_days: int = 14


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    closed: bool
    customer_waiting: bool
    transfer_pending: bool
    major_complaint: bool
    has_question_type: bool
    has_result: bool
    standing: Standing
    reason: ClosingReason = ClosingReason.SETTLED


@dataclass(frozen=True, slots=True)
class ClosingDecision:
    allowed: bool
    because: tuple[Because, ...]


# Who may give which reason. Every reason but "settled" takes a waiting customer off somebody's
# figures, so an agent cannot give it.
_REASONS: Mapping[Standing, frozenset[ClosingReason]] = {
    Standing.OWNER: frozenset({ClosingReason.SETTLED}),
    Standing.LEADER: frozenset({ClosingReason.SETTLED, ClosingReason.SPAM, ClosingReason.TEST}),
    Standing.SUPERVISOR: frozenset({ClosingReason.SETTLED, ClosingReason.SPAM, ClosingReason.TEST}),
    Standing.HOUSE: frozenset(
        {
            ClosingReason.AUTO_IDLE,
            ClosingReason.LEFT,
            ClosingReason.BOT_ONLY,
            ClosingReason.MERGED,
            ClosingReason.SPAM,  # of a customer a supervisor has muted (AMB-34)
        }
    ),
    Standing.OTHER: frozenset(),
}
# With these the customer is owed an answer before the end.
_ANSWERABLE = frozenset({ClosingReason.SETTLED, ClosingReason.AUTO_IDLE})


def decide_closing(facts: ClosingFacts) -> ClosingDecision:
    """
    Say whether the conversation may be closed, with every reason against it.

    Clause A7: a waiting customer is answered or transferred, not closed. Clause A19: question type
    and handling result are named. Clause B7: a major complaint is closed by the supervisor.
    """
    if facts.closed:
        return ClosingDecision(False, (Because("close.closed"),))
    against = [*_against_person(facts), *_against_leaving(facts), *_against_blanks(facts)]
    if against:
        return ClosingDecision(False, tuple(against))
    return ClosingDecision(True, (Because("close.allowed"),))


def _against_person(facts: ClosingFacts) -> list[Because]:
    against = []
    if facts.reason not in _REASONS[facts.standing]:
        against.append(Because("close.not_owner"))
    by_hand = facts.standing is not Standing.HOUSE
    if facts.major_complaint and by_hand and facts.standing is not Standing.SUPERVISOR:
        against.append(Because("close.major"))
    return against


def _against_leaving(facts: ClosingFacts) -> list[Because]:
    against = []
    if facts.customer_waiting and facts.reason in _ANSWERABLE:
        against.append(Because("close.unanswered"))
    if facts.transfer_pending:
        against.append(Because("close.transfer_pending"))
    return against


def _against_blanks(facts: ClosingFacts) -> list[Because]:
    if facts.reason is not ClosingReason.SETTLED:
        return []
    against = []
    if not facts.has_question_type:
        against.append(Because("close.no_type"))
    if not facts.has_result:
        against.append(Because("close.no_result"))
    return against


def may_reopen(*, closed_at: datetime, at: datetime, policy: ClosingPolicy) -> bool:
    """Say whether a customer's new message goes on with the closed conversation."""
    return at - closed_at <= timedelta(hours=policy.reopen_hours)
