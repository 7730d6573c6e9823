"""Closing a conversation, and the tables of states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cangke.desk.rules.closing import (
    ClosingFacts,
    ClosingPolicy,
    ClosingReason,
    Standing,
    decide_closing,
    may_reopen,
)
from cangke.desk.rules.states import (
    CONVERSATION,
    TURN,
    ConversationState,
    Happening,
    IllegalMove,
    move,
)
from cangke.desk.rules.turns import TurnState

READY = ClosingFacts(
    closed=False,
    customer_waiting=False,
    transfer_pending=False,
    major_complaint=False,
    has_question_type=True,
    has_result=True,
    standing=Standing.OWNER,
)


def reasons(**changes):
    return [because.code for because in decide_closing(replace(READY, **changes)).because]


def test_an_answered_conversation_with_type_and_result_may_be_closed():
    assert decide_closing(READY).allowed


@pytest.mark.requirement("A19")
def test_a19_type_and_result_must_be_named():
    assert reasons(has_question_type=False) == ["close.no_type"]
    assert reasons(has_result=False) == ["close.no_result"]
    assert reasons(has_question_type=False, has_result=False) == [
        "close.no_type",
        "close.no_result",
    ]


@pytest.mark.requirement("A7")
def test_a7_a_waiting_customer_is_answered_or_transferred_not_closed():
    assert reasons(customer_waiting=True) == ["close.unanswered"]
    assert reasons(customer_waiting=True, standing=Standing.SUPERVISOR) == ["close.unanswered"]


@pytest.mark.parametrize("reason", sorted(set(ClosingReason) - {ClosingReason.SETTLED}))
@pytest.mark.requirement("A7")
def test_a7_an_agent_cannot_give_a_reason_that_needs_no_answer(reason):
    assert "close.not_owner" in reasons(reason=reason)


def test_a_pending_transfer_is_settled_first():
    assert reasons(transfer_pending=True) == ["close.transfer_pending"]


@pytest.mark.requirement("B7")
def test_b7_a_major_complaint_is_closed_by_the_supervisor():
    assert reasons(major_complaint=True) == ["close.major"]
    assert reasons(major_complaint=True, standing=Standing.LEADER) == ["close.major"]
    assert reasons(major_complaint=True, standing=Standing.SUPERVISOR) == ["close.allowed"]


def test_only_those_concerned_may_close():
    assert reasons(standing=Standing.OTHER) == ["close.not_owner"]


def test_spam_is_declared_by_a_leader_and_owes_no_answer():
    spam = {"reason": ClosingReason.SPAM, "customer_waiting": True, "has_result": False}
    assert reasons(**spam, standing=Standing.LEADER) == ["close.allowed"]


def test_the_house_closes_the_silent_and_the_gone():
    house = {"standing": Standing.HOUSE, "has_result": False, "has_question_type": False}
    assert reasons(reason=ClosingReason.AUTO_IDLE, **house) == ["close.allowed"]
    assert reasons(reason=ClosingReason.AUTO_IDLE, customer_waiting=True, **house) == [
        "close.unanswered"
    ]
    assert reasons(reason=ClosingReason.LEFT, customer_waiting=True, **house) == ["close.allowed"]


def test_twice_is_once_too_often():
    assert reasons(closed=True, has_result=False) == ["close.closed"]


def test_seventy_two_hours_inclusive():
    closed_at = datetime(2026, 11, 1, tzinfo=UTC)
    edge = closed_at + timedelta(hours=72)
    assert may_reopen(closed_at=closed_at, at=edge, policy=ClosingPolicy())
    late = edge + timedelta(microseconds=1)
    assert not may_reopen(closed_at=closed_at, at=late, policy=ClosingPolicy())


def test_every_open_state_can_be_closed_and_only_taking_a_merger_back_leaves_merged():
    for state in ConversationState:
        goes_on = state not in (ConversationState.CLOSED, ConversationState.MERGED)
        assert ((state, Happening.CLOSED) in CONVERSATION) is goes_on
        assert (ConversationState.MERGED, state) not in CONVERSATION
    leaving = [key[1] for key in CONVERSATION if key[0] is ConversationState.MERGED]
    assert leaving == [Happening.REOPENED]


def test_an_impossible_move_is_refused():
    with pytest.raises(IllegalMove):
        move(ConversationState.CLOSED, Happening.HUMAN_REPLIED)
    assert move(ConversationState.QUEUED, Happening.ASSIGNED_WAITING) is ConversationState.ACTIVE


def test_a_turn_that_has_ended_stays_ended():
    assert all(not following for state, following in TURN.items() if state is not TurnState.OPEN)
    assert set(TURN) == set(TurnState)
