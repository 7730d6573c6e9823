"""
Mail in: fetched and kept raw, then read and handed to the desk. Each step may be repeated.

The raw mail is committed before anybody reads it; a mail is known by its place in the folder and,
when a folder is renumbered, by who wrote what when. A crash between any two steps costs nothing
and doubles nothing; a mail that cannot be read is put aside and the next one is taken.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from cangke.customers.public import Customer, IdentityUnusable, find_or_create_by_identity
from cangke.foundation.audit.public import record
from cangke.foundation.files.public import ANYTHING, FileTooLarge, StoredFile, delete_file, store
from cangke.foundation.live.public import signal

from ...actions.receive import Received, receive_message
from ...models import Conversation, Mailbox, Message, RawMail
from ...rules.facts import Direction, Origin
from ..html import html_to_text
from . import connection, outgoing, quotes, threads
from .connection import Inbox, Unreachable
from .mime import MailUnsafe, ParsedMail, digest_of, parse_mail

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=6)  # longer than a visit can last
MOST_A_VISIT = 200
MOST_TRIES = 3
LONGEST_BACKOFF = dt.timedelta(minutes=15)
OLDEST = dt.timedelta(days=7)  # a mail's own clock is believed as far back as this
MOST_HEAD = 64 * 1024
PURPOSE = "desk.mail"  # the raw mail
ATTACHED = "desk.message"


# --- fetching


def claim(mailbox_id: int, *, at: dt.datetime) -> Mailbox | None:
    """Take the mailbox for one visit, or return None while somebody else visits it."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    claimed = (
        Mailbox.objects.filter(free, pk=mailbox_id, channel__is_active=True)
        .order_by()
        .update(lease_until=at + LEASE)
    )
    if not claimed:
        return None
    return Mailbox.objects.select_related("channel__site", "channel__shop").get(pk=mailbox_id)


def visit(mailbox_id: int, *, at: dt.datetime) -> int:
    """
    Fetch what is new, keep it, and read it; return how many mails were kept.

    A server that cannot be reached is noted on the mailbox and tried again later and later.
    """
    mailbox = claim(mailbox_id, at=at)
    if mailbox is None:
        return 0
    kept = 0
    try:
        with connection.open_inbox(mailbox) as inbox:
            kept = _fetch_new(mailbox, inbox, at=at)
    except Unreachable as error:
        _note_failure(mailbox, error, at=at)
    else:
        _note_success(mailbox, at=at)
    finally:
        Mailbox.objects.filter(pk=mailbox.pk).update(lease_until=None)
    take_in_waiting(at=at, mailbox_id=mailbox.pk)
    return kept


def _fetch_new(mailbox: Mailbox, inbox: Inbox, *, at: dt.datetime) -> int:
    after = mailbox.last_uid
    if inbox.uidvalidity != mailbox.uidvalidity:
        # The folder was made anew: its numbers say nothing any more, the mails themselves do.
        after = 0
        Mailbox.objects.filter(pk=mailbox.pk).update(uidvalidity=inbox.uidvalidity, last_uid=0)
        mailbox.uidvalidity, mailbox.last_uid = inbox.uidvalidity, 0
    kept = 0
    for uid in inbox.uids(after=after, since=mailbox.since_date)[:MOST_A_VISIT]:
        kept += _keep(mailbox, inbox, uid, at=at) is not None
    return kept


def _keep(mailbox: Mailbox, inbox: Inbox, uid: int, *, at: dt.datetime) -> RawMail | None:
    """Store one mail as it came, in a transaction of its own, before anything else."""
    place = {"mailbox": mailbox, "uidvalidity": inbox.uidvalidity, "uid": uid}
    if RawMail.objects.filter(**place).exists():
        _move_on(mailbox, uid)
        return None
    envelope = inbox.envelope(uid)
    too_large = envelope.size > connection.MOST_BYTES
    data = inbox.fetch_head(uid)[:MOST_HEAD] if too_large else inbox.fetch(uid)
    file = _store_raw(data, uid, at=at)
    received_at = min(envelope.received_at or at, at)
    try:
        with transaction.atomic():
            raw = RawMail.objects.create(
                **place,
                size=envelope.size or len(data),
                digest="" if too_large else digest_of(data),
                received_at=max(received_at, at - OLDEST),
                eml=file,
                state="quarantined" if too_large else "received",
                error="too_large" if too_large else "",
            )
            _move_on(mailbox, uid)
    except IntegrityError:
        # Another visitor was quicker.
        delete_file(file)
        return None
    try:
        inbox.mark_seen(uid)
    except (OSError, connection.imaplib.IMAP4.error):
        log.info("mail %s was kept but could not be marked as seen", raw)
    return raw


def _store_raw(data: bytes, uid: int, *, at: dt.datetime) -> StoredFile:
    return store(
        ContentFile(data, name=f"{uid}.eml"),
        purpose=PURPOSE,
        by=None,
        at=at,
        allowed_types=ANYTHING,
    )


def _move_on(mailbox: Mailbox, uid: int) -> None:
    Mailbox.objects.filter(pk=mailbox.pk, uidvalidity=mailbox.uidvalidity, last_uid__lt=uid).update(
        last_uid=uid
    )


def _note_success(mailbox: Mailbox, *, at: dt.datetime) -> None:
    came_back = mailbox.state == "failing"
    Mailbox.objects.filter(pk=mailbox.pk).update(
        state="ok",
        last_error="",
        error_detail="",
        failures=0,
        failing_since=None,
        polled_at=at,
        next_poll_at=at + dt.timedelta(seconds=mailbox.poll_seconds),
    )
    if came_back:
        record("desk.mailbox_reached", obj=mailbox, by=None, at=at)
        signal("board", "mailbox", {"mailbox": mailbox.pk})


def _note_failure(mailbox: Mailbox, error: Unreachable, *, at: dt.datetime) -> None:
    failures = mailbox.failures + 1
    wait = min(dt.timedelta(seconds=mailbox.poll_seconds) * 2 ** min(failures, 10), LONGEST_BACKOFF)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        state="failing",
        last_error=error.code,
        error_detail=error.detail,
        failures=failures,
        failing_since=mailbox.failing_since or at,
        next_poll_at=at + wait,
    )
    log.warning("mailbox %s cannot be reached: %s", mailbox, error)
    if mailbox.state != "failing":
        record("desk.mailbox_lost", obj=mailbox, by=None, at=at, changes={"error": error.code})
        signal("board", "mailbox", {"mailbox": mailbox.pk})


# --- reading


def take_in_waiting(*, at: dt.datetime, mailbox_id: int | None = None) -> int:
    """Read what is kept and not read yet, oldest first; return how many became messages."""
    waiting = RawMail.objects.filter(state="received")
    if mailbox_id is not None:
        waiting = waiting.filter(mailbox_id=mailbox_id)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[: MOST_A_VISIT * 2])
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
