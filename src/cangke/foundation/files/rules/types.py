"""Recognise a file by its first bytes; the name is asked only between kinds of plain text."""

from __future__ import annotations

import codecs
import re

UNKNOWN = "application/octet-stream"
OOXML = "application/vnd.openxmlformats-officedocument."
XLSX = OOXML + "spreadsheetml.sheet"
DOCX = OOXML + "wordprocessingml.document"
PPTX = OOXML + "presentationml.presentation"
XLS = "application/vnd.ms-excel"
PACKAGE = "application/zip"

# content type → extensions that fit it, the usual one first
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/svg+xml": ("svg",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "md", "json", "text"),
    "text/csv": ("csv", "tsv", "tab"),
    "text/html": ("html", "htm", "xhtml"),
    "message/rfc822": ("eml",),
    XLSX: ("xlsx",),
    XLS: ("xls",),
    DOCX: ("docx",),
    PPTX: ("pptx",),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/mp4": ("m4a", "aac"),
    "audio/amr": ("amr",),
    "audio/flac": ("flac",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov", "qt"),
    "video/webm": ("webm", "weba"),
    PACKAGE: ("zip",),
}

IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
SHEETS = frozenset({"text/csv", "text/plain", XLSX, XLS})
DOCUMENTS = frozenset({"application/pdf", XLSX, XLS, DOCX, PPTX})
TEXTS = frozenset({"text/plain", "text/csv", "message/rfc822"})
AUDIO = frozenset(
    {"audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4", "audio/amr", "audio/flac", "video/webm"}
)
VIDEO = frozenset({"video/mp4", "video/quicktime", "video/webm"})
USUAL = IMAGES | DOCUMENTS | TEXTS | AUDIO | VIDEO
# For what arrives by itself, such as mail: kept whatever it is, and only ever handed out inert.
ANYTHING = frozenset({"*"})

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", PACKAGE),
    (b"PK\x05\x06", PACKAGE),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP = re.compile(
    r"<\s*(!doctype\s+html|html|head|body|script|iframe|svg|object|embed|meta|link|style|base)\b",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^(from|to|date|subject|received|return-path|message-id|mime-version|delivered-to|cc|"
    r"reply-to|content-type|dkim-signature|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)


def sniff(head: bytes, name: str = "") -> str:
    """
    Return the content type of a file from its first bytes (64 KB are plenty).

    Packed formats come back as ``application/zip``; `inspect_package` says which they are.
    What is not recognised is ``application/octet-stream``.
    """
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _brand(head[8:12])
    if head.startswith(_OLE):
        return XLS if _holds_workbook(head) else UNKNOWN
    if _is_mp3_frame(head):
        return "audio/mpeg"
    text = _as_text(head)
    return UNKNOWN if text is None else _kind_of_text(text, name)


def _brand(brand: bytes) -> str:
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    if brand == b"qt  ":
        return "video/quicktime"
    if brand in (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ",
                 b"dash", b"3gp4", b"3gp5", b"MSNV"):  # fmt: skip
        return "video/mp4"
    return UNKNOWN


def _holds_workbook(head: bytes) -> bool:
    names = ("Workbook", "Book")
    return any(name.encode("utf-16-le") in head for name in names)


def _is_mp3_frame(head: bytes) -> bool:
    """Two frame headers in a row, the second where the first says it is."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    rates = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
    low = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
    version = head[1] >> 3 & 3
    samples = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
    rate = (rates if version == 3 else low)[head[2] >> 4] * 1000
    index = head[2] >> 2 & 3
    if not rate or index == 3 or version not in samples:
        return False
    length = (144 if version == 3 else 72) * rate // samples[version][index] + (head[2] >> 1 & 1)
    following = head[length : length + 2]
    return len(following) == 2 and following[0] == 0xFF and following[1] & 0xE6 == 0xE2


def _as_text(head: bytes) -> str | None:
    """Decode what is plain text in an encoding people use here, or None."""
    if not head:
        return None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            text = decoder.decode(head)
        except UnicodeDecodeError:
            continue
        return None if _CONTROLS.search(text) else text
    return None


def _kind_of_text(text: str, name: str) -> str:
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<?xml") or start.startswith("<svg"):
        return "image/svg+xml" if "<svg" in start[:4000] else "text/html"
    extension = name.rpartition(".")[2].lower()
    if extension == "eml" and len(_HEADER.findall(text[:8000])) >= 2:
        return "message/rfc822"
    if _MARKUP.search(start[:4000]):
        return "text/html"
    return "text/csv" if extension in EXTENSIONS["text/csv"] else "text/plain"
