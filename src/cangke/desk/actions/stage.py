"""Pre-sales or after-sales: the order that decides, the hand-over when it is shipped (B1, B2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Refusal
from cangke.orders.public import Order, OrderLine
from cangke.people.public import Employee

from ..events import ConversationQueued, HandOverMarked
from ..models import Conversation
from ..queries.stages import group_for, stage_of
from ..rules.facts import SegmentEnd
from ..rules.stage import Stage
from ..rules.states import ConversationState, Happening
from .attending import touch
from .rating import withdraw_rating
from .thread import Thread, acting_employee, kept_because


class MarkRefused(Refusal):
    """What is marked needs its reason, or does not fit."""


def restage(thread: Thread) -> None:
    """Decide stage and queue anew, and say so if they change; a stage set by hand stays."""
    conversation = thread.conversation
    if conversation.stage_source == "manual":
        return
    decided = stage_of(conversation, on=thread.day)
    if decided.order_id != conversation.order_id:
        thread.set(order_id=decided.order_id)
    if decided.stage != conversation.stage:
        thread.tell(
            "stage",
            because=decided.because,
            before=conversation.stage,
            after=decided.stage.value,
            order=decided.order_id,
        )
    thread.set(
        stage=Stage(decided.stage),
        stage_source="order",
        stage_because=kept_because(decided.because),
    )
    group_id, _because = group_for(conversation)
    if group_id != conversation.group_id:
        thread.set(group_id=group_id)


def settle_hand_over(thread: Thread) -> bool:
    """Let a marked hand-over take effect: the next stretch is after-sales'."""
    if thread.conversation.hand_over_at is None:
        return False
    thread.set(hand_over_at=None)
    restage(thread)
    return True


def hand_over_if_due(thread: Thread) -> bool:
    """
    Give a conversation whose order has been shipped to after-sales, with the next message (B2).

    The agent before stays the order's own agent; what was asked before stays theirs.
    """
    conversation = thread.conversation
    was = conversation.stage
    if not settle_hand_over(thread):
        return False
    if conversation.stage == was or conversation.assignee_id is None:
        return False
    event = thread.tell("handed_over", stage=conversation.stage, agent=conversation.assignee_id)
    thread.end_segment(SegmentEnd.STAGE_CHANGED, seq=event.seq)
    thread.to_queue()
    return True


def reopen_thread(thread: Thread, *, by: Employee | None = None) -> None:
    """Open a closed conversation again: same number, decided anew, back into its queue."""
    conversation = thread.conversation
    thread.set(
        assignee=None,
        closed_at=None,
        closed_by=None,
        close_reason="",
        question_type=None,
        handling_result=None,
        lost_reason="",
        lapses=0,
        escalated="",
        reopen_count=conversation.reopen_count + 1,
        queued_at=thread.at,
    )
    thread.go(Happening.REOPENED)
    withdraw_rating(thread)
    thread.tell("reopened", by=by)
    restage(thread)


@transaction.atomic
def choose_order(
    *,
    conversation_id: int,
    order: Order | None,
    by: Account,
    at: dt.datetime,
    line: OrderLine | None = None,
) -> Conversation:
    """
    Say which order, or which line of it, the conversation is about (AMB-23); None: the latest.

    The stage follows. Whoever holds the conversation keeps it: answer or transfer (A7).

    :raises MarkRefused: if the line is not the order's
    """
    if line is not None and (order is None or line.order_id != order.pk):
        raise MarkRefused(_("所选商品不在此订单中。"), field="line")
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="reply", at=at)
    conversation = thread.conversation
    before = conversation.order_id
    thread.set(
        order=order,
        order_line=line,
        order_chosen=order is not None,
        stage_source="order",
    )
    thread.tell("order_chosen", by=employee, order=None if order is None else order.pk)
    restage(thread)
    _tell_queue(thread)
    thread.save()
    record(
        "desk.order_chosen",
        obj=conversation,
        by=by,
        at=at,
        changes={"order": [before, conversation.order_id], "line": conversation.order_line_id},
    )
    return conversation


