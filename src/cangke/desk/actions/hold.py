"""Who is answerable: claim, assign, take over, release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cangke.foundation.access.public import Account, get_visible, scope
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee

from ..events import ConversationAssigned, ConversationQueued
from ..models import Conversation, Segment
from ..permissions import groups_of
from ..queries.agents import ahead_of
from ..rules.facts import SegmentEnd
from ..rules.states import ConversationState
from ..rules.wording import Because
from .attending import ensure_profile, note_assigned, touch
from .pending import drop_pending
from .stage import settle_hand_over
from .thread import Thread, acting_employee


class AlreadyClaimed(Conflict):
    """Somebody else has taken the conversation."""

    def __init__(self, holder: Employee | None) -> None:
        who = "" if holder is None else holder.name
        super().__init__(
            _("会话已被 %(name)s 接起。") % {"name": who} if who else _("会话已不在队列中。")
        )
        self.holder = holder


class NothingHeld(Conflict):
    """Nobody holds the conversation, or it is not yours."""


class OutOfTurn(Refusal):
    """Others wait longer: who goes first by hand is published with a reason (A20, A21)."""

    def __init__(self, count: int) -> None:
        super().__init__(
            ngettext(
                "前面还有 %(count)s 位客户在等。请先接待排在最前的，或写明先接这位的原因。",
                "前面还有 %(count)s 位客户在等。请先接待排在最前的，或写明先接这位的原因。",
                count,
            )
            % {"count": count},
            field="reason",
        )


class ReasonMissing(Refusal):
    """A move by hand is published with its reason (A21, B5)."""


@transaction.atomic
def claim(*, conversation_id: int, by: Account, at: dt.datetime, reason: str = "") -> Conversation:
    """
    Take a conversation out of the queue; of several at once exactly one succeeds (X18).

    Claiming again what one holds already changes nothing.

    :raises AlreadyClaimed: if somebody else was first
    :raises OutOfTurn: if others of the queue are before it and no reason is given
    """
    employee = acting_employee(by)
    ensure_profile(employee)
    touch(employee, at=at)
    note_assigned(employee.pk, at=at)
    _require_in_reach(conversation_id, by)
    wanted = Conversation.objects.queued().filter(pk=conversation_id).first()
    ahead = ahead_of(wanted).count() if wanted is not None else 0
    reason = reason.strip()[:200]
    if ahead and not reason:
        raise OutOfTurn(ahead)
    if not take_place(conversation_id):
        found = Conversation.objects.select_related("assignee").get(pk=conversation_id)
        if found.assignee_id == employee.pk and found.is_open:
            return found
        raise AlreadyClaimed(found.assignee if found.is_open else None)
    thread = Thread.lock(conversation_id, at=at)
    take_queued(thread, employee, started_by="claim", reason=reason if ahead else "")
    thread.save()
    if ahead:
        _record_jump(thread, ahead, reason=reason, by=by)
    else:
        record("desk.claimed", obj=thread.conversation, by=by, at=at)
    return thread.conversation


def _record_jump(thread: Thread, ahead: int, *, reason: str, by: Account) -> None:
    """Keep who was served before how many others, and why (A21)."""
    record(
        "desk.claimed_out_of_turn",
        obj=thread.conversation,
        by=by,
        at=thread.at,
        changes={"ahead": ahead},
        reason=reason,
    )


def take_by_replying(thread: Thread, employee: Employee, *, by: Account, reason: str) -> None:
    """
    Who answers a customer nobody holds becomes answerable; going before others has its reason.

    :raises OutOfTurn: if others of the queue are before it and no reason is given
    """
    ahead = ahead_of(thread.conversation).count()
    reason = reason.strip()[:200]
    if ahead and not reason:
        raise OutOfTurn(ahead)
    take_queued(thread, employee, started_by="claim", reason=reason if ahead else "")
    if ahead:
        _record_jump(thread, ahead, reason=reason, by=by)


def _require_in_reach(conversation_id: int, by: Account) -> None:
    """:raises Http404: unless the account may see it, or serves the queue it came from"""
    reach = Q(pk__in=scope(by, Conversation, "claim").values("pk")) | groups_of(by)
    if not Conversation.objects.filter(reach, pk=conversation_id).exists():
        get_visible(by, Conversation, "claim", pk=conversation_id)
        raise Http404


def take_place(conversation_id: int) -> bool:
    """
    Win the right to take a queued conversation: of several at once exactly one is told yes.

    The statement changes the row only while nobody holds it, and keeps it locked until the end of
    the transaction.
    """
    return bool(
        Conversation.objects.filter(
            pk=conversation_id, state=ConversationState.QUEUED, assignee__isnull=True
        ).update(queued_at=None)
    )


def take_queued(
    thread: Thread,
    employee: Employee,
    *,
    started_by: str,
    because: Because | None = None,
    reason: str = "",
) -> Segment:
    """Make the employee answerable for a conversation nobody holds, and tell it."""
    settle_hand_over(thread)
    event = thread.tell(
        "assigned",
        agent=employee.pk,
        started_by=started_by,
        because=because,
        reason=reason or None,
    )
    segment = thread.begin_segment(employee, seq=event.seq, started_by=started_by, because=because)
    publish(
        ConversationAssigned(
            conversation_id=thread.conversation.pk,
            segment_id=segment.pk,
            employee_id=employee.pk,
            started_by=started_by,
            at=thread.at,
        )
    )
    return segment


@transaction.atomic
def assign(
    *, conversation_id: int, to: Employee, reason: str, by: Account, at: dt.datetime
) -> Conversation:
    """
    Give a conversation to somebody by hand, or take it over oneself (B5, O5).

    Whoever held it loses it at this moment; within the grace the wait is not held against them.

    :raises ReasonMissing: without a reason
    :raises ConversationEnded: if it is closed
    """
    if not reason.strip():
        raise ReasonMissing(_("请写明指派原因。"), field="reason")
    employee = acting_employee(by)
    ensure_profile(to)
    touch(employee, at=at)
    note_assigned(to.pk, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="assign", at=at)
    thread.require_open()
    conversation = thread.conversation
    before = conversation.assignee_id
    if before == to.pk:
        return conversation
    give(thread, to, reason=reason.strip(), by=employee)
    thread.save()
    record(
        "desk.assigned",
        obj=conversation,
        by=by,
        at=at,
        changes={"assignee": [before, to.pk]},
        reason=reason.strip(),
    )
    return conversation


def give(thread: Thread, to: Employee, *, reason: str, by: Employee) -> None:
    """Make somebody answerable from now on, whoever was before, and tell it."""
    drop_pending(thread)
    settle_hand_over(thread)
    before = thread.conversation.assignee_id
    event = thread.tell("reassigned", by=by, agent=to.pk, before=before, reason=reason[:200])
    thread.end_segment(SegmentEnd.TAKEN_OVER, seq=event.seq)
    segment = thread.begin_segment(to, seq=event.seq, started_by="supervisor")
    publish(
        ConversationAssigned(
            conversation_id=thread.conversation.pk,
            segment_id=segment.pk,
            employee_id=to.pk,
            started_by="supervisor",
            at=thread.at,
        )
    )


@transaction.atomic
def assign_many(
    *,
    conversation_ids: Collection[int],
    to: Employee,
    reason: str,
    by: Account,
    at: dt.datetime,
) -> list[Conversation]:
    """
    Give several conversations to somebody by hand; if one of them cannot be given, none is (B5).

    :raises ReasonMissing: without a reason
    :raises ConversationEnded: if one of them has been closed meanwhile
    """
    if not reason.strip():
        raise ReasonMissing(_("请写明指派原因。"), field="reason")
    # In one order, so that two leaders who move the same ones do not wait for each other for ever.
    return [
        assign(conversation_id=pk, to=to, reason=reason, by=by, at=at)
        for pk in sorted(set(conversation_ids))
    ]


@transaction.atomic
def release(*, conversation_id: int, reason: str, by: Account, at: dt.datetime) -> Conversation:
    """
    Give one's conversation back to the queue, with a hand-over note (A27).

    A customer who is waiting stays waiting: the turn counts as passed on without a reply.

    :raises ReasonMissing: without a note for the next one
    :raises NothingHeld: if the conversation is not one's own
    """
    if not reason.strip():
        raise ReasonMissing(_("请写一句交接说明。"), field="reason")
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="transfer", at=at)
    thread.require_open()
    if thread.conversation.assignee_id != employee.pk:
        raise NothingHeld(_("这个会话不在您手上。"))
    requeue(thread, SegmentEnd.RELEASED, by=employee, reason=reason.strip()[:200])
    thread.save()
    record("desk.released", obj=thread.conversation, by=by, at=at, reason=reason.strip())
    return thread.conversation


def requeue(
    thread: Thread, end: SegmentEnd, *, by: Employee | None = None, reason: str = ""
) -> None:
    """Take the conversation from its agent and put it into its queue, and tell it."""
    conversation = thread.conversation
    drop_pending(thread)
    event = thread.tell(
        "requeued", by=by, agent=conversation.assignee_id, end=end.value, reason=reason or None
    )
    thread.end_segment(end, seq=event.seq)
    thread.to_queue()
    publish(
        ConversationQueued(
            conversation_id=conversation.pk,
            group_id=conversation.group_id,
            reason=end.value,
            at=thread.at,
        )
    )
