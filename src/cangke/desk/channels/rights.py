"""Who may see mailboxes and the mails behind messages; part of the desk's permissions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db.models import Q

from cangke.foundation.access.public import Account, classify, gate, mask_email, mask_name
from cangke.foundation.files.public import register_access

from ..models import (
    Connector,
    Mailbox,
    OutgoingCall,
    OutgoingMail,
    RawMail,
    WecomAccount,
    WecomRow,
    WecomSend,
)
from .files import may_read_attachment, may_read_raw

Path = Callable[[Account, Collection[int]], Q]


def _everywhere(account: Account, ids: Collection[int]) -> Q:
    """The ways in are the company's: whoever sets up the desk sets up all of them."""
    return Q(pk__isnull=False)


EVERYWHERE = dict.fromkeys(("self", "team", "department", "shop"), _everywhere)


def declare(*, view: str, setup: str, through: Mapping[str, Path]) -> None:
    """Declare the gates; ``through`` is the reach over rows of a message's conversation."""
    for model in (Mailbox, RawMail, Connector, WecomAccount, WecomRow):
        gate(model, permissions={"view": setup, "change": setup}, paths=EVERYWHERE)
    gate(OutgoingMail, permissions={"view": view}, paths=through)
    gate(OutgoingCall, permissions={"view": view}, paths=through)
    gate(WecomSend, permissions={"view": view}, paths=through)
    classify(
        Connector,
        internal=[
            "channel",
            "identity_kind",
            "url",
            "state",
            "last_error",
            "last_in_at",
            "last_out_at",
        ],
        secret=["secret"],
    )
    classify(
        WecomAccount,
        internal=[
            "channel",
            "corp_id",
            "open_kfid",
            "since_at",
            "state",
            "last_error",
            "called_at",
            "pulled_at",
            "next_pull_at",
        ],
        secret=["kf_secret", "token", "aes_key", "access_token"],
    )
    classify(
        WecomRow,
        internal=["kind", "received_at", "state", "error"],
        personal={"external_userid": mask_name},
    )
    classify(
        WecomSend,
        internal=["message", "state", "tries", "next_try_at", "last_error", "created_at"],
        personal={"recipient": mask_name},
    )
    classify(
        OutgoingCall,
        internal=["message", "state", "tries", "next_try_at", "last_error", "created_at"],
        personal={"recipient": mask_name},
    )
    classify(
        Mailbox,
        internal=[
            "channel",
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
            "state",
            "last_error",
            "failing_since",
            "polled_at",
        ],
        secret=["imap_password", "smtp_password"],
    )
    classify(
        RawMail,
        internal=["received_at", "size", "state", "error", "subject"],
        personal={"sender": mask_email, "reply_to": mask_email},
    )
    classify(
        OutgoingMail,
        internal=["state", "tries", "next_try_at", "last_error", "sent_at"],
        personal={"recipient": mask_email},
    )
    register_access("desk.message", may_read_attachment)
    register_access("desk.mail", may_read_raw)
