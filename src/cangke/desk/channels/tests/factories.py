"""Channels for tests, with a mailbox on the test's own servers."""

import datetime as dt
import itertools
import secrets
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from cangke.desk.models import Channel, Mailbox
from cangke.people.models import Shop
from cangke.people.tests.factories import make_shop
from tests.mailservers import PASSWORD, USER, ImapServer, SmtpServer

_number = itertools.count(1)


def make_channel(kind: str, shop: Shop | None = None, **values: Any) -> Channel:
    n = next(_number)
    shop = shop or make_shop()
    values = {
        "code": f"{kind.replace('_', '-')}-{n}",
        "name": f"渠道{n}",
        "site": shop.site,
        "shop": shop,
        "public_key": secrets.token_urlsafe(24),
        **values,
    }
    return Channel.objects.create(kind=kind, **values)


def make_mailbox(
    imap: ImapServer | None = None, smtp: SmtpServer | None = None, **values: Any
) -> Mailbox:
    values = {
        "channel": values.pop("channel", None) or make_channel("email"),
        "address": USER,
        "sender_name": "小店客服",
        "imap_host": "127.0.0.1",
        "imap_port": imap.port if imap else 1,
        "imap_security": "none",
        "imap_user": USER,
        "imap_password": PASSWORD,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port if smtp else 1,
        "smtp_security": "none",
        "smtp_user": USER,
        "smtp_password": PASSWORD,
        "since_date": dt.date(2020, 1, 1),
        **values,
    }
    return Mailbox.objects.create(**values)


def letter(
    text: str = "请问我的包裹到哪里了？",
    *,
    sender: str = "小鱼妈妈 <fish@example.com>",
    subject: str = "包裹",
    **headers: str,
) -> bytes:
    """Return a plain mail as a mail program writes it; header names with ``_`` for ``-``."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = USER
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{secrets.token_hex(8)}@example.com>"
    mail["Date"] = "Mon, 23 Nov 2026 02:00:00 +0000"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()
