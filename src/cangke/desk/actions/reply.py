"""What goes out: replies, notes, automatic messages; recalled replies, drafts, deliveries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, can, get_visible, scope
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.files.public import StoredFile
from cangke.foundation.live.public import signal
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from ..events import MessageRecalled, NoteWritten, ReplySent
from ..models import Attachment, Conversation, Draft, Mention, Message
from ..rules.courtesy import CourtesyPolicy, find_words
from ..rules.facts import HUMAN_ORIGINS, Direction, Origin, SenderKind
from .attending import touch
from .conduct import Discourteous, keep_stopped
from .hold import take_by_replying
from .rebuild import rebuild
from .thread import Thread, acting_employee
from .transfer import take_over_by_replying

DELIVERIES = frozenset({"queued", "sent", "delivered", "read", "failed"})
LONGEST_DRAFT = 20_000


class EmptyReply(Refusal):
    """There is neither text nor a file."""


class NotRecallable(Conflict):
    """The message cannot be recalled."""


def reply(
    *,
    conversation_id: int,
    body: str,
    by: Account,
    at: dt.datetime,
    client_token: str = "",
    origin: Origin = Origin.TYPED,
    files: Sequence[StoredFile] = (),
    data: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Message:
    """
    Answer the customer (A5, A7).

    Replying to a conversation of the queue takes it, before others who wait only with a
    ``reason`` (A21); replying to one that is offered in a transfer accepts it; a colleague's reply
    helps and changes no owner (B10). The same ``client_token`` again returns the reply that was
    sent. ``origin`` is typed, script or assisted.

    What no customer is to read is stopped, and the attempt stays on record (A11): call this
    outside a transaction that the refusal would undo.

    :raises EmptyReply: if there is nothing to send
    :raises Discourteous: if it says what the rulebook bans
    :raises ConversationEnded: if the conversation is closed
    :raises OutOfTurn: if nobody holds it, others are before it and no reason is given
    """
    if not body.strip() and not files:
        raise EmptyReply(_("请先输入回复内容。"), field="body")
    if origin not in HUMAN_ORIGINS:
        raise ValueError(f"{origin} is nobody answering")
    try:
        return _reply(
            conversation_id=conversation_id,
            body=body,
            by=by,
            at=at,
            client_token=client_token,
            origin=origin,
            files=files,
            data=data,
            reason=reason,
        )
    except Discourteous as stopped:
        keep_stopped(conversation_id=conversation_id, text=body, words=stopped.words, by=by, at=at)
        raise


@transaction.atomic
def _reply(
    *,
    conversation_id: int,
    body: str,
    by: Account,
    at: dt.datetime,
    client_token: str,
    origin: Origin,
    files: Sequence[StoredFile],
    data: Mapping[str, Any] | None,
    reason: str,
) -> Message:
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="reply", at=at)
    if thread.conversation.merged_into_id is not None:
        # Written on a page that was opened before the merger.
        kept_id = thread.conversation.merged_into_id
        thread = Thread.lock_for(kept_id, by=by, action="reply", at=at)
    twin = _sent_before(thread.conversation, client_token)
    if twin is not None:
        return twin
    thread.require_open()
    insults = find_words(body, policy(CourtesyPolicy, on=thread.day).banned_words)
    if insults:
        raise Discourteous(insults)
    if thread.conversation.assignee_id is None:
        take_by_replying(thread, employee, by=by, reason=reason)
    else:
        take_over_by_replying(thread, employee, by=by)
    message = thread.say(
        direction=Direction.OUT,
        sender=SenderKind.AGENT,
        origin=origin,
        body=body,
        agent=employee,
        client_token=client_token or None,
        delivery="queued",
        data=dict(data or {}),
    )
    _attach(message, files)
    thread.save()
    Draft.objects.filter(
        conversation=thread.conversation, employee=employee, is_note=False
    ).delete()
    record(
        "desk.replied",
        obj=thread.conversation,
        by=by,
        at=at,
        changes={"message": message.pk, "seq": message.seq, "origin": origin.value},
    )
    _publish_sent(message, employee)
    return message


@transaction.atomic
def write_note(
    *,
    conversation_id: int,
    body: str,
    by: Account,
    at: dt.datetime,
    mentioned: Collection[Employee] = (),
    client_token: str = "",
    files: Sequence[StoredFile] = (),
) -> Message:
    """
    Write a note for colleagues; the customer never sees it and no clock heeds it (A9).

    :raises EmptyReply: if there is nothing in it
    """
    if not body.strip() and not files:
        raise EmptyReply(_("备注是空的。"), field="body")
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="reply", at=at)
    twin = _sent_before(thread.conversation, client_token)
    if twin is not None:
        return twin
    called = sorted({each.pk for each in mentioned})
    note = thread.say(
        direction=Direction.NOTE,
        sender=SenderKind.AGENT,
        origin=Origin.TYPED,
        body=body,
        agent=employee,
        client_token=client_token or None,
        data={"mentioned": called} if called else {},
    )
    _attach(note, files)
    Mention.objects.bulk_create(
        Mention(message=note, conversation=thread.conversation, employee_id=pk) for pk in called
    )
    thread.topics |= {f"agent:{pk}" for pk in called}
    thread.save()
    Draft.objects.filter(conversation=thread.conversation, employee=employee, is_note=True).delete()
    record("desk.noted", obj=thread.conversation, by=by, at=at, changes={"message": note.pk})
    publish(
        NoteWritten(
            conversation_id=thread.conversation.pk,
            message_id=note.pk,
            employee_id=employee.pk,
            mentioned_ids=tuple(called),
            at=at,
        )
    )
    return note


@transaction.atomic
def pass_note(
    *, conversation_id: int, employee: Employee, body: str, at: dt.datetime, client_token: str = ""
) -> Message:
    """
    Write down for colleagues what somebody from outside the desk answered (A24, B9).

    They need not see the conversation: the room that asked them has checked that they may answer.
    The same ``client_token`` again returns the note that was written.
    """
    thread = Thread.lock(conversation_id, at=at)
    twin = _sent_before(thread.conversation, client_token)
    if twin is not None:
        return twin
    note = thread.say(
        direction=Direction.NOTE,
        sender=SenderKind.AGENT,
        origin=Origin.TYPED,
        body=body,
        agent=employee,
        client_token=client_token or None,
    )
    thread.save()
    record(
        "desk.noted",
        obj=thread.conversation,
        by=employee.account,
        at=at,
        changes={"message": note.pk},
    )
    return note


@transaction.atomic
def send_automatic(
    *,
    conversation_id: int,
    body: str,
    origin: Origin,
    at: dt.datetime,
    client_token: str = "",
    data: Mapping[str, Any] | None = None,
) -> Message:
    """Send a message that no person wrote; it never counts as a response (A5)."""
    if origin in HUMAN_ORIGINS:
        raise ValueError(f"{origin} needs a person")
    thread = Thread.lock(conversation_id, at=at)
    twin = _sent_before(thread.conversation, client_token)
    if twin is not None:
        return twin
    message = thread.say(
        direction=Direction.OUT,
        sender=SenderKind.BOT if origin is Origin.BOT else SenderKind.SYSTEM,
        origin=origin,
        body=body,
        client_token=client_token or None,
        delivery="queued",
        data=dict(data or {}),
    )
    thread.save()
    record(
        "desk.sent_automatically",
        obj=thread.conversation,
        by=None,
        at=at,
        changes={"message": message.pk, "origin": origin.value},
    )
    _publish_sent(message, None)
    return message


@transaction.atomic
def recall_message(*, message_id: int, by: Account, at: dt.datetime) -> Message:
    """
    Take back what was sent; it stays in the file, and the customer was never answered by it (A22).

    :raises NotRecallable: if it is not one's own reply, or it is recalled already
    """
    employee = acting_employee(by)
    touch(employee, at=at)
    found = get_visible(by, Message, "reply", pk=message_id)
    thread = Thread.lock_for(found.conversation_id, by=by, action="reply", at=at)
    message = Message.objects.select_for_update().get(pk=message_id)
    own = message.agent_id == employee.pk or can(by, "desk.supervise")
    if message.direction != Direction.OUT or message.recalled_at is not None or not own:
        raise NotRecallable(_("只能撤回自己发出的消息，且只能撤回一次。"))
    message.recalled_at, message.recalled_by = at, by
    message.save(update_fields=["recalled_at", "recalled_by"])
    thread.tell("recalled", by=employee, message=message.pk)
    rebuild(thread)
    thread.save()
    record(
        "desk.recalled",
        obj=thread.conversation,
        by=by,
        at=at,
        changes={"message": message.pk, "seq": message.seq},
    )
    publish(MessageRecalled(conversation_id=thread.conversation.pk, message_id=message.pk, at=at))
    return message


@transaction.atomic
def note_delivery(
    *, message_id: int, state: str, at: dt.datetime, external_id: str = "", note: str = ""
) -> Message:
    """
    Note how far a message has come; what the channel says later never goes back a step.

    :raises ValueError: if there is no such state
    """
    if state not in DELIVERIES:
        raise ValueError(f"{state!r} is no state of delivery")
    message = Message.objects.select_for_update().select_related("conversation").get(pk=message_id)
    steps = ["queued", "failed", "sent", "delivered", "read"]
    if message.delivery in steps and steps.index(state) < steps.index(message.delivery):
        return message
    before, message.delivery = message.delivery, state
    message.delivery_note = note[:200]
    if external_id:
        message.external_id = external_id
    message.save(update_fields=["delivery", "delivery_note", "external_id"])
    if state == "failed":
        record(
            "desk.delivery_failed",
            obj=message.conversation,
            by=None,
            at=at,
            changes={"message": message.pk, "delivery": [before, state], "note": note[:200]},
        )
    signal(f"conversation:{message.conversation_id}", "delivery", {"message": message.pk})
    return message


@transaction.atomic
def save_draft(
    *, conversation_id: int, body: str, by: Account, at: dt.datetime, is_note: bool = False
) -> Draft | None:
    """Keep what somebody is typing; an empty text forgets the draft."""
    employee = acting_employee(by)
    conversation = get_visible(by, Conversation, "reply", pk=conversation_id)
    body = body.replace("\x00", "")  # no database keeps it, and nobody types it
    if not body.strip():
        Draft.objects.filter(conversation=conversation, employee=employee).delete()
        return None
    draft, _made = Draft.objects.update_or_create(
        conversation=conversation,
        employee=employee,
        defaults={"body": body[:LONGEST_DRAFT], "is_note": is_note, "saved_at": at},
    )
    return draft


def forget_draft(*, conversation_id: int, by: Account) -> None:
    """Forget what somebody was typing in a conversation: it has been sent."""
    own = Draft.objects.filter(conversation=conversation_id, employee=acting_employee(by))
    if own.exists():  # seldom: what was sent has forgotten its own
        own.delete()


@transaction.atomic
def mark_read(*, conversation_id: int, by: Account, at: dt.datetime) -> None:
    """Take the unread mark off, if the person who looks is the one who holds the conversation."""
    employee = acting_employee(by)
    rows = scope(by, Conversation, "view").filter(pk=conversation_id)
    if not rows.exists():
        raise Http404
    Mention.objects.filter(
        conversation_id=conversation_id, employee=employee, seen_at__isnull=True
    ).update(seen_at=at)
    changed = (
        Conversation.objects.filter(pk=conversation_id, assignee=employee)
        .exclude(unread=0)
        .update(unread=0)
    )
    if changed:
        signal(f"agent:{employee.pk}", "read", {"conversation": conversation_id})


def _sent_before(conversation: Conversation, client_token: str) -> Message | None:
    if not client_token:
        return None
    return conversation.messages.filter(client_token=client_token).first()


def _attach(message: Message, files: Sequence[StoredFile]) -> None:
    for position, file in enumerate(files):
        Attachment.objects.create(message=message, file=file, position=position)


def _publish_sent(message: Message, employee: Employee | None) -> None:
    publish(
        ReplySent(
            conversation_id=message.conversation_id,
            message_id=message.pk,
            channel_id=message.channel_id,
            employee_id=None if employee is None else employee.pk,
            human=message.counts_as_reply,
            at=message.at,
        )
    )
