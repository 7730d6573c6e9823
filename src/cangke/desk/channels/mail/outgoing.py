"""
Mail out: one row for each message, written with the message, sent after it is committed.

Sending is at least once: a crash after the server took the mail sends it again under the same
Message-ID, so that the receiver knows it for the same one.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from email.utils import formataddr

from django.core.mail import BadHeaderError, EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from ...actions.reply import note_delivery, send_automatic
from ...actions.resend import note_returned
from ...models import Conversation, Mailbox, Message, OutgoingMail
from ...rules.facts import HUMAN_ORIGINS, Direction, Origin
from .. import owed
from . import threads
from .connection import open_outgoing, reason_of
from .headers import header_text
from .machines import Report

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=6)  # longer than a slow server may take for the largest mail
BACKOFF = tuple(dt.timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240))
AUTOMATIC_A_THREAD = 1  # an hour
AUTOMATIC_AN_ADDRESS = 3  # an hour
HOUR = dt.timedelta(hours=1)
MOST_REFERENCES = 20
MOST_ATTACHED = 20 * 1024 * 1024


# --- taking on


@transaction.atomic
def take_on(message_id: int, *, at: dt.datetime) -> OutgoingMail | None:
    """
    Write the outbox row of a message that waits to be sent; the same one when asked again.

    Return None if the message is not for this way, or may not go: it then says why.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("conversation__identity", "conversation__customer", "channel")
        .filter(pk=message_id, channel__kind="email", delivery="queued")
        .first()
    )
    if message is None or message.direction != Direction.OUT:
        return None
    mailbox = Mailbox.objects.filter(channel_id=message.channel_id).first()
    if mailbox is None:
        note_delivery(message_id=message.pk, state="failed", at=at, note=_("此渠道没有设置邮箱"))
        return None
    row = OutgoingMail.objects.filter(message=message).first()
    if row is not None:
        owed.ask_again(row, at=at)  # the same mail under the same Message-ID
        return row
    recipient = recipient_of(message)
    refused = _why_not(recipient)
    if not refused and _is_automatic(message) and _too_many(message, recipient, at):
        refused = _("一小时内已自动回复过，这一封没有发出")
    row = OutgoingMail.objects.create(
        message=message,
        mailbox=mailbox,
        mail_id=threads.new_message_id(
            conversation_id=message.conversation_id, message_id=message.pk, host=mailbox.host
        ),
        recipient=recipient,
        state="held" if refused else "queued",
        next_try_at=at,
        created_at=at,
        last_error=refused,
    )
    if refused:
        note_delivery(message_id=message.pk, state="failed", at=at, note=refused)
        return None
    return row


def _why_not(recipient: str) -> str:
    if not recipient:
        return _("没有收件地址")
    if any(recipient.lower() in each.own_addresses for each in Mailbox.objects.all()):
        return _("收件地址是本系统的邮箱")
    return ""


def recipient_of(message: Message) -> str:
    """Return the address to answer to: where the customer wrote from last, else the file's."""
    conversation = message.conversation
    last = (
        conversation.raw_mails.filter(state="parsed", message__isnull=False)
        .exclude(message__origin=Origin.AUTO_MAIL)
        .order_by("-pk")
        .first()
    )
    if last is not None:
        # Machines answer who wrote; people answer where the writer asked them to.
        return last.sender if _is_automatic(message) else last.reply_to or last.sender
    identity = conversation.identity
    if identity is not None and identity.kind == "email":
        return identity.value
    known = conversation.customer.identities.filter(kind="email").order_by("pk").first()
    return "" if known is None else known.value


def _is_automatic(message: Message) -> bool:
    return message.origin not in HUMAN_ORIGINS


def _too_many(message: Message, recipient: str, at: dt.datetime) -> bool:
    """The loop breaker: one automatic mail in a thread and hour, three to an address."""
    sent = OutgoingMail.objects.filter(
        ~Q(message__origin__in=HUMAN_ORIGINS),
        state__in=["queued", "sent"],
        created_at__gt=at - HOUR,
    )
    return (
        sent.filter(message__conversation_id=message.conversation_id).count() >= AUTOMATIC_A_THREAD
        or sent.filter(recipient=recipient).count() >= AUTOMATIC_AN_ADDRESS
    )


def answer_automatically(conversation: Conversation, body: str, *, at: dt.datetime) -> None:
    """Let the house say something by mail; the loop breaker decides whether it goes out."""
    send_automatic(conversation_id=conversation.pk, body=body, origin=Origin.AUTO_WELCOME, at=at)


# --- sending


def due(*, at: dt.datetime, limit: int = 100) -> list[int]:
    """Take on what waits without a row, and return the rows to send now."""
    waiting = Message.objects.filter(
        delivery="queued", channel__kind="email", direction=Direction.OUT
    ).exclude(outgoing_mail__state="queued")
    return owed.due(OutgoingMail.objects.all(), waiting, take_on, at=at, limit=limit)


