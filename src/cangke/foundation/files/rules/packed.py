"""Packed office files: which kind, and whether unpacking them is safe, by counting."""

from __future__ import annotations

import zipfile
import zlib
from typing import IO

from .types import DOCX, PACKAGE, PPTX, XLSX

MOST_BYTES = 400 * 1024 * 1024
MOST_RATIO = 120
SMALL_BYTES = 10 * 1024 * 1024  # below this no ratio is a danger
MOST_ENTRIES = 5_000
_CHUNK = 64 * 1024
_MAIN = (("xl/workbook.xml", XLSX), ("word/document.xml", DOCX), ("ppt/presentation.xml", PPTX))
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))


class PackedTooLarge(ValueError):
    """Unpacked it would be larger than allowed, or out of proportion to its size."""


class PackedUnsafe(ValueError):
    """It is broken, locked, holds macros or declares entities."""


def inspect_package(file: IO[bytes], *, size: int, most_bytes: int = MOST_BYTES) -> str:
    """
    Return the type of a packed file after counting what it really unpacks to.

    The sizes it declares are not believed: every entry is unpacked in pieces and thrown away, and
    counting stops at the limit.

    :raises PackedTooLarge: past ``most_bytes``, a ratio of 120, or 5,000 entries
    :raises PackedUnsafe: if it is damaged, encrypted, has macros or a document type declaration
    """
    limit = min(most_bytes, max(size * MOST_RATIO, SMALL_BYTES))
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise PackedTooLarge("entries")
            names = {entry.filename for entry in entries}
            kind = next((kind for main, kind in _MAIN if main in names), PACKAGE)
            if any(entry.flag_bits & 1 for entry in entries):
                raise PackedUnsafe("encrypted")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise PackedUnsafe("macros")
            counted = 0
            for entry in entries:
                counted = _count(archive, entry, counted, limit)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
            UnicodeDecodeError) as error:  # fmt: skip
        raise PackedUnsafe("damaged") from error
    finally:
        file.seek(0)
    return kind


def _count(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, counted: int, limit: int) -> int:
    is_markup = entry.filename.lower().endswith((".xml", ".rels"))
    with archive.open(entry) as stream:
        first = True
        while chunk := stream.read(_CHUNK):
            if first and is_markup and any(mark in chunk for mark in _DOCTYPES):
                raise PackedUnsafe("document type")
            first = False
            counted += len(chunk)
            if counted > limit:
                raise PackedTooLarge("bytes")
    return counted
