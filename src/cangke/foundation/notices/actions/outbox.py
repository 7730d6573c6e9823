from __future__ import annotations

import datetime as dt
import json
import logging
import smtplib
from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal

from .. import carrier, outbound, rules
from ..models import OutboxItem, OutboxState, Shape, Way

log = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=120)
BATCH = 500


class _Hopeless(Exception):
    """Trying again would not help."""


def hand_over(items: Sequence[OutboxItem], *, at: dt.datetime) -> None:
    """Write items down with the change they tell of; a worker sends them once it is committed."""
    for item in OutboxItem.objects.bulk_create(items, batch_size=BATCH):
        if item.next_try_at <= at:
            transaction.on_commit(partial(carrier.carry, item.pk), robust=True)


@transaction.atomic
def post_mail(
    *, to: str, subject: str, text: str, at: dt.datetime, after: dt.datetime | None = None
) -> OutboxItem:
    """Write down a plain mail to somebody outside; it leaves after the commit, or ``after``."""
    item = OutboxItem(
        way=Way.MAIL,
        to_address=to,
        subject=rules.one_line(subject),
        body=text,
        next_try_at=after or at,
        created_at=at,
    )
    item.full_clean()
    hand_over([item], at=at)
    return item


def deliver(item_id: int, *, at: dt.datetime) -> bool:
    """
    Send one item if it is due and nobody else is sending it; return whether it went out.

    Claimed under a lease, sent outside any transaction, then marked: after a crash in between it is
    sent once more, under the same Message-ID or delivery id.
    """
    due = Q(state=OutboxState.WAITING, next_try_at__lte=at)
    lost = Q(state=OutboxState.SENDING, lease_until__lt=at)
    claimed = OutboxItem.objects.filter(due | lost, pk=item_id).update(
        state=OutboxState.SENDING, lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    item = OutboxItem.objects.select_related("account", "webhook").get(pk=item_id)
    try:
        wanted = _send_mail(item) if item.way == Way.MAIL else _call_webhook(item, at)
    except _Hopeless as error:
        _give_up(item, str(error))
    except (outbound.CallFailed, smtplib.SMTPException, OSError, ValueError) as error:
        _try_later(item, f"{type(error).__name__}: {error}", at)
    else:
        _finish(item, OutboxState.SENT if wanted else OutboxState.DROPPED, at)
        return wanted
    return False


def _finish(item: OutboxItem, state: str, at: dt.datetime) -> None:
    OutboxItem.objects.filter(pk=item.pk, state=OutboxState.SENDING).update(
        state=state, sent_at=at, lease_until=None, error=""
    )


def _give_up(item: OutboxItem, reason: str) -> None:
    OutboxItem.objects.filter(pk=item.pk, state=OutboxState.SENDING).update(
        state=OutboxState.DEAD, lease_until=None, error=_said(reason)
    )
    log.warning("outbox item %s given up: %s", item.uid, _said(reason))


def _said(reason: str) -> str:
    """What the other side said, on one line, without the addresses it quotes."""
    return rules.one_line(rules.without_addresses(reason), 500)


def _try_later(item: OutboxItem, reason: str, at: dt.datetime) -> None:
    wait = rules.wait_after(item.attempts)
    if wait is None:
        _give_up(item, reason)
        return
    OutboxItem.objects.filter(pk=item.pk, state=OutboxState.SENDING).update(
        state=OutboxState.WAITING,
        next_try_at=at + wait,
        lease_until=None,
        error=_said(reason),
    )


def message_id(item: OutboxItem) -> str:
    """The Message-ID of an item: the same at every try."""
    return f"<{item.uid}@{urlsplit(settings.BASE_URL).hostname or 'cangke.invalid'}>"


def _send_mail(item: OutboxItem) -> bool:
    """Send by SMTP; False if the person has left or has no address any more."""
    to = item.to_address
    if item.account is not None:
        to = item.account.email if item.account.is_active else ""
    if not to:
        return False
    mail = EmailMessage(
        subject=item.subject,
        body=item.body,
        to=[to],
        headers={
            "Message-ID": message_id(item),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise _Hopeless(f"refused: {error}") from error
        raise
    except smtplib.SMTPResponseException as error:
        if 500 <= error.smtp_code < 600 and error.smtp_code not in (530, 535):
            raise _Hopeless(f"refused: {error}") from error
        raise
    return True


def _call_webhook(item: OutboxItem, at: dt.datetime) -> bool:
    """Post to a robot, signed; False if it was switched off meanwhile."""
    webhook = item.webhook
    if webhook is None or not webhook.is_active:
        return False
    body = item.body.encode()
    timestamp = int(at.timestamp())
    try:
        answer = outbound.call(
            "POST",
            webhook.url,
            body=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Cangke-Delivery": item.uid,
                "X-Cangke-Timestamp": str(timestamp),
                "X-Cangke-Signature": rules.sign(webhook.secret, timestamp, body),
            },
        )
    except outbound.CallRefused as error:
        raise _Hopeless(str(error)) from error
    if answer.ok and webhook.shape == Shape.ROBOT and not _robot_accepted(answer.body):
        raise _Hopeless(f"the robot refused: {answer.body[:200]!r}")
    if answer.ok:
        return True
    if 400 <= answer.status < 500 and answer.status not in (408, 425, 429):
        raise _Hopeless(f"status {answer.status}")
    raise outbound.CallFailed(f"status {answer.status}")


def _robot_accepted(body: bytes) -> bool:
    """Group robots answer 200 with an error code inside."""
    try:
        said = json.loads(body)
    except ValueError:
        return True
    return not isinstance(said, dict) or said.get("errcode", 0) == 0


def sweep(*, at: dt.datetime, limit: int = 200) -> int:
    """Put what is due, or was left by a crash, back on the queue; return how many."""
    due = Q(state=OutboxState.WAITING, next_try_at__lte=at)
    lost = Q(state=OutboxState.SENDING, lease_until__lt=at)
    waiting = OutboxItem.objects.filter(due | lost).order_by("next_try_at")
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    for item_id in ids:
        carrier.carry(item_id)
    return len(ids)


@transaction.atomic
def retry(*, item_id: int, by: Account, at: dt.datetime) -> OutboxItem:
    """Send a failed item once more, with all its tries before it."""
    item = OutboxItem.objects.select_for_update().get(pk=item_id)
    if item.state != OutboxState.DEAD:
        raise Refusal(_("这条消息不在失败列表中，请刷新。"))
    item.state, item.attempts, item.next_try_at, item.error = OutboxState.WAITING, 0, at, ""
    item.save(update_fields=["state", "attempts", "next_try_at", "error"])
    record("notices.outbox_retried", obj=item, by=by, at=at)
    transaction.on_commit(partial(carrier.carry, item.pk), robust=True)
    return item


@transaction.atomic
def discard(*, item_id: int, by: Account, at: dt.datetime) -> OutboxItem:
    """Give a failed item up for good."""
    item = OutboxItem.objects.select_for_update().get(pk=item_id)
    if item.state != OutboxState.DEAD:
        raise Refusal(_("这条消息不在失败列表中，请刷新。"))
    item.state = OutboxState.DROPPED
    item.save(update_fields=["state"])
    record("notices.outbox_discarded", obj=item, by=by, at=at)
    return item
