"""Handing a conversation to a colleague or a queue; the customer's clock runs on (A8)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, can
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee

from ..events import ConversationAssigned, ConversationQueued, TransferRequested
from ..models import QueueGroup, Transfer
from ..rules.facts import SegmentEnd
from .attending import ensure_profile, note_assigned, touch
from .hold import NothingHeld
from .pending import finish, pending_of
from .stage import settle_hand_over
from .thread import Thread, acting_employee


class TransferRefused(Refusal):
    """A transfer names a reason and somebody else."""


class TransferPending(Conflict):
    """Another transfer is still waiting to be accepted."""


class TransferOver(Conflict):
    """The transfer has been answered, withdrawn, or has lapsed."""


@transaction.atomic
def request_transfer(
    *,
    conversation_id: int,
    reason: str,
    by: Account,
    at: dt.datetime,
    to_agent: Employee | None = None,
    to_group: QueueGroup | None = None,
) -> Transfer:
    """
    Ask a colleague to take over, or put the conversation into another queue.

    To a colleague nothing moves until they accept; to a queue the sender is free at once. Without
    having replied, the sender's turn counts as passed on unanswered, up to this moment.

    :raises TransferRefused: without a reason, without one target, or to oneself
    :raises NothingHeld: if the conversation is not one's own
    :raises TransferPending: if one is waiting already
    """
    if not reason.strip():
        raise TransferRefused(_("请写明转接原因。"), field="reason")
    if (to_agent is None) == (to_group is None):
        raise TransferRefused(_("请选择一位同事或一个接待组。"), field="target")
    employee = acting_employee(by)
    if to_agent is not None and to_agent.pk == employee.pk:
        raise TransferRefused(_("不能转给自己。"), field="target")
    touch(employee, at=at)
    if to_agent is not None:
        ensure_profile(to_agent)
    thread = Thread.lock_for(conversation_id, by=by, action="transfer", at=at)
    thread.require_open()
    conversation = thread.conversation
    held = thread.ledger.segment
    if held is None or (held.agent_id != employee.pk and not can(by, "desk.assign")):
        raise NothingHeld(_("这个会话不在您手上。"))
    if pending_of(thread) is not None:
        raise TransferPending(_("已有一个转接在等待对方接受。"))
    event = thread.tell(
        "transfer_requested",
        by=employee,
        to_agent=None if to_agent is None else to_agent.pk,
        to_group=None if to_group is None else to_group.pk,
        reason=reason.strip()[:200],
    )
    transfer = Transfer.objects.create(
        conversation=conversation,
        from_agent_id=held.agent_id,
        from_segment_id=held.segment_id,
        to_agent=to_agent,
        to_group=to_group,
        reason=reason.strip()[:200],
        requested_at=at,
        requested_seq=event.seq,
    )
    if to_agent is not None:
        thread.topics.add(f"agent:{to_agent.pk}")
    else:
        _move_to_group(thread, transfer)
    thread.save()
    record(
        "desk.transfer_requested",
        obj=conversation,
        by=by,
        at=at,
        changes={
            "transfer": transfer.pk,
            "to_agent": transfer.to_agent_id,
            "to_group": transfer.to_group_id,
        },
        reason=transfer.reason,
    )
    publish(
        TransferRequested(
            conversation_id=conversation.pk,
            transfer_id=transfer.pk,
            to_employee_id=transfer.to_agent_id,
            to_group_id=transfer.to_group_id,
            at=at,
        )
    )
    return transfer


def _move_to_group(thread: Thread, transfer: Transfer) -> None:
    """A queue accepts at once: whoever takes the conversation out of it accepts it."""
    settle_hand_over(thread)
    event = thread.tell("transferred", to_group=transfer.to_group_id)
    thread.end_segment(SegmentEnd.TRANSFERRED, seq=event.seq)
    thread.to_queue(group_id=transfer.to_group_id)
    finish(thread, transfer, "accepted")
    publish(
        ConversationQueued(
            conversation_id=thread.conversation.pk,
            group_id=transfer.to_group_id,
            reason=SegmentEnd.TRANSFERRED,
            at=thread.at,
        )
    )


@transaction.atomic
def accept_transfer(*, transfer_id: int, by: Account, at: dt.datetime) -> Transfer:
    """
    Take over a conversation that was offered.

    The wait before the request stays with the sender; from the request on it is the receiver's.

    :raises TransferOver: if the offer no longer stands
    """
    employee = acting_employee(by)
    touch(employee, at=at)
    note_assigned(employee.pk, at=at)
    thread, transfer = _lock(transfer_id, by=by, at=at)
    if transfer.to_agent_id != employee.pk:
        raise Http404
    if transfer.state == "accepted":
        return transfer
    _require_pending(transfer)
    accept(thread, transfer, employee, by=by)
    thread.save()
    return transfer


def accept(thread: Thread, transfer: Transfer, employee: Employee, *, by: Account) -> None:
    """Move the conversation at the moment of the request, and tell it."""
    at = thread.at
    settle_hand_over(thread)
    event = thread.tell("transferred", by=employee, agent=employee.pk, transfer=transfer.pk)
    thread.end_segment(SegmentEnd.TRANSFERRED, seq=event.seq, ended_at=transfer.requested_at)
    segment = thread.begin_segment(
        employee, seq=event.seq, started_by="transfer", started_at=transfer.requested_at
    )
    finish(thread, transfer, "accepted")
    record(
        "desk.transfer_accepted",
        obj=thread.conversation,
        by=by,
        at=at,
        changes={"assignee": [transfer.from_agent_id, employee.pk], "transfer": transfer.pk},
    )
    publish(
        ConversationAssigned(
            conversation_id=thread.conversation.pk,
            segment_id=segment.pk,
            employee_id=employee.pk,
            started_by="transfer",
            at=at,
        )
    )


def take_over_by_replying(thread: Thread, employee: Employee, *, by: Account) -> None:
    """Whoever answers a conversation that is offered to them has accepted it."""
    transfer = pending_of(thread)
    if transfer is not None and transfer.to_agent_id == employee.pk:
        accept(thread, transfer, employee, by=by)


@transaction.atomic
def decline_transfer(*, transfer_id: int, answer: str, by: Account, at: dt.datetime) -> Transfer:
    """
    Say no, with the reason; the sender has never stopped being answerable.

    :raises TransferRefused: without a reason
    :raises TransferOver: if the offer no longer stands
    """
    if not answer.strip():
        raise TransferRefused(_("请写明不接的原因。"), field="answer")
    employee = acting_employee(by)
    touch(employee, at=at)
    thread, transfer = _lock(transfer_id, by=by, at=at)
    if transfer.to_agent_id != employee.pk:
        raise Http404
    _end(thread, transfer, "declined", by=by, employee=employee, answer=answer.strip())
    return transfer


@transaction.atomic
def withdraw_transfer(*, transfer_id: int, by: Account, at: dt.datetime) -> Transfer:
    """
    Take an offer back before it was answered.

    :raises TransferOver: if it has been
    """
    employee = acting_employee(by)
    touch(employee, at=at)
    thread, transfer = _lock(transfer_id, by=by, at=at)
    if transfer.from_agent_id != employee.pk and not can(by, "desk.assign"):
        raise Http404
    _end(thread, transfer, "withdrawn", by=by, employee=employee)
    return transfer


@transaction.atomic
def lapse_transfer(*, transfer_id: int, at: dt.datetime) -> bool:
    """End an offer that nobody answered in time; the sender still holds the conversation."""
    conversation_id = (
        Transfer.objects.filter(pk=transfer_id).values_list("conversation_id", flat=True).first()
    )
    if conversation_id is None:
        return False
    thread = Thread.lock(conversation_id, at=at)
    transfer = Transfer.objects.get(pk=transfer_id)
    if transfer.state != "pending":
        return False
    _end(thread, transfer, "lapsed", by=None, employee=None)
    return True


def _lock(transfer_id: int, *, by: Account, at: dt.datetime) -> tuple[Thread, Transfer]:
    """Lock the conversation of a transfer and read the transfer as it is now."""
    found = Transfer.objects.filter(pk=transfer_id).first()
    if found is None:
        raise Http404
    thread = Thread.lock(found.conversation_id, at=at)
    found.refresh_from_db()
    return thread, found


def _require_pending(transfer: Transfer) -> None:
    if transfer.state != "pending":
        raise TransferOver(_("这个转接已经%(state)s。") % {"state": transfer.get_state_display()})


def _end(
    thread: Thread,
    transfer: Transfer,
    outcome: str,
    *,
    by: Account | None,
    employee: Employee | None,
    answer: str = "",
) -> None:
    _require_pending(transfer)
    thread.tell(
        f"transfer_{outcome}", by=employee, transfer=transfer.pk, reason=answer[:200] or None
    )
    finish(thread, transfer, outcome, answer=answer)
    thread.save()
    record(
        f"desk.transfer_{outcome}",
        obj=thread.conversation,
        by=by,
        at=thread.at,
        changes={"transfer": transfer.pk},
        reason=answer,
    )
