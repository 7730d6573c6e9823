"""The state machines of conversations and turns, as tables."""

from collections.abc import Mapping
from enum import StrEnum

from .turns import TurnState


class ConversationState(StrEnum):
    QUEUED = "queued"
    ACTIVE = "active"
    WAITING_CUSTOMER = "waiting_customer"
    SNOOZED = "snoozed"
    CLOSED = "closed"
    MERGED = "merged"


class Happening(StrEnum):
    """What may move a conversation on."""

    CUSTOMER_WROTE = "customer_wrote"  # and somebody holds the conversation
    CUSTOMER_WROTE_TO_NOBODY = "customer_wrote_to_nobody"
    HUMAN_REPLIED = "human_replied"
    ASSIGNED_WAITING = "assigned_waiting"  # the customer is waiting for an answer
    ASSIGNED_IDLE = "assigned_idle"
    REQUEUED = "requeued"
    SNOOZED = "snoozed"
    WOKEN = "woken"  # the time somebody put it off to has come
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"


S = ConversationState
H = Happening

CONVERSATION: Mapping[tuple[ConversationState, Happening], ConversationState] = {
    (S.QUEUED, H.CUSTOMER_WROTE_TO_NOBODY): S.QUEUED,
    (S.QUEUED, H.ASSIGNED_WAITING): S.ACTIVE,
    (S.QUEUED, H.ASSIGNED_IDLE): S.WAITING_CUSTOMER,
    (S.QUEUED, H.REQUEUED): S.QUEUED,
    (S.QUEUED, H.CLOSED): S.CLOSED,
    (S.QUEUED, H.MERGED): S.MERGED,
    (S.ACTIVE, H.CUSTOMER_WROTE): S.ACTIVE,
    (S.ACTIVE, H.HUMAN_REPLIED): S.WAITING_CUSTOMER,
    (S.ACTIVE, H.ASSIGNED_WAITING): S.ACTIVE,
    (S.ACTIVE, H.ASSIGNED_IDLE): S.WAITING_CUSTOMER,
    (S.ACTIVE, H.REQUEUED): S.QUEUED,
    (S.ACTIVE, H.SNOOZED): S.SNOOZED,
    (S.ACTIVE, H.CLOSED): S.CLOSED,
    (S.ACTIVE, H.MERGED): S.MERGED,
    (S.WAITING_CUSTOMER, H.CUSTOMER_WROTE): S.ACTIVE,
    (S.WAITING_CUSTOMER, H.CUSTOMER_WROTE_TO_NOBODY): S.QUEUED,
    (S.WAITING_CUSTOMER, H.HUMAN_REPLIED): S.WAITING_CUSTOMER,
    (S.WAITING_CUSTOMER, H.ASSIGNED_WAITING): S.ACTIVE,
    (S.WAITING_CUSTOMER, H.ASSIGNED_IDLE): S.WAITING_CUSTOMER,
    (S.WAITING_CUSTOMER, H.REQUEUED): S.QUEUED,
    (S.WAITING_CUSTOMER, H.SNOOZED): S.SNOOZED,
    (S.WAITING_CUSTOMER, H.CLOSED): S.CLOSED,
    (S.WAITING_CUSTOMER, H.MERGED): S.MERGED,
    (S.SNOOZED, H.CUSTOMER_WROTE): S.ACTIVE,
    (S.SNOOZED, H.CUSTOMER_WROTE_TO_NOBODY): S.QUEUED,
    (S.SNOOZED, H.HUMAN_REPLIED): S.WAITING_CUSTOMER,
    (S.SNOOZED, H.ASSIGNED_WAITING): S.ACTIVE,
    (S.SNOOZED, H.ASSIGNED_IDLE): S.WAITING_CUSTOMER,
    (S.SNOOZED, H.REQUEUED): S.QUEUED,
    (S.SNOOZED, H.SNOOZED): S.SNOOZED,
    (S.SNOOZED, H.WOKEN): S.ACTIVE,
    (S.SNOOZED, H.CLOSED): S.CLOSED,
    (S.SNOOZED, H.MERGED): S.MERGED,
    (S.CLOSED, H.REOPENED): S.QUEUED,
    (S.MERGED, H.REOPENED): S.QUEUED,  # a merger taken back
}

OPEN_STATES = frozenset({S.QUEUED, S.ACTIVE, S.WAITING_CUSTOMER, S.SNOOZED})
HELD_STATES = frozenset({S.ACTIVE, S.WAITING_CUSTOMER, S.SNOOZED})

TURN: Mapping[TurnState, frozenset[TurnState]] = {
    TurnState.OPEN: frozenset(TurnState) - {TurnState.OPEN},
    TurnState.ANSWERED: frozenset(),
    TurnState.TRANSFERRED_UNREPLIED: frozenset(),
    TurnState.ABANDONED: frozenset(),
    TurnState.EXPIRED: frozenset(),
}


class IllegalMove(ValueError):
    """The conversation cannot go this way from where it is."""

    def __init__(self, state: ConversationState, happening: Happening) -> None:
        super().__init__(f"{state} cannot take {happening}")
        self.state = state
        self.happening = happening


def move(state: ConversationState, happening: Happening) -> ConversationState:
    """
    Return the state that follows.

    :raises IllegalMove: if the happening is not possible in this state
    """
    try:
        return CONVERSATION[state, happening]
    except KeyError:
        raise IllegalMove(state, happening) from None
