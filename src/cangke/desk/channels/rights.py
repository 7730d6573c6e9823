"""Who may see mailboxes and the mails behind messages; part of the desk's permissions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db.models import Q

from cangke.foundation.access.public import Account, classify, gate, mask_email
from cangke.foundation.files.public import register_access

from ..models import Mailbox, OutgoingMail, RawMail
from .files import may_read_attachment, may_read_raw

Path = Callable[[Account, Collection[int]], Q]


def declare(*, view: str, setup: str, through: Mapping[str, Path]) -> None:
    """Declare the gates; ``through`` is the reach over rows of a message's conversation."""
    for model in (Mailbox, RawMail):
        gate(model, permissions={"view": setup, "change": setup}, paths={})
    gate(OutgoingMail, permissions={"view": view}, paths=through)
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
