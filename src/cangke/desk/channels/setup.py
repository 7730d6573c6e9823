"""How the ways in are set up: mailboxes and web chats, and mail that was put aside."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import BadAddress, read_url
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Shop, Site

from ..actions.setup import save_channel
from ..models import Channel, Connector, Mailbox, Message, RawMail, WecomAccount, WecomRow

CONNECTION = ("imap_host", "imap_user", "imap_folder")
FIELDS = (
    "address",
    "sender_name",
    "aliases",
    "imap_host",
    "imap_port",
    "imap_security",
    "imap_user",
    "imap_folder",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "smtp_user",
    "poll_seconds",
    "since_date",
)
SECRETS = ("imap_password", "smtp_password")
ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9.-]{1,253}(:[0-9]{1,5})?", re.IGNORECASE)


class AddressTaken(Refusal):
    """Another mailbox has this address."""


class OriginUnusable(Refusal):
    """A site is named by scheme and host only."""


class AddressUnusable(Refusal):
    """Answers are handed over by http(s) to a plain host."""


class AccountTaken(Refusal):
    """Another channel has this account of WeCom."""


class NotAside(Conflict):
    """The mail was read in the meantime."""


def _save_channel(
    channel: Channel | None,
    kind: str,
    values: dict[str, Any],
    config: dict[str, Any],
    *,
    by: Account,
    at: dt.datetime,
) -> Channel:
    shop: Shop | None = values["shop"]
    site: Site = shop.site if shop is not None else values["site"]
    code = channel.code if channel else f"{kind.replace('_', '-')}-{secrets.token_hex(4)}"
    return save_channel(
        channel=channel,
        site=site,
        code=code,
        kind=kind,
        name=values["name"],
        shop_id=None if shop is None else shop.pk,
        language=values["language"],
        opening_id=None if values.get("opening") is None else values["opening"].pk,
        greetings=_texts(values, "greeting"),
        away_notices=_texts(values, "away"),
        target_seconds=values.get("target_seconds"),
        config={**(channel.config if channel else {}), **config},
        is_active=values["is_active"],
        by=by,
        at=at,
    )


def _texts(values: dict[str, Any], name: str) -> dict[str, str]:
    """Return the texts that are given, by language."""
    given = {"zh-hans": values.get(f"{name}_zh", ""), "en": values.get(f"{name}_en", "")}
    return {language: text.strip() for language, text in given.items() if text.strip()}


@transaction.atomic
def save_chat(
    *, channel: Channel | None, values: dict[str, Any], by: Account, at: dt.datetime
) -> Channel:
    """
    Make a web chat or change one.

    :raises OriginUnusable: for a site that is no ``https://host``
    """
    origins = [line.strip().rstrip("/") for line in values["origins"].splitlines() if line.strip()]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise OriginUnusable(
                _("“%s”不是网站地址：只写 https:// 和域名，每行一个。") % origin[:80],
                field="origins",
            )
    config = {"origins": origins, "show_agents": values["show_agents"]}
    return _save_channel(channel, "web_chat", values, config, by=by, at=at)


@transaction.atomic
def save_by_hand(
    *, channel: Channel | None, values: dict[str, Any], by: Account, at: dt.datetime
) -> Channel:
    """Make a way in that people write down by hand, or change one (A1, A4)."""
    kind = channel.kind if channel is not None else values["kind"]
    return _save_channel(channel, kind, values, {}, by=by, at=at)


@transaction.atomic
def save_mailbox(
    *, mailbox: Mailbox | None, values: dict[str, Any], by: Account, at: dt.datetime
) -> Mailbox:
    """
    Make an e-mail channel with its mailbox, or change one; an empty password stays as it is.

    :raises AddressTaken: if another channel has the address
    """
    taken = Mailbox.objects.filter(address__iexact=values["address"])
    if mailbox is not None:
        taken = taken.exclude(pk=mailbox.pk)
    if taken.exists():
        raise AddressTaken(_("这个地址已经是另一个渠道的邮箱。"), field="address")
    channel = mailbox.channel if mailbox else None
    channel = _save_channel(channel, "email", values, {}, by=by, at=at)
    row = mailbox or Mailbox()
    before = {name: getattr(row, name) for name in FIELDS}
    row.channel = channel
    for name in FIELDS:
        setattr(row, name, values[name])
    changed = [name for name in SECRETS if values.get(name)]
    for name in changed:
        setattr(row, name, values[name])
    if mailbox is None or any(before[name] != values[name] for name in CONNECTION):
        # Another folder: its numbers begin anew; what was taken in already is known by itself.
        row.uidvalidity, row.last_uid = None, 0
    row.next_poll_at = None
    row.save()
    changes = {
        name: [before[name], values[name]] for name in FIELDS if before[name] != values[name]
    }
    record(
        "desk.mailbox_saved",
        obj=row,
        by=by,
        at=at,
        changes={**changes, "passwords": changed},
    )
    return row


@transaction.atomic
def save_connector(
    *, connector: Connector | None, values: dict[str, Any], by: Account, at: dt.datetime
) -> Connector:
    """
    Make a channel that an outside tool serves, or change one; a new one has a new secret.

    :raises AddressUnusable: for an address that cannot be called
    """
    url = values["url"].strip()
    if url:
        try:
            read_url(url)
        except BadAddress as error:
            raise AddressUnusable(
                _("推送地址要以 https:// 开头，后面是公网可以访问的地址。"), field="url"
            ) from error
    channel = values.get("channel") or (connector.channel if connector else None)
    kind = channel.kind if channel else values["kind"]
    channel = _save_channel(channel, kind, values, {}, by=by, at=at)
    row = connector or Connector(channel=channel, secret=secrets.token_urlsafe(32))
    changes = {
        name: [getattr(row, name), given]
        for name, given in (("url", url), ("identity_kind", values["identity_kind"]))
        if getattr(row, name) != given
    }
    row.url, row.identity_kind = url, values["identity_kind"]
    row.save()
    record("desk.connector_saved", obj=channel, by=by, at=at, changes=changes)
    return row


@transaction.atomic
def renew_secret(*, connector_id: int, by: Account, at: dt.datetime) -> Connector:
    """Give the tool a new secret; the old one is worth nothing from now on."""
    get_visible(by, Connector, "change", pk=connector_id)
    row = Connector.objects.select_for_update().select_related("channel").get(pk=connector_id)
    row.secret = secrets.token_urlsafe(32)
    row.save(update_fields=["secret"])
    record("desk.connector_secret_renewed", obj=row.channel, by=by, at=at)
    return row


WECOM_FIELDS = ("corp_id", "open_kfid")
WECOM_SECRETS = ("kf_secret", "token", "aes_key")


@transaction.atomic
def save_wecom(
    *, account: WecomAccount | None, values: dict[str, Any], by: Account, at: dt.datetime
) -> WecomAccount:
    """
    Make a channel of WeCom customer service, or change one; an empty secret stays as it is.

    What customers wrote before the channel was made stays out.

    :raises AccountTaken: if another channel has the account
    """
    taken = WecomAccount.objects.filter(**{name: values[name] for name in WECOM_FIELDS})
    if account is not None:
        taken = taken.exclude(pk=account.pk)
    if taken.exists():
        raise AccountTaken(_("这个客服账号已经是另一个渠道的。"), field="open_kfid")
    channel = _save_channel(account.channel if account else None, "wecom", values, {}, by=by, at=at)
    row = account or WecomAccount(channel=channel, since_at=at)
    changes: dict[str, Any] = {
        name: [getattr(row, name), values[name]]
        for name in WECOM_FIELDS
        if getattr(row, name) != values[name]
    }
    if changes:
        # Another account: its pages begin anew, and so does what we are let in with.
        row.cursor, row.since_at = "", at
        row.access_token, row.access_until = "", None
    for name in WECOM_FIELDS:
        setattr(row, name, values[name])
    changed = [name for name in WECOM_SECRETS if values.get(name)]
    for name in changed:
        setattr(row, name, values[name])
    if "kf_secret" in changed:
        row.access_token, row.access_until = "", None
    row.next_pull_at = None
    row.save()
    record("desk.wecom_saved", obj=channel, by=by, at=at, changes={**changes, "secrets": changed})
    return row


@transaction.atomic
def read_rows_again(*, account_id: int, by: Account, at: dt.datetime) -> int:
    """Have what was put aside read once more; return how many messages that are."""
    account = get_visible(by, WecomAccount, "change", pk=account_id)
    aside = WecomRow.objects.filter(account=account, state="quarantined")
    count = aside.update(state="received", tries=0, next_try_at=None, error="")
    WecomAccount.objects.filter(pk=account.pk).update(next_pull_at=at)
    if count:
        record(
            "desk.wecom_row_again", obj=account.channel, by=by, at=at, changes={"messages": count}
        )
    return count


@transaction.atomic
def read_again(*, raw_id: int, by: Account, at: dt.datetime) -> RawMail:
    """
    Have a quarantined mail read once more.

    :raises NotAside: if it is not in quarantine
    """
    get_visible(by, RawMail, "change", pk=raw_id)
    raw = RawMail.objects.select_for_update().get(pk=raw_id)
    if raw.state != "quarantined" or raw.error == "too_large":
        raise NotAside(_("这封邮件不在隔离中，或只保留了邮件头。"))
    raw.state, raw.error, raw.error_detail, raw.tries = "received", "", "", 0
    raw.save(update_fields=["state", "error", "error_detail", "tries"])
    record("desk.mail_read_again", obj=raw, by=by, at=at)
    return raw


def raw_of(message: Message) -> RawMail | None:
    """Return the mail behind a message."""
    return RawMail.objects.select_related("eml").filter(message=message).first()
