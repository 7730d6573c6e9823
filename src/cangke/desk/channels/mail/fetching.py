"""
Fetching: what is new in a folder is kept raw, in a transaction of its own, before anybody reads it.
"""

from __future__ import annotations

import datetime as dt
import imaplib
import logging

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q

from cangke.foundation.audit.public import record
from cangke.foundation.files.public import ANYTHING, StoredFile, delete_file, store
from cangke.foundation.live.public import signal

from ...models import Mailbox, RawMail
from . import connection, intake
from .connection import Inbox, Unreachable
from .mime import digest_of

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=6)  # longer than a visit can last
MOST_A_VISIT = 200
LONGEST_BACKOFF = dt.timedelta(minutes=15)
OLDEST = dt.timedelta(days=7)  # a mail's own clock is believed as far back as this
MOST_HEAD = 64 * 1024
PURPOSE = "desk.mail"  # the raw mail


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
    intake.take_in_waiting(at=at, mailbox_id=mailbox.pk)
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
    except (OSError, imaplib.IMAP4.error):
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
