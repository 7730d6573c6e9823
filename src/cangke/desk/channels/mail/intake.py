"""
Reading: a mail that is kept becomes a message of the desk, once, however often it is read.

A mail is known by its place in the folder and, when a folder is renumbered, by who wrote what
when. A crash between any two steps costs nothing and doubles nothing; a mail that cannot be read
is put aside and the next one is taken.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cangke.customers.public import Customer, IdentityUnusable, find_or_create_by_identity
from cangke.foundation.files.public import ANYTHING, FileTooLarge, StoredFile, store
from cangke.foundation.live.public import signal

from ...actions.receive import Received, receive_message
from ...models import Conversation, Mailbox, Message, RawMail
from ...rules.facts import Direction, Origin
from ..html import html_to_text
from . import outgoing, quotes, threads
from .mime import MailUnsafe, ParsedMail, parse_mail

log = logging.getLogger(__name__)

MOST_AT_ONCE = 400
MOST_TRIES = 3
ATTACHED = "desk.message"


def take_in_waiting(*, at: dt.datetime, mailbox_id: int | None = None) -> int:
    """Read what is kept and not read yet, oldest first; return how many became messages."""
    waiting = RawMail.objects.filter(state="received")
    if mailbox_id is not None:
        waiting = waiting.filter(mailbox_id=mailbox_id)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(take_in(pk, at=at) is not None for pk in ids)


def take_in(raw_id: int, *, at: dt.datetime) -> Message | None:
    """
    Read one mail and hand it to the desk, once.

    What cannot be read is quarantined with its reason; a fault of ours is tried again.
    """
    raw = RawMail.objects.select_related(
        "mailbox__channel__site", "mailbox__channel__shop", "eml"
    ).get(pk=raw_id)
    if raw.state != "received" or raw.eml is None:
        return None
    try:
        with raw.eml.content.open("rb") as file:
            parsed = parse_mail(file.read(), own=raw.mailbox.own_addresses)
        files = _store_parts(parsed, at=at)
        with override(raw.mailbox.channel.language):
            return _hand_over(raw_id, parsed, files, at=at)
    except MailUnsafe as error:
        _quarantine(raw, "unsafe", error.reason)
    except Exception as error:  # noqa: BLE001  # one mail's fault must not stop the others
        log.exception("mail %s could not be read", raw)
        RawMail.objects.filter(pk=raw.pk).update(tries=raw.tries + 1)
        if raw.tries + 1 >= MOST_TRIES:
            _quarantine(raw, "fault", f"{type(error).__name__}: {error}")
    return None


def _quarantine(raw: RawMail, reason: str, detail: str) -> None:
    RawMail.objects.filter(pk=raw.pk).update(
        state="quarantined", error=reason, error_detail=detail[:300]
    )
    signal("board", "mailbox", {"mailbox": raw.mailbox_id})


def _store_parts(parsed: ParsedMail, *, at: dt.datetime) -> list[tuple[str, StoredFile]]:
    """Store the attachments; return (content id, file). What is too large stays in the raw mail."""
    files = []
    for part in parsed.parts:
        try:
            file = store(
                ContentFile(part.data, name=part.name),
                purpose=ATTACHED,
                by=None,
                at=at,
                allowed_types=ANYTHING,
                name=part.name,
            )
        except FileTooLarge:
            continue
        files.append((part.content_id, file))
    return files


@transaction.atomic
def _hand_over(
    raw_id: int, parsed: ParsedMail, files: list[tuple[str, StoredFile]], *, at: dt.datetime
) -> Message | None:
    raw = (
        RawMail.objects.select_for_update(of=("self",))
        .select_related("mailbox__channel__site", "mailbox__channel__shop")
        .get(pk=raw_id)
    )
    if raw.state != "received":
        return None
    raw.mail_id = parsed.message_id[:1000]
    raw.sender, raw.reply_to = parsed.from_address, parsed.reply_to
    raw.subject = parsed.subject
    raw.html = parsed.html
    raw.pictures = {cid: file.get_absolute_url() for cid, file in files if cid}
    known = _seen_before(raw)
    if known is not None:
        raw.state, raw.conversation = "duplicate", known.conversation
    elif threads.read_message_id(parsed.message_id) is not None:
        raw.state = "own"
    elif parsed.report is not None:
        _take_report(raw, parsed, at=at)
    elif not parsed.from_address:
        raw.state, raw.error = "quarantined", "no_sender"
    else:
        _receive(raw, parsed, [file for _cid, file in files], at=at)
    raw.save()
    return raw.message


def _seen_before(raw: RawMail) -> RawMail | None:
    if not raw.digest:
        return None
    return (
        RawMail.objects.filter(mailbox=raw.mailbox, digest=raw.digest, state="parsed")
        .exclude(pk=raw.pk)
        .first()
    )


def _take_report(raw: RawMail, parsed: ParsedMail, *, at: dt.datetime) -> None:
    """A mail server's word on a mail of ours goes to that mail; on others', aside."""
    report = parsed.report
    ours = None if report is None else threads.read_message_id(report.message_id)
    raw.state = "aside"
    if report is None or ours is None:
        return
    raw.conversation = Conversation.objects.filter(pk=ours[0]).first()
    if report.failed and raw.conversation is not None:
        outgoing.note_bounce(ours[1], report, at=at)


def _receive(raw: RawMail, parsed: ParsedMail, files: list[StoredFile], *, at: dt.datetime) -> None:
    mailbox = raw.mailbox
    try:
        customer = find_or_create_by_identity(
            kind="email",
            value=parsed.from_address,
            display_name=parsed.from_name or parsed.from_address,
            shop_id=mailbox.channel.shop_id,
            at=raw.received_at,
        )
    except IdentityUnusable:
        raw.state, raw.error = "quarantined", "no_sender"
        return
    thread = _thread_of(raw, parsed, customer)
    if parsed.automatic and thread is not None and not thread.is_open:
        # An out-of-office note does not open what has been closed.
        raw.state, raw.conversation = "aside", thread
        return
    body = parsed.text or html_to_text(parsed.html) or parsed.subject or _("（没有正文）")
    received = receive_message(
        channel=mailbox.channel,
        # Whoever answers in a conversation writes to its customer's file; the claim is kept.
        customer=thread.customer if thread is not None else customer,
        body=body,
        at=raw.received_at,
        external_id=f"mail:{raw.digest}",
        conversation_id=None if thread is None else thread.pk,
        begin_new=thread is None,
        subject=parsed.subject,
        origin=Origin.AUTO_MAIL if parsed.automatic else Origin.TYPED,
        files=files,
        data={"mail": _told(raw, parsed, body)},
    )
    raw.state, raw.message = "parsed", received.message
    raw.conversation = received.conversation
    if not parsed.automatic:
        _acknowledge(mailbox, received, at=raw.received_at)


def _told(raw: RawMail, parsed: ParsedMail, body: str) -> dict[str, Any]:
    """What the thread shows beside the text: who claims to write, what is quoted, what is left."""
    start = quotes.quote_start(body)
    told: dict[str, Any] = {
        "raw": raw.pk,
        "from": parsed.from_address,
        "from_name": parsed.from_name,
        "subject": parsed.subject,
    }
    if start < len(body):
        told["quote_at"] = start
    if parsed.html:
        told["html"] = True
    if parsed.automatic:
        told["automatic"] = parsed.automatic
    if parsed.left_out:
        told["left_out"] = parsed.left_out
    return told


def _thread_of(raw: RawMail, parsed: ParsedMail, customer: Customer) -> Conversation | None:
    """
    Return the conversation the mail goes on with, or None for the customer's own.

    Only our signed token says so by itself; a number or the same subject is believed where the
    sender is known to be that conversation's customer.
    """
    rows = Conversation.objects.filter(channel=raw.mailbox.channel).select_related("customer")
    ours = threads.answered(parsed.references)
    if ours is not None:
        found = rows.filter(pk=ours[0]).first()
        if found is not None:
            return found
    own = rows.filter(customer=customer).order_by("-pk")
    number = threads.named_number(parsed.subject)
    if number:
        return own.filter(number=number).first()
    about = threads.bare_subject(parsed.subject)
    return next((each for each in own.open()[:20] if _is_about(each, about)), None)


def _is_about(conversation: Conversation, about: str) -> bool:
    return threads.bare_subject(conversation.subject) == about


def _acknowledge(mailbox: Mailbox, received: Received, *, at: dt.datetime) -> None:
    """Confirm a new conversation, where the channel has a greeting for it (A4)."""
    if not received.opened:
        return
    conversation = received.conversation
    own = mailbox.channel.greetings
    text = own.get(conversation.language) or own.get(mailbox.channel.language) or ""
    if text and not conversation.messages.filter(direction=Direction.OUT).exists():
        outgoing.answer_automatically(conversation, str(text), at=at)
