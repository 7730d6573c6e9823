"""
Mail that no person wrote: RFC 3834, RFC 3464 and the habits of mailers. Plain Python.

Such mail opens no turn and gets no automatic answer, or two machines would talk for ever.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass, replace
from email.message import Message

from .headers import first_id, header_text, payload_of


@dataclass(frozen=True)
class Report:
    """A mail server's word on a mail of ours: ``failed`` for good, or only delayed."""

    failed: bool
    recipient: str = ""
    status: str = ""
    diagnostic: str = ""
    message_id: str = ""


_BULK = {"bulk", "junk", "list", "auto_reply"}
_LISTS = ("List-Id", "List-Unsubscribe", "List-Post", "List-Help")
_ROBOTS = ("X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply")
_DAEMONS = {"mailer-daemon", "postmaster", "mail-daemon"}
_SUBJECT = re.compile(
    r"(自动回复|自動回覆|自动答复|休假回复|automatic reply|auto[- ]?(reply|response)|autoreply"
    r"|out of (the )?office( autoreply)?)\s*([:：（(\[]|$)",
    re.IGNORECASE,
)


def automatic_reason(message: Message, address: str, own: frozenset[str]) -> str:
    """Return why the mail counts as written by a machine; empty if a person may have written it."""

    def value(header: str) -> str:
        return header_text(message.get(header, ""), 200).lower()

    if address in own:
        return "own address"
    if message.get_content_type() == "multipart/report":
        return "report"
    submitted = value("Auto-Submitted").partition(";")[0].strip()
    if submitted and submitted != "no":
        return "auto-submitted"
    if value("X-Auto-Response-Suppress") not in {"", "none"}:
        return "auto-response-suppress"
    if value("Precedence") in _BULK:
        return "precedence"
    for header in (*_LISTS, *_ROBOTS):
        if header in message:
            return header.lower()
    if address.partition("@")[0] in _DAEMONS:
        return "mailer daemon"
    if str(message.get("Return-Path", "")).strip() == "<>":
        return "null return path"
    if _SUBJECT.match(value("Subject")):
        return "subject"
    return ""


def read_report(part: Message, known: Report | None) -> Report:
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    report = known or Report(failed=False)
    for block in blocks[:50]:
        if not isinstance(block, Message):
            continue
        action = header_text(block.get("Action", ""), 60).lower()
        status = header_text(block.get("Status", ""), 60)
        recipient = header_text(block.get("Final-Recipient", ""), 300).rpartition(";")[2].strip()
        if action == "failed" or status.startswith("5"):
            diagnostic = header_text(block.get("Diagnostic-Code", ""), 300)
            return Report(
                failed=True,
                recipient=recipient.lower(),
                status=status[:20],
                diagnostic=diagnostic.rpartition(";")[2].strip()[:200],
                message_id=report.message_id,
            )
    return report


def with_original(part: Message, report: Report) -> Report:
    """Note which mail the report is about."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        about = payload[0]
    else:
        about = email.message_from_bytes(payload_of(part)[:100_000])
    return replace(report, message_id=first_id(about, "Message-ID"))
