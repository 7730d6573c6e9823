"""The end of a conversation, and going on with one that has ended (A7, A19, B7)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, can, reach
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from ..events import ConversationClosed
from ..models import Conversation, HandlingResult, QuestionType
from ..rules.closing import (
    ClosingFacts,
    ClosingPolicy,
    ClosingReason,
    Standing,
    decide_closing,
    may_reopen,
)
from ..rules.facts import Closing, SegmentEnd
from ..rules.states import ConversationState, Happening
from ..rules.wording import Because
from .attending import ensure_profile, note_assigned, touch
from .hold import take_queued
from .later import has_waiting
from .pending import pending_of
from .rating import ask_for_rating
from .stage import reopen_thread
from .thread import Thread, acting_employee

ENDING = {
    ClosingReason.SPAM: Closing.SPAM,
    ClosingReason.TEST: Closing.TEST,
    ClosingReason.LEFT: Closing.LEFT,
    ClosingReason.BOT_ONLY: Closing.BOT_ONLY,
    ClosingReason.MERGED: Closing.MERGED,
}
FIELDS = {"close.no_type": "question_type", "close.no_result": "handling_result"}


class ClosingRefused(Refusal):
    """What speaks against closing, each reason with its field."""

    def __init__(self, because: tuple[Because, ...]) -> None:
        sentences = [_(each.sentence) % dict(each.facts) for each in because]
        super().__init__("；".join(sentences), field=FIELDS.get(because[0].code))
        self.because = because
        self.by_field = {
            FIELDS[each.code]: sentence
            for each, sentence in zip(because, sentences, strict=True)
            if each.code in FIELDS
        }


class NotReopenable(Conflict):
    """It is open, or has been closed for too long."""


@transaction.atomic
def close(
    *,
    conversation_id: int,
    by: Account,
    at: dt.datetime,
    question_type: QuestionType | None = None,
    handling_result: HandlingResult | None = None,
    lost_reason: str = "",
    reason: ClosingReason = ClosingReason.SETTLED,
) -> Conversation:
    """
    End a conversation with question type and handling result (A19).

    :raises ClosingRefused: with every reason against it: a waiting customer (A7), a pending
        transfer, a missing type or result, a major complaint (B7), somebody else's conversation
    """
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="close", at=at)
    conversation = thread.conversation
    decided = decide_closing(
        ClosingFacts(
            closed=not conversation.is_open,
            customer_waiting=thread.is_waiting,
            transfer_pending=pending_of(thread) is not None,
            major_complaint=conversation.is_major,
            has_question_type=question_type is not None,
            has_result=handling_result is not None,
            standing=standing_of(conversation, employee, by),
            reason=reason,
        )
    )
    if not decided.allowed:
        raise ClosingRefused(decided.because)
    thread.set(
        question_type=question_type, handling_result=handling_result, lost_reason=lost_reason[:200]
    )
    end(thread, reason, by=by, employee=employee)
    return conversation


def standing_of(conversation: Conversation, employee: Employee, by: Account) -> Standing:
    """Return how the person stands to the conversation; supervising is a right with a reach."""
    if can(by, "desk.supervise"):
        return Standing.LEADER if reach(by, "desk.supervise") <= {"team"} else Standing.SUPERVISOR
    if conversation.assignee_id == employee.pk:
        return Standing.OWNER
    return Standing.OTHER


def end(
    thread: Thread, reason: ClosingReason, *, by: Account | None, employee: Employee | None = None
) -> None:
    """Close the locked conversation and write it down."""
    conversation = thread.conversation
    event = thread.tell(
        "closed", by=employee, closing=ENDING.get(reason, Closing.CLOSED), reason=reason.value
    )
    held_by = conversation.assignee_id
    thread.end_segment(SegmentEnd.CLOSED, seq=event.seq)
    thread.go(Happening.CLOSED)
    # Who held it last keeps it among their own, and may open it again.
    thread.set(assignee_id=held_by)
    thread.set(
        closed_at=thread.at,
        closed_by=by,
        close_reason=reason,
        queued_at=None,
        snoozed_until=None,
        hand_over_at=None,
        unread=0,
    )
    ask_for_rating(thread, reason, held_by=held_by)
    thread.save()
    record(
        "desk.closed",
        obj=conversation,
        by=by,
        at=thread.at,
        changes={
            "reason": reason.value,
            "question_type": conversation.question_type_id,
            "handling_result": conversation.handling_result_id,
        },
    )
    publish(
        ConversationClosed(
            conversation_id=conversation.pk,
            reason=reason.value,
            question_type_id=conversation.question_type_id,
            handling_result_id=conversation.handling_result_id,
            at=thread.at,
        )
    )


@transaction.atomic
def close_idle(*, conversation_id: int, at: dt.datetime) -> bool:
    """Close what the customer has left unanswered for long; it is not counted as solved."""
    thread = Thread.lock(conversation_id, at=at)
    conversation = thread.conversation
    hours = policy(ClosingPolicy, on=thread.day).auto_close_hours
    quiet = conversation.last_message_at <= at - dt.timedelta(hours=hours)
    if conversation.state != ConversationState.WAITING_CUSTOMER or not quiet:
        return False
    if has_waiting(conversation):
        return False  # something is still to be said
    decided = decide_closing(
        ClosingFacts(
            closed=False,
            customer_waiting=thread.is_waiting,
            transfer_pending=pending_of(thread) is not None,
            major_complaint=conversation.is_major,
            has_question_type=False,
            has_result=False,
            standing=Standing.HOUSE,
            reason=ClosingReason.AUTO_IDLE,
        )
    )
    if not decided.allowed:
        return False
    end(thread, ClosingReason.AUTO_IDLE, by=None)
    return True


@transaction.atomic
def reopen(*, conversation_id: int, by: Account, at: dt.datetime) -> Conversation:
    """
    Go on with a closed conversation under its number; whoever reopens it holds it.

    :raises NotReopenable: if it is open, or was closed longer ago than the rulebook allows
    """
    employee = acting_employee(by)
    ensure_profile(employee)
    touch(employee, at=at)
    note_assigned(employee.pk, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="close", at=at)
    conversation = thread.conversation
    rule = policy(ClosingPolicy, on=thread.day)
    closed_at = conversation.closed_at
    if (
        conversation.state != ConversationState.CLOSED
        or closed_at is None
        or not may_reopen(closed_at=closed_at, at=at, policy=rule)
    ):
        raise NotReopenable(
            _("只有 %(hours)s 小时内结束的会话可以重新打开。") % {"hours": rule.reopen_hours}
        )
    before = conversation.close_reason
    reopen_thread(thread, by=employee)
    take_queued(thread, employee, started_by="claim")
    thread.save()
    record("desk.reopened", obj=conversation, by=by, at=at, changes={"close_reason": [before, ""]})
    return conversation
