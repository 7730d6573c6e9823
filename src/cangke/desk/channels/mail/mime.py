"""
Read a raw mail: plain Python, within bounds, whatever it holds.

Nothing here trusts the sender: every header is cut, every charset guessed at, every part counted.
The raw mail is kept beside it, so what is left out here is not lost.
"""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from .headers import (
    charset_of,
    decode,
    first_address,
    first_id,
    header_text,
    payload_of,
    plain,
    references_of,
)
from .machines import Report, automatic_reason, read_report, with_original

MOST_NESTED = 100  # multiparts within multiparts, as far as a mail is read at all
MOST_PARTS = 100  # attachments that are taken
MOST_TEXT = 100_000  # characters of the text
MOST_HTML = 1_000_000

_MULTIPART = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n){4,}")


class MailUnsafe(Exception):
    """The mail is built so that reading it would hurt; ``reason`` says how, in English."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Part:
    """A file in the mail. ``content_id`` is what the HTML calls it by, without brackets."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True)
class ParsedMail:
    """What the desk needs of a mail. Addresses are lower case; ids are without brackets."""

    message_id: str = ""
    references: tuple[str, ...] = ()
    from_address: str = ""
    from_name: str = ""
    reply_to: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    parts: tuple[Part, ...] = ()
    left_out: int = 0
    automatic: str = ""
    report: Report | None = None


@dataclass
class _Found:
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    left_out: int = 0
    nested: int = 0
    report: Report | None = None


def digest_of(raw: bytes) -> str:
    """
    Return what makes a mail the same one again after its folder was renumbered.

    Trace headers may differ between two copies; who wrote what when may not. Mails without a
    Message-ID are the same only if every byte is.
    """
    head, _break, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    named: dict[bytes, bytes] = {}
    for line in re.split(rb"\n(?![ \t])", head):
        name, _colon, value = line.partition(b":")
        named.setdefault(name.strip().lower(), _SPACES_B.sub(b" ", value).strip())
    if not named.get(b"message-id"):
        return hashlib.sha256(raw).hexdigest()
    wanted = (b"message-id", b"date", b"from", b"subject")
    seen = b"\n".join([*(named.get(name, b"") for name in wanted), body.strip()])
    return hashlib.sha256(seen).hexdigest()


_SPACES_B = re.compile(rb"\s+")


def parse_mail(raw: bytes, *, own: frozenset[str] = frozenset()) -> ParsedMail:
    """
    Return the mail's content. ``own`` are our addresses, in lower case: mail from them is ours.

    :raises MailUnsafe: if its structure passes the bounds or cannot be read at all
    """
    if len(_MULTIPART.findall(raw)) > MOST_NESTED:
        raise MailUnsafe("too many nested parts")
    try:
        message = email.message_from_bytes(raw)
        found = _Found()
        _collect(message, found)
    except RecursionError:
        raise MailUnsafe("nested too deeply") from None
    name, address = first_address(message, "From")
    text = "\n\n".join(found.texts)
    return ParsedMail(
        message_id=first_id(message, "Message-ID"),
        references=references_of(message),
        from_address=address,
        from_name=name,
        reply_to=first_address(message, "Reply-To")[1],
        subject=header_text(message.get("Subject", ""))[:200],
        text=_tidy(text)[:MOST_TEXT],
        html="\n".join(found.htmls)[:MOST_HTML].replace("\x00", ""),
        parts=tuple(found.parts),
        left_out=found.left_out,
        automatic=automatic_reason(message, address, own),
        report=found.report,
    )


def _tidy(text: str) -> str:
    text = plain(text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANK_LINES.sub("\n\n\n", text).strip()


def _collect(message: Message, found: _Found) -> None:
    """Walk the parts; of alternatives both the text and the HTML are taken."""
    for part in _leaves(message, found):
        kind = part.get_content_type()
        disposition = str(part.get("Content-Disposition", "")).strip().lower()
        attached = disposition.startswith("attachment") or _name_of(part) != ""
        if kind == "text/plain" and not attached:
            found.texts.append(decode(payload_of(part), charset_of(part)))
        elif kind == "text/html" and not attached:
            found.htmls.append(decode(payload_of(part), charset_of(part)))
        elif kind == "message/delivery-status":
            found.report = read_report(part, found.report)
        elif kind in {"text/rfc822-headers", "message/rfc822"} and found.report is not None:
            found.report = with_original(part, found.report)
        elif len(found.parts) >= MOST_PARTS:
            found.left_out += 1
        else:
            _take(part, kind, found)


def _leaves(message: Message, found: _Found) -> Iterator[Message]:
    """Yield the parts that hold something; a mail within the mail is one of them."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            found.nested += 1
            waiting[:0] = [each for each in payload if isinstance(each, Message)]
        else:
            yield part


def _take(part: Message, kind: str, found: _Found) -> None:
    if kind == "message/rfc822":
        data, ending = _inner_mail(part), ".eml"
    else:
        data, ending = payload_of(part), ""
    content_id = header_text(part.get("Content-ID", ""), 300).strip("<> ")
    if not data and not content_id:
        return
    name = _name_of(part) or f"{kind.replace('/', '-')}{ending}"
    found.parts.append(Part(name=name, content_type=kind, data=data, content_id=content_id))


def _inner_mail(part: Message) -> bytes:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        return payload_of(part)
    try:
        return inner.as_bytes()
    except (LookupError, ValueError, TypeError, KeyError):
        return str(inner.get_payload()).encode("utf-8", "replace")


def _name_of(part: Message) -> str:
    try:
        return header_text(part.get_filename("") or "", 300)
    except (LookupError, ValueError, TypeError):
        return "file"
