"""
Read a raw mail: plain Python, within bounds, whatever it holds.

Nothing here trusts the sender: every header is cut, every charset guessed at, every part counted.
The raw mail is kept beside it, so what is left out here is not lost.
"""

from __future__ import annotations

import binascii
import email
import email.errors
import email.header
import email.utils
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

MOST_NESTED = 100  # multiparts within multiparts, as far as a mail is read at all
MOST_PARTS = 100  # attachments that are taken
MOST_TEXT = 100_000  # characters of the text
MOST_HTML = 1_000_000
MOST_HEADER = 4_000  # characters of a header that are looked at
MOST_REFERENCES = 100

_MULTIPART = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,190}")
_ID = re.compile(r"<([^<>\s]{1,990})>")
_SPACES = re.compile(r"\s+")
# What a person never types, but what breaks a database, a line or a reader's eyes.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n){4,}")
_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "hz-gb-2312", "euc-cn"}


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
class Report:
    """A mail server's word on a mail of ours: ``failed`` for good, or only delayed."""

    failed: bool
    recipient: str = ""
    status: str = ""
    diagnostic: str = ""
    message_id: str = ""


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
    name, address = _first_address(message, "From")
    text = "\n\n".join(found.texts)
    return ParsedMail(
        message_id=_first_id(message, "Message-ID"),
        references=_references(message),
        from_address=address,
        from_name=name,
        reply_to=_first_address(message, "Reply-To")[1],
        subject=header_text(message.get("Subject", ""))[:200],
        text=_tidy(text)[:MOST_TEXT],
        html="\n".join(found.htmls)[:MOST_HTML].replace("\x00", ""),
        parts=tuple(found.parts),
        left_out=found.left_out,
        automatic=_automatic(message, address, own),
        report=found.report,
    )


def header_text(value: object, limit: int = MOST_HEADER) -> str:
    """Return a header as people read it: decoded, on one line, without control signs."""
    pieces: list[str] = []
    try:
        cut = value if isinstance(value, email.header.Header) else str(value)[:limit]
        decoded = email.header.decode_header(cut)
    except (email.errors.HeaderParseError, binascii.Error, ValueError, LookupError):
        decoded = [(str(value)[:limit], None)]
    for piece, charset in decoded:
        pieces.append(piece if isinstance(piece, str) else decode(piece, charset))
    return _SPACES.sub(" ", _plain("".join(pieces)[:limit])).strip()


def decode(data: bytes, charset: str | None) -> str:
    """Return the bytes as text: by the charset named, else by what fits, else with ``�``."""
    named = (charset or "").strip().lower()
    if named in _CHINESE:
        named = "gb18030"
    if named in {"unknown-8bit", "x-unknown", "us-ascii", "ascii", "default"}:
        named = ""
    for attempt in (named, "utf-8", "gb18030"):
        if not attempt:
            continue
        try:
            return data.decode(attempt)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _plain(text: str) -> str:
    """Drop what no text may hold: NUL, lone halves of signs, hidden changes of direction."""
    return _CONTROLS.sub("", text).encode("utf-8", "replace").decode("utf-8")


def _tidy(text: str) -> str:
    text = _plain(text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANK_LINES.sub("\n\n\n", text).strip()


def _collect(message: Message, found: _Found) -> None:
    """Walk the parts; of alternatives both the text and the HTML are taken."""
    for part in _leaves(message, found):
        kind = part.get_content_type()
        disposition = str(part.get("Content-Disposition", "")).strip().lower()
        attached = disposition.startswith("attachment") or _name_of(part) != ""
        if kind == "text/plain" and not attached:
            found.texts.append(decode(_payload(part), _charset(part)))
        elif kind == "text/html" and not attached:
            found.htmls.append(decode(_payload(part), _charset(part)))
        elif kind == "message/delivery-status":
            found.report = _report(part, found.report)
        elif kind in {"text/rfc822-headers", "message/rfc822"} and found.report is not None:
            found.report = _with_original(part, found.report)
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
        data, ending = _payload(part), ""
    content_id = header_text(part.get("Content-ID", ""), 300).strip("<> ")
    if not data and not content_id:
        return
    name = _name_of(part) or f"{kind.replace('/', '-')}{ending}"
    found.parts.append(Part(name=name, content_type=kind, data=data, content_id=content_id))


def _payload(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (LookupError, ValueError, binascii.Error, AssertionError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    plain = part.get_payload()
    return plain.encode("utf-8", "replace") if isinstance(plain, str) else b""


def _inner_mail(part: Message) -> bytes:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        return _payload(part)
    try:
        return inner.as_bytes()
    except (LookupError, ValueError, TypeError, KeyError):
        return str(inner.get_payload()).encode("utf-8", "replace")


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, TypeError):
        return None


def _name_of(part: Message) -> str:
    try:
        return header_text(part.get_filename("") or "", 300)
    except (LookupError, ValueError, TypeError):
        return "file"


def _first_address(message: Message, header: str) -> tuple[str, str]:
    """Return (name, address) of the first usable address; both empty if there is none."""
    for raw in message.get_all(header, [])[:3]:
        # Split before the words are decoded: a coded name may hold brackets and commas.
        text = _SPACES.sub(" ", str(raw)[:MOST_HEADER])
        for name, address in email.utils.getaddresses([text])[:10]:
            if _ADDRESS.fullmatch(address):
                return header_text(name, 300)[:100], _plain(address).lower()
        for word in text.replace("<", " ").replace(">", " ").split():
            if _ADDRESS.fullmatch(word):
                return "", word.lower()
    return "", ""


def _first_id(message: Message, header: str) -> str:
    value = str(message.get(header, "") or "")[:MOST_HEADER]
    found = _ID.search(value)
    return _plain(found.group(1) if found else _SPACES.sub("", value)[:990])


def _references(message: Message) -> tuple[str, ...]:
    """Return the ids it answers, oldest first, the one answered directly last."""
    ids: list[str] = []
    for header in ("References", "In-Reply-To"):
        for value in message.get_all(header, [])[:3]:
            ids += _ID.findall(str(value)[: MOST_HEADER * 5])
    return tuple(dict.fromkeys(_plain(each) for each in ids[-MOST_REFERENCES:]))


# --- mail that no person wrote (RFC 3834, RFC 3464, and the habits of mailers)

_BULK = {"bulk", "junk", "list", "auto_reply"}
_LISTS = ("List-Id", "List-Unsubscribe", "List-Post", "List-Help")
_ROBOTS = ("X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply")
_DAEMONS = {"mailer-daemon", "postmaster", "mail-daemon"}
_SUBJECT = re.compile(
    r"(自动回复|自動回覆|自动答复|休假回复|automatic reply|auto[- ]?(reply|response)|autoreply"
    r"|out of (the )?office( autoreply)?)\s*([:：（(\[]|$)",
    re.IGNORECASE,
)


def _automatic(message: Message, address: str, own: frozenset[str]) -> str:
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


def _report(part: Message, known: Report | None) -> Report:
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


def _with_original(part: Message, report: Report) -> Report:
    """Note which mail the report is about."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        about = payload[0]
    else:
        about = email.message_from_bytes(_payload(part)[:100_000])
    return Report(
        failed=report.failed,
        recipient=report.recipient,
        status=report.status,
        diagnostic=report.diagnostic,
        message_id=_first_id(about, "Message-ID"),
    )
