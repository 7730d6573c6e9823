"""Replies that go out at a time: written now, sent then, held when the customer writes between."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, can, get_visible, scope
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from ..events import LaterReplyHeld, ReplySent
from ..models import Conversation, Draft, LaterReply
from ..rules.closing import ClosingPolicy
from ..rules.courtesy import CourtesyPolicy, find_words
from ..rules.facts import Direction, Origin, SenderKind
from .attending import touch
from .conduct import Discourteous, keep_stopped
from .thread import Thread, acting_employee

MOST_AT_ONCE = 100
UNSENT = ("waiting", "held")


class NotScheduled(Refusal):
    """There is nothing to send, or the time is past or too far."""


class AlreadySent(Conflict):
    """It has been sent or cancelled in the meantime."""


def schedule_reply(
    *,
    conversation_id: int,
    body: str,
    send_at: dt.datetime,
    by: Account,
    at: dt.datetime,
    client_token: str,
) -> LaterReply:
    """
    Write a reply that goes out at ``send_at``, by whoever holds the conversation.

    It counts as a reply from the moment it is really sent, never before (A5). The same
    ``client_token`` again returns the one that was written. What no customer is to read is
    stopped now, and looked at again before sending (A11).

    :raises NotScheduled: if it is empty, not one's own conversation, or not in the time to come
    :raises Discourteous: if it says what the rulebook bans
    """
    try:
        return _schedule(conversation_id, body, send_at, by, at, client_token)
    except Discourteous as stopped:
        keep_stopped(conversation_id=conversation_id, text=body, words=stopped.words, by=by, at=at)
        raise


@transaction.atomic
def _schedule(
    conversation_id: int,
    body: str,
    send_at: dt.datetime,
    by: Account,
    at: dt.datetime,
    client_token: str,
) -> LaterReply:
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="reply", at=at)
    twin = LaterReply.objects.filter(
        conversation=thread.conversation, client_token=client_token
    ).first()
    if twin is not None:
        return twin
    thread.require_open()
    if thread.conversation.assignee_id != employee.pk:
        raise NotScheduled(_("会话不在您手上，不能定时回复。"))
    _check(thread, body, send_at)
    row = LaterReply.objects.create(
        conversation=thread.conversation,
        employee=employee,
        by=by,
        body=body,
        send_at=send_at,
        seen_seq=thread.conversation.last_seq,
        client_token=client_token,
        written_at=at,
    )
    Draft.objects.filter(
        conversation=thread.conversation, employee=employee, is_note=False
    ).delete()
    thread.save()
    _record("desk.later_written", row, by=by, at=at)
    return row


def _check(thread: Thread, body: str, send_at: dt.datetime) -> None:
    if not body.strip():
        raise NotScheduled(_("请先输入回复内容。"), field="body")
    most = policy(ClosingPolicy, on=thread.day).snooze_days
    if send_at <= thread.at:
        raise NotScheduled(_("请选择一个还没到的时间。"), field="send_at")
    if send_at > thread.at + dt.timedelta(days=most):
        raise NotScheduled(_("最多定到 %(days)s 天后。") % {"days": most}, field="send_at")
    insults = _banned(thread, body)
    if insults:
        raise Discourteous(insults)


def _banned(thread: Thread, body: str) -> tuple[str, ...]:
    return tuple(find_words(body, policy(CourtesyPolicy, on=thread.day).banned_words))


def change_later(
    *, later_id: int, body: str, send_at: dt.datetime, by: Account, at: dt.datetime
) -> LaterReply:
    """
    Write an unsent reply anew, for the same time or another; a held one goes on waiting.

    :raises AlreadySent: if it was sent or cancelled
    :raises NotScheduled: as `schedule_reply`
    """
    conversation_id = _conversation_of(later_id, by)
    try:
        return _change(later_id, conversation_id, body, send_at, by, at)
    except Discourteous as stopped:
        keep_stopped(conversation_id=conversation_id, text=body, words=stopped.words, by=by, at=at)
        raise


@transaction.atomic
def _change(
    later_id: int,
    conversation_id: int,
    body: str,
    send_at: dt.datetime,
    by: Account,
    at: dt.datetime,
) -> LaterReply:
    employee = acting_employee(by)
    touch(employee, at=at)
    thread, row = _lock(later_id, conversation_id, by=by, at=at)
    thread.require_open()
    if thread.conversation.assignee_id != employee.pk:
        raise NotScheduled(_("会话不在您手上，不能定时回复。"))
    _check(thread, body, send_at)
    row.body, row.send_at = body, send_at
    row.employee, row.by = employee, by
    row.state, row.held_reason = "waiting", ""
    row.seen_seq = thread.conversation.last_seq
    row.save()
    thread.save()
    _record("desk.later_changed", row, by=by, at=at)
    return row


@transaction.atomic
def cancel_later(*, later_id: int, by: Account, at: dt.datetime) -> LaterReply:
    """
    Do not send it after all; the text stays on record.

    :raises AlreadySent: if it was sent or cancelled
    """
    employee = acting_employee(by)
    touch(employee, at=at)
    thread, row = _lock(later_id, _conversation_of(later_id, by), by=by, at=at)
    row.state, row.held_reason, row.ended_at = "cancelled", "", at
    row.save(update_fields=["state", "held_reason", "ended_at"])
    thread.save()
    _record("desk.later_cancelled", row, by=by, at=at)
    return row


def _conversation_of(later_id: int, by: Account) -> int:
    return get_visible(by, LaterReply, "reply", pk=later_id).conversation_id


def _lock(
    later_id: int, conversation_id: int, *, by: Account, at: dt.datetime
) -> tuple[Thread, LaterReply]:
    """Lock the conversation, then its unsent reply."""
    thread = Thread.lock_for(conversation_id, by=by, action="reply", at=at)
    row = LaterReply.objects.select_for_update(of=("self",)).get(pk=later_id)
    if row.conversation_id != conversation_id:
        raise Http404
    if row.state not in UNSENT:
        raise AlreadySent(_("这条定时回复已经发出或取消。"))
    return thread, row


# --- when the time comes, or something comes between


def hold_waiting(thread: Thread, reason: str) -> int:
    """Hold what waits to be sent in the locked conversation, and tell who wrote it."""
    rows = list(LaterReply.objects.filter(conversation=thread.conversation, state="waiting"))
    for row in rows:
        _hold(row, reason, at=thread.at)
    return len(rows)


def move_waiting(merged: Conversation, kept: Conversation, *, at: dt.datetime) -> None:
    """Take unsent replies along into the kept conversation; they are looked at again there."""
    for row in LaterReply.objects.filter(conversation=merged, state__in=UNSENT):
        row.conversation = kept
        row.save(update_fields=["conversation"])
        if row.state == "waiting":
            _hold(row, "merged", at=at)


def has_waiting(conversation: Conversation) -> bool:
    return LaterReply.objects.filter(conversation=conversation, state="waiting").exists()


def send_due(*, at: dt.datetime) -> int:
    """Send what is due at the moment, each once; what should be looked at again is held."""
    due = LaterReply.objects.filter(state="waiting", send_at__lte=at)
    ids = list(due.order_by("send_at", "pk").values_list("pk", "conversation_id")[:MOST_AT_ONCE])
    return sum(_send_one(pk, conversation_id, at) for pk, conversation_id in ids)


@transaction.atomic
def _send_one(later_id: int, conversation_id: int, at: dt.datetime) -> bool:
    """The message and the mark that it is sent are one transaction: never twice, never lost."""
    thread = Thread.lock(conversation_id, at=at)
    row = (
        LaterReply.objects.select_for_update(of=("self",))
        .select_related("employee", "by")
        .get(pk=later_id)
    )
    if row.state != "waiting" or row.send_at > at or row.conversation_id != conversation_id:
        return False
    against = _against_sending(thread, row)
    if against:
        _hold(row, against, at=at)
        thread.save()
        return False
    message = thread.say(
        direction=Direction.OUT,
        sender=SenderKind.AGENT,
        origin=Origin.TYPED,
        body=row.body,
        agent=row.employee,
        client_token=f"later:{row.pk}",
        delivery="queued",
        data={"later": row.pk},
    )
    thread.save()
    row.state, row.message, row.ended_at = "sent", message, at
    row.save(update_fields=["state", "message", "ended_at"])
    record(
        "desk.later_sent",
        obj=thread.conversation,
        by=row.by,
        at=at,
        changes={"message": message.pk, "seq": message.seq, "later": row.pk},
    )
    publish(
        ReplySent(
            conversation_id=message.conversation_id,
            message_id=message.pk,
            channel_id=message.channel_id,
            employee_id=row.employee_id,
            human=message.counts_as_reply,
            at=message.at,
        )
    )
    return True


def _against_sending(thread: Thread, row: LaterReply) -> str:
    """Return why somebody should look at it again first, or nothing."""
    conversation = thread.conversation
    if not conversation.is_open:
        return "ended"
    came = conversation.messages.filter(direction=Direction.IN, seq__gt=row.seen_seq)
    if came.exclude(origin=Origin.AUTO_MAIL).exists():
        return "wrote"
    if conversation.assignee_id != row.employee_id or not _may_reply(row, conversation):
        return "moved"
    if _banned(thread, row.body):
        return "words"
    return ""


def _may_reply(row: LaterReply, conversation: Conversation) -> bool:
    """Whoever wrote it still works here and may reply."""
    return (
        row.by.is_active
        and can(row.by, "desk.reply")
        and Employee.objects.at_work().filter(pk=row.employee_id).exists()
        and scope(row.by, Conversation, "reply").filter(pk=conversation.pk).exists()
    )


def _hold(row: LaterReply, reason: str, *, at: dt.datetime) -> None:
    row.state, row.held_reason = "held", reason
    row.save(update_fields=["state", "held_reason"])
    _record("desk.later_held", row, by=None, at=at)
    publish(
        LaterReplyHeld(
            later_id=row.pk,
            conversation_id=row.conversation_id,
            employee_id=row.employee_id,
            reason=reason,
            at=at,
        )
    )


def _record(act: str, row: LaterReply, *, by: Account | None, at: dt.datetime) -> None:
    record(
        act,
        obj=row.conversation,
        by=by,
        at=at,
        changes={
            "later": row.pk,
            "send_at": row.send_at.isoformat(),
            "state": row.state,
            "reason": row.held_reason,
        },
    )