def send(outgoing_id: int, *, at: dt.datetime) -> bool:
    """Send one mail; return whether the server took it. Nobody else sends it meanwhile."""
    if not owed.claim(OutgoingMail.objects.all(), outgoing_id, at=at, lease=LEASE):
        return False
    row = OutgoingMail.objects.select_related(
        "mailbox__channel", "message__conversation__channel"
    ).get(pk=outgoing_id)
    with override(row.mailbox.channel.language):
        return _send(row, at=at)


def _send(row: OutgoingMail, *, at: dt.datetime) -> bool:
    if row.message.recalled_at is not None:
        _end(row, "held", _("已撤回，没有发出"), at=at)
        return False
    try:
        mail = compose(row)
        mail.message()
    except BadHeaderError as error:
        _end(row, "failed", _("邮件头不合法：%s") % error, at=at)
        return False
    try:
        with open_outgoing(row.mailbox) as server:
            mail.connection = server
            server.send_messages([mail])
    except smtplib.SMTPException as error:
        permanent, words = _verdict(error)
        _put_off(row, words, permanent=permanent, at=at)
        return False
    except OSError as error:
        reason = reason_of(error)
        _put_off(row, f"{reason.code} {reason.detail}", permanent=False, at=at)
        return False
    _end(row, "sent", "", at=at)
    return True


def compose(row: OutgoingMail) -> EmailMessage:
    """Return the mail as it goes out; the same each time it is tried."""
    message, mailbox = row.message, row.mailbox
    conversation = message.conversation
    automatic = _is_automatic(message)
    headers = {"Message-ID": f"<{row.mail_id}>"}
    references = _references(message)
    if references:
        headers["In-Reply-To"] = f"<{references[-1]}>"
        headers["References"] = " ".join(f"<{each}>" for each in references)
    if automatic:
        headers["Auto-Submitted"] = "auto-replied"
        headers["X-Auto-Response-Suppress"] = "All"
    name = header_text(mailbox.sender_name or mailbox.channel.name)
    mail = EmailMessage(
        subject=_subject(conversation, automatic),
        body=message.body,
        from_email=formataddr((name, mailbox.address)),
        to=[row.recipient],
        headers=headers,
    )
    attached = 0
    for each in message.attachments.select_related("file"):
        attached += each.file.size
        if attached > MOST_ATTACHED:
            break
        with each.file.content.open("rb") as content:
            mail.attach(each.file.name, content.read(), each.file.content_type)
    return mail


def _subject(conversation: Conversation, automatic: bool) -> str:
    if automatic:
        # Nothing a stranger wrote is sent on by a machine.
        with override(conversation.language or None):
            return _("已收到您的来信") + f" [#{conversation.number}]"
    return threads.with_number(header_text(conversation.subject), conversation.number)


def _references(message: Message) -> list[str]:
    """Return the ids of the thread so far, the one answered last."""
    rows = list(
        message.conversation.raw_mails.filter(state="parsed")
        .exclude(mail_id="")
        .order_by("-pk")
        .values_list("mail_id", "message_id")[:MOST_REFERENCES]
    )
    ours = list(
        OutgoingMail.objects.filter(
            message__conversation_id=message.conversation_id,
            message_id__lt=message.pk,
            state="sent",
        )
        .order_by("-pk")
        .values_list("mail_id", "message_id")[:MOST_REFERENCES]
    )
    known = sorted(rows + ours, key=lambda each: each[1] or 0)
    usable = [mail_id for mail_id, _pk in known if len(mail_id) < 250 and mail_id.isascii()]
    return usable[-MOST_REFERENCES:]


def _verdict(error: smtplib.SMTPException) -> tuple[bool, str]:
    """Return whether the server's refusal is final, and what it said."""
    code: int
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()), (550, b""))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return False, str(error) or type(error).__name__
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    # A login that is refused is the mailbox's fault, not the mail's: it may be put right.
    final = 500 <= code < 600 and not isinstance(error, smtplib.SMTPAuthenticationError)
    return final, f"{code} {header_text(words, 250)}"


def _put_off(row: OutgoingMail, words: str, *, permanent: bool, at: dt.datetime) -> None:
    log.warning("mail %s was not sent: %s", row.mail_id, words)
    if permanent or not owed.put_off(row, words, at=at, backoff=BACKOFF):
        _end(row, "failed", words, at=at)


def _end(row: OutgoingMail, state: str, words: str, *, at: dt.datetime) -> None:
    owed.end(
        row,
        state,
        words,
        at=at,
        act="desk.mail",
        changes={"mail": row.mail_id, "tries": row.tries + 1},
        sent_at=at if state == "sent" else None,
    )


def note_bounce(message_id: int, report: Report, *, at: dt.datetime) -> None:
    """A mail that was taken came back: its message says so."""
    row = OutgoingMail.objects.filter(message_id=message_id).first()
    if row is None or row.state != "sent":
        return
    words = _("退信：%s") % (report.diagnostic or report.status or _("对方服务器拒收"))
    OutgoingMail.objects.filter(pk=row.pk).update(state="failed", last_error=words[:300])
    note_returned(message_id=message_id, note=words, at=at)
