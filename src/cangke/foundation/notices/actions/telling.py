from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.calendar.public import UnknownZone, local_moment, site_day, site_zone
from cangke.foundation.live.public import signal_all

from .. import registry, rules
from ..models import (
    MailMode,
    Notice,
    NoticeChoice,
    NoticeSetting,
    OutboxItem,
    Shape,
    Way,
    Webhook,
)
from .outbox import hand_over

BATCH = 500
KEEP_READ = dt.timedelta(days=180)
KEEP_SENT = dt.timedelta(days=30)
DIGEST_LINES = 100


def zone_of(account: Account) -> str:
    """The person's own zone, or the installation's."""
    try:
        return site_zone(account.zone).key
    except UnknownZone:
        return settings.TIME_ZONE


def absolute(url: str) -> str:
    """A link for the outside."""
    return f"{settings.BASE_URL}{url}" if url else ""


def notify(
    accounts: Account | Iterable[Account],
    *,
    kind: str,
    title: object,
    body: object = "",
    url: str = "",
    at: dt.datetime,
) -> int:
    """
    Tell people something, as each has chosen: in the app, by mail, both; return how many.

    ``title`` and ``body`` may be lazy: each person reads them in their own language. They carry no
    masked values, as mail leaves the house. ``url`` is a path of this installation.

    :raises ValueError: if ``url`` leads elsewhere
    """
    if not rules.is_local_path(url):
        raise ValueError("a notice links into this installation")
    found = [accounts] if isinstance(accounts, Account) else accounts
    people = {each.pk: each for each in found}.values()
    return notify_each([(each, body, url) for each in people], kind=kind, title=title, at=at)


@transaction.atomic
def notify_each(
    told: Iterable[tuple[Account, object, str]], *, kind: str, title: object, at: dt.datetime
) -> int:
    """
    Tell each person something of their own, (account, body, url), under one title; see `notify`.

    The number of queries does not depend on how many there are.

    :raises ValueError: if a ``url`` leads elsewhere
    """
    rows = [row for row in told if row[0].is_active]
    if not all(rules.is_local_path(url) for _account, _body, url in rows):
        raise ValueError("a notice links into this installation")
    ids = {account.pk for account, _body, _url in rows}
    chosen = {
        each.account_id: each for each in NoticeChoice.objects.filter(kind=kind, account__in=ids)
    }
    by_account = {each.account_id: each for each in NoticeSetting.objects.filter(account__in=ids)}
    known = registry.kind_of(kind)
    notices, mails = [], []
    for account, body, url in rows:
        choice = chosen.get(account.pk) or NoticeChoice(mail=known.mail)
        setting = by_account.get(account.pk) or NoticeSetting(account=account)
        with translation.override(account.language or settings.LANGUAGE_CODE):
            words = rules.one_line(str(title)), str(body)[:1000].replace("\x00", "")
        if choice.in_app or not choice.mail:
            notices.append(
                Notice(
                    account=account,
                    kind=kind,
                    title=words[0],
                    body=words[1],
                    url=url[:300],
                    created_at=at,
                )
            )
        if choice.mail and account.email and setting.mail_mode == MailMode.EACH:
            mails.append(_mail(account, setting, words, url, urgent=known.urgent, at=at))
    Notice.objects.bulk_create(notices, batch_size=BATCH)
    hand_over(mails, at=at)
    signal_all([f"account:{each.account_id}" for each in notices], "notice")
    return len(rows)


def _mail(
    account: Account,
    setting: NoticeSetting,
    words: tuple[str, str],
    url: str,
    *,
    urgent: bool,
    at: dt.datetime,
) -> OutboxItem:
    quiet = rules.quiet_until(
        at, zone=zone_of(account), start=setting.quiet_from, end=setting.quiet_until
    )
    with translation.override(account.language or settings.LANGUAGE_CODE):
        text = "\n\n".join(part for part in (words[0], words[1], absolute(url), _foot()) if part)
    return OutboxItem(
        way=Way.MAIL,
        account=account,
        subject=words[0],
        body=text,
        next_try_at=at if urgent or quiet is None else quiet,
        created_at=at,
    )


