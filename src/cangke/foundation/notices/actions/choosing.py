from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.live.public import signal
from cangke.foundation.refusal import Refusal

from .. import rules
from ..models import (
    Notice,
    NoticeChoice,
    NoticeSetting,
    OutboxItem,
    OutboxState,
    Webhook,
    new_secret,
)


@transaction.atomic
def mark_read(*, by: Account, at: dt.datetime, ids: Collection[int] | None = None) -> int:
    """Mark the person's own notices as read, all of them or those named; return how many."""
    mine = Notice.objects.filter(account=by, read_at=None)
    if ids is not None:
        mine = mine.filter(pk__in=ids)
    count = mine.update(read_at=at)
    if count:
        signal(f"account:{by.pk}", "notice")
    return count


@transaction.atomic
def choose(
    *, by: Account, values: Mapping[str, Any], kinds: Mapping[str, tuple[bool, bool]]
) -> NoticeSetting:
    """
    Keep how a person wants to be told.

    ``values`` are fields of `NoticeSetting`; ``kinds`` maps a kind to (in the app, by mail).

    :raises Refusal: if quiet hours have a beginning without an end, or the reverse
    """
    if (values.get("quiet_from") is None) != (values.get("quiet_until") is None):
        raise Refusal(_("免打扰要同时填写开始和结束时间。"), field="quiet_until")
    setting, _made = NoticeSetting.objects.update_or_create(account=by, defaults=dict(values))
    NoticeChoice.objects.bulk_create(
        [
            NoticeChoice(account=by, kind=kind, in_app=in_app, mail=mail)
            for kind, (in_app, mail) in kinds.items()
        ],
        update_conflicts=True,
        unique_fields=["account", "kind"],
        update_fields=["in_app", "mail"],
    )
    return setting


def _checked_url(url: str) -> str:
    try:
        parts = rules.read_url(url)
    except rules.BadAddress:
        raise Refusal(_("地址不对，应以 https:// 开头。"), field="url") from None
    allowed = [ipaddress.ip_network(each, strict=False) for each in settings.CANGKE_OUTBOUND_ALLOW]
    host = (parts.hostname or "").strip("[]")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        literal = str(ipaddress.ip_address(host))
    except ValueError:
        return url
    if not rules.is_callable_address(literal, port, allowed=allowed):
        raise Refusal(_("这个地址属于内部网络，不能调用。"), field="url")
    return url


@transaction.atomic
def save_webhook(
    *,
    webhook: Webhook | None,
    name: str,
    url: str,
    shape: str,
    kinds: Collection[str],
    is_active: bool,
    by: Account,
    at: dt.datetime,
    new_key: bool = False,
) -> Webhook:
    """
    Add or change a robot; its key is made here and shown on its page alone.

    :raises Refusal: if the address may not be called or the name is taken
    """
    row = webhook or Webhook(created_by=by, created_at=at)
    if Webhook.objects.exclude(pk=row.pk).filter(name=name).exists():
        raise Refusal(_("已有同名的群机器人。"), field="name")
    before = {"name": row.name, "shape": row.shape, "kinds": row.kinds, "is_active": row.is_active}
    row.name, row.url, row.shape, row.is_active = name, _checked_url(url), shape, is_active
    row.kinds = sorted(kinds)
    if new_key:
        row.secret = new_secret()
    row.save()
    after = {"name": row.name, "shape": row.shape, "kinds": row.kinds, "is_active": row.is_active}
    changes: dict[str, Any] = {
        key: [before[key] if webhook else None, value]
        for key, value in after.items()
        if webhook is None or before[key] != value
    }
    if new_key:
        changes["secret"] = "renewed"
    record("notices.webhook_saved", obj=row, by=by, at=at, changes=changes)
    return row


@transaction.atomic
def delete_webhook(*, webhook_id: int, by: Account, at: dt.datetime) -> None:
    """Remove a robot and what still waits to be told to it."""
    row = Webhook.objects.select_for_update().get(pk=webhook_id)
    waiting = OutboxItem.objects.filter(webhook=row, state=OutboxState.WAITING).count()
    record(
        "notices.webhook_deleted",
        obj=row,
        by=by,
        at=at,
        changes={"name": row.name, "waiting": waiting},
    )
    row.delete()