@transaction.atomic
def set_stage(
    *, conversation_id: int, stage: Stage, reason: str, by: Account, at: dt.datetime
) -> Conversation:
    """
    Set the stage by hand, against what the order says.

    :raises MarkRefused: without a reason
    """
    if not reason.strip():
        raise MarkRefused(_("请写明原因。"), field="reason")
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="transfer", at=at)
    thread.require_open()
    conversation = thread.conversation
    before = conversation.stage
    thread.set(stage=stage, stage_source="manual", stage_because={}, hand_over_at=None)
    thread.tell("stage", by=employee, before=before, after=stage.value, reason=reason[:200])
    group_id, _because = group_for(conversation)
    thread.set(group_id=group_id)
    _tell_queue(thread)
    thread.save()
    record(
        "desk.stage_set",
        obj=conversation,
        by=by,
        at=at,
        changes={"stage": [before, stage.value]},
        reason=reason,
    )
    return conversation


def _tell_queue(thread: Thread) -> None:
    """A queued conversation may have come into another queue: find somebody anew."""
    conversation = thread.conversation
    if conversation.state == ConversationState.QUEUED:
        publish(
            ConversationQueued(
                conversation_id=conversation.pk,
                group_id=conversation.group_id,
                reason="stage",
                at=thread.at,
            )
        )


@transaction.atomic
def set_priority(
    *, conversation_id: int, priority: int, reason: str, by: Account, at: dt.datetime
) -> Conversation:
    """
    Flag a conversation as time-critical, or no longer; the queue shows it first (A20, A21).

    :raises MarkRefused: without a reason, or for a priority there is not
    """
    if not reason.strip():
        raise MarkRefused(_("请写明原因，排队次序的改动会留痕。"), field="reason")
    if priority not in range(4):
        raise MarkRefused(_("没有这个优先级。"), field="priority")
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="reply", at=at)
    thread.require_open()
    conversation = thread.conversation
    before = conversation.priority
    thread.set(priority=priority)
    thread.tell("priority", by=employee, before=before, after=priority, reason=reason[:200])
    thread.save()
    record(
        "desk.priority_set",
        obj=conversation,
        by=by,
        at=at,
        changes={"priority": [before, priority]},
        reason=reason,
    )
    return conversation


def mark_hand_over(*, order_id: int, at: dt.datetime) -> int:
    """
    Mark the conversations of a shipped order: the customer's next message goes to after-sales (B2).

    What waits in a queue moves at once; who holds a conversation keeps it until the customer
    writes again, and stays the order's own agent. Doing it again changes nothing.
    """
    order = Order.objects.filter(pk=order_id).values("customer_id").first()
    if order is None:
        return 0
    concerned = Conversation.objects.open().filter(order_id=order_id)
    if order["customer_id"] is not None:
        concerned = concerned | Conversation.objects.open().filter(
            customer_id=order["customer_id"], order_chosen=False
        )
    ids: Collection[int] = concerned.values_list("pk", flat=True)
    return sum(_mark_one(pk, order_id, at) for pk in sorted(ids))


@transaction.atomic
def _mark_one(conversation_id: int, order_id: int, at: dt.datetime) -> bool:
    thread = Thread.lock(conversation_id, at=at)
    conversation = thread.conversation
    # A shipment entered late is still news to the conversation.
    thread.at = max(at, conversation.last_message_at)
    if not conversation.is_open or conversation.stage_source == "manual":
        return False
    decided = stage_of(conversation, on=thread.day)
    if decided.stage == conversation.stage or conversation.hand_over_at is not None:
        return False
    if conversation.assignee_id is None:
        restage(thread)
        _tell_queue(thread)
    else:
        thread.set(hand_over_at=at)
        thread.tell("hand_over", because=decided.because, order=order_id)
    thread.save()
    record(
        "desk.hand_over_marked",
        obj=conversation,
        by=None,
        at=at,
        changes={"order": order_id, "stage": [conversation.stage, decided.stage.value]},
    )
    publish(HandOverMarked(conversation_id=conversation.pk, order_id=order_id, at=at))
    return True
