"""
Headers and bodies as text, whatever they hold: cut, decoded, without what no text may hold.
"""

from __future__ import annotations

import binascii
import email.errors
import email.header
import email.utils
import re
from email.message import Message

MOST_HEADER = 4_000  # characters of a header that are looked at
MOST_REFERENCES = 100

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,190}")
_ID = re.compile(r"<([^<>\s]{1,990})>")
_SPACES = re.compile(r"\s+")
# What a person never types, but what breaks a database, a line or a reader's eyes.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "hz-gb-2312", "euc-cn"}


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
    return _SPACES.sub(" ", plain("".join(pieces)[:limit])).strip()


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


def plain(text: str) -> str:
    """Drop what no text may hold: NUL, lone halves of signs, hidden changes of direction."""
    return _CONTROLS.sub("", text).encode("utf-8", "replace").decode("utf-8")


def payload_of(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (LookupError, ValueError, binascii.Error, AssertionError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    plain = part.get_payload()
    return plain.encode("utf-8", "replace") if isinstance(plain, str) else b""


def charset_of(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, TypeError):
        return None


def first_address(message: Message, header: str) -> tuple[str, str]:
    """Return (name, address) of the first usable address; both empty if there is none."""
    for raw in message.get_all(header, [])[:3]:
        # Split before the words are decoded: a coded name may hold brackets and commas.
        text = _SPACES.sub(" ", str(raw)[:MOST_HEADER])
        for name, address in email.utils.getaddresses([text])[:10]:
            if _ADDRESS.fullmatch(address):
                return header_text(name, 300)[:100], plain(address).lower()
        for word in text.replace("<", " ").replace(">", " ").split():
            if _ADDRESS.fullmatch(word):
                return "", word.lower()
    return "", ""


def first_id(message: Message, header: str) -> str:
    value = str(message.get(header, "") or "")[:MOST_HEADER]
    found = _ID.search(value)
    return plain(found.group(1) if found else _SPACES.sub("", value)[:990])


def references_of(message: Message) -> tuple[str, ...]:
    """Return the ids it answers, oldest first, the one answered directly last."""
    ids: list[str] = []
    for header in ("References", "In-Reply-To"):
        for value in message.get_all(header, [])[:3]:
            ids += _ID.findall(str(value)[: MOST_HEADER * 5])
    return tuple(dict.fromkeys(plain(each) for each in ids[-MOST_REFERENCES:]))
