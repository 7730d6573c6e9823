"""Two conversations of one customer become one; what was merged can be taken apart again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, can
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from ..models import Conversation
from ..rules.closing import ClosingPolicy, ClosingReason, may_reopen
from ..rules.facts import SegmentEnd
from ..rules.states import Happening
from .attending import ensure_profile, note_assigned, touch
from .hold import take_queued
from .later import move_waiting
from .pending import drop_pending
from .thread import TALK, Thread, acting_employee


class NotMergeable(Refusal):
    """The two are not of one customer and channel, or a customer would lose an answer by it."""


class NotSeparable(Conflict):
    """What came after the merger belongs to both."""


@transaction.atomic
def merge(
    *, conversation_id: int, into_id: int, by: Account, at: dt.datetime, reason: str = ""
) -> Conversation:
    """
    Let a conversation end in another one of the same customer and channel; return the other.

    Late messages and replies to the merged one go to the kept one. Nothing that was said moves:
    messages, stretches and turns stay where they happened, with their clocks, so no figure
    changes. For the same reason a waiting customer is answered first.

    :raises NotMergeable: with the reason against it
    :raises Http404: if one of them is out of the account's reach
    """
    employee = acting_employee(by)
    touch(employee, at=at)
    first, second = sorted([conversation_id, into_id])
    held = {
        pk: Thread.lock_for(pk, by=by, action="close", at=at)
        for pk in dict.fromkeys([first, second])
    }
    merged, kept = held[conversation_id], held[into_id]
    _check(merged, kept, employee, by)
    one, other = merged.conversation, kept.conversation
    drop_pending(merged)
    event = merged.tell("merged_into", by=employee, conversation=other.pk, number=other.number)
    merged.end_segment(SegmentEnd.CLOSED, seq=event.seq)
    merged.go(Happening.MERGED)
    merged.set(
        merged_into=other,
        assignee=None,
        closed_at=at,
        closed_by=by,
        close_reason=ClosingReason.MERGED,
        queued_at=None,
        snoozed_until=None,
        hand_over_at=None,
        unread=0,
    )
    merged.save()
    # Who was merged into this one before goes on to the kept one, in one step.
    Conversation.objects.filter(merged_into=one).update(merged_into=other)
    move_waiting(one, other, at=at)
    kept.tell("merged_in", by=employee, conversation=one.pk, number=one.number)
    kept.set(priority=max(one.priority, other.priority), is_major=one.is_major or other.is_major)
    kept.save()
    record(
        "desk.merged",
        obj=other,
        by=by,
        at=at,
        changes={"merged": one.number, "conversation": one.pk},
        reason=reason.strip()[:200],
    )
    return other


def _check(merged: Thread, kept: Thread, employee: Employee, by: Account) -> None:
    one, other = merged.conversation, kept.conversation
    if one.pk == other.pk:
        raise NotMergeable(_("请选择另一个会话。"), field="into")
    if one.customer_id != other.customer_id or one.channel_id != other.channel_id:
        raise NotMergeable(
            _("只能合并同一位客户在同一渠道的会话：回复要从客户来信的地方发出。"), field="into"
        )
    if one.visitor_key:
        raise NotMergeable(_("在线聊天跟着访客的浏览器走，不能并入别的会话。"), field="into")
    if not one.is_open or not other.is_open:
        raise NotMergeable(_("只能合并还没有结束的会话。"), field="into")
    if not can(by, "desk.assign"):
        for each in (one, other):
            if each.assignee_id not in (None, employee.pk):
                raise NotMergeable(_("会话在同事手上，请先让对方转给您，或请组长合并。"))
        if other.assignee_id != employee.pk:
            raise NotMergeable(_("请并入您手上的会话。"), field="into")
    if merged.is_waiting or any(turn.wants_real_answer for turn in merged.ledger.turns):
        raise NotMergeable(_("客户还在等这个会话的回复，请先答复再合并；或者反过来并入这个会话。"))


@transaction.atomic
def separate(*, conversation_id: int, by: Account, at: dt.datetime) -> Conversation:
    """
    Take a merged conversation out again, while nothing has been said since; who does it holds it.

    :raises NotSeparable: once somebody has written in the kept one, or after the time in which
        a conversation may be opened again
    """
    employee = acting_employee(by)
    ensure_profile(employee)
    touch(employee, at=at)
    note_assigned(employee.pk, at=at)
    into_id = (
        Conversation.objects.filter(pk=conversation_id)
        .values_list("merged_into_id", flat=True)
        .first()
    )
    if into_id is None:
        # Out of reach looks like not there; in reach, it is not a merged one.
        Thread.lock_for(conversation_id, by=by, action="close", at=at)
        raise NotSeparable(_("这个会话没有并入别的会话。"))
    held = {
        pk: Thread.lock_for(pk, by=by, action="close", at=at)
        for pk in sorted([conversation_id, into_id])
    }
    merged, kept = held[conversation_id], held[into_id]
    one, other = merged.conversation, kept.conversation
    if one.merged_into_id != other.pk or one.closed_at is None:
        raise Http404
    rule = policy(ClosingPolicy, on=merged.day)
    since = _merged_in(other, one)
    said = other.messages.filter(seq__gt=since, direction__in=TALK).exists()
    if said or not other.is_open:
        raise NotSeparable(_("合并后这里已经有新的往来，不能再拆开。"))
    if not may_reopen(closed_at=one.closed_at, at=at, policy=rule):
        raise NotSeparable(
            _("合并已超过 %(hours)s 小时，不能再拆开。") % {"hours": rule.reopen_hours}
        )
    merged.go(Happening.REOPENED)
    merged.set(merged_into=None, closed_at=None, closed_by=None, close_reason="", queued_at=at)
    merged.tell("separated", by=employee, number=other.number)
    take_queued(merged, employee, started_by="claim")
    merged.save()
    kept.tell("separated_from", by=employee, conversation=one.pk, number=one.number)
    kept.save()
    record("desk.separated", obj=one, by=by, at=at, changes={"kept": other.number})
    return one


def _merged_in(other: Conversation, one: Conversation) -> int:
    """Return the number of the line that tells of the merger; several in a row: of this one."""
    lines = other.messages.filter(event="merged_in").order_by("-seq")
    for line in lines:
        if line.data.get("conversation") == one.pk:
            return line.seq
    # It came along with one that was merged later: that line is the younger one.
    newest = lines.first()
    return 0 if newest is None else newest.seq