def _foot() -> str:
    return _("—— 仓客。通知方式可在此修改：%s") % absolute("/notices/settings")


@transaction.atomic
def announce(
    *,
    kind: str,
    title: object,
    body: object = "",
    url: str = "",
    at: dt.datetime,
    only: Webhook | None = None,
) -> int:
    """
    Tell the robots of internal groups that listen to the kind, or one; return how many (AMB-33).

    What is said leaves the house: no masked values.
    """
    if not rules.is_local_path(url):
        raise ValueError("a notice links into this installation")
    active = Webhook.objects.filter(is_active=True)
    robots = [only] if only else [each for each in active if each.wants(kind)]
    with translation.override(settings.LANGUAGE_CODE):
        words = rules.one_line(str(title)), str(body)[:2000].replace("\x00", "")
    items = [
        OutboxItem(
            way=Way.WEBHOOK,
            webhook=robot,
            subject=words[0],
            body=_payload(robot, kind, words, absolute(url), at),
            next_try_at=at,
            created_at=at,
        )
        for robot in robots
    ]
    hand_over(items, at=at)
    return len(items)


def _payload(robot: Webhook, kind: str, words: tuple[str, str], link: str, at: dt.datetime) -> str:
    if robot.shape == Shape.ROBOT:
        content = "\n".join(part for part in (*words, link) if part)
        payload: dict[str, object] = {"msgtype": "text", "text": {"content": content}}
    else:
        payload = {
            "kind": kind,
            "title": words[0],
            "body": words[1],
            "url": link,
            "at": at.isoformat(),
        }
    return json.dumps(payload, ensure_ascii=False)


def digest(*, at: dt.datetime) -> int:
    """Send the daily mail to those who asked for one and whose hour has come; return how many."""
    due = NoticeSetting.objects.filter(mail_mode=MailMode.DAILY, account__is_active=True).exclude(
        account__email=""
    )
    count = 0
    for setting in due.select_related("account"):
        count += _digest_one(setting, at)
    return count


@transaction.atomic
def _digest_one(setting: NoticeSetting, at: dt.datetime) -> int:
    account = setting.account
    zone = zone_of(account)
    minute = setting.digest_time.hour * 60 + setting.digest_time.minute
    moment = local_moment(site_day(at, zone), minute, zone)
    if at < moment:
        return 0
    before = setting.digested_at
    taken = NoticeSetting.objects.filter(
        Q(digested_at__isnull=True) | Q(digested_at__lt=moment), pk=setting.pk
    ).update(digested_at=at)
    if not taken:
        return 0
    since = before or moment - dt.timedelta(days=1)
    unread = Notice.objects.filter(account=account, read_at=None, created_at__gt=since)
    chosen = dict(NoticeChoice.objects.filter(account=account).values_list("kind", "mail"))
    lines = [
        each
        for each in unread.order_by("pk")[:DIGEST_LINES]
        if chosen.get(each.kind, registry.kind_of(each.kind).mail)
    ]
    if not lines:
        return 0
    with translation.override(account.language or settings.LANGUAGE_CODE):
        subject = _("今日通知 %d 条") % len(lines)
        parts = ["\n".join(filter(None, (f"· {each.title}", absolute(each.url)))) for each in lines]
        text = "\n\n".join([*parts, _foot()])
    item = OutboxItem(
        way=Way.MAIL,
        account=account,
        subject=subject,
        body=text,
        next_try_at=at,
        created_at=at,
    )
    hand_over([item], at=at)
    return 1


def forget_old(*, at: dt.datetime) -> int:
    """Drop what was read half a year ago and what was sent a month ago."""
    read = Notice.objects.filter(read_at__lt=at - KEEP_READ).delete()[0]
    sent = OutboxItem.objects.filter(
        state__in=["sent", "dropped"], created_at__lt=at - KEEP_SENT
    ).delete()[0]
    return read + sent
