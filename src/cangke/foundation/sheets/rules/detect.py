"""Which encoding, which delimiter, which row holds the headings."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence

from .headings import same_heading

# Those a person may choose; the first three are found alone, the last only as a last resort.
ENCODINGS = ("utf-8-sig", "gb18030", "utf-16", "big5", "cp1252")
DELIMITERS = (",", "\t", ";", "|")
SAMPLE_ROWS = 20


class Undecodable(ValueError):
    """The content is no text in any known encoding; ``line`` is where it breaks."""

    def __init__(self, encoding: str, line: int) -> None:
        super().__init__(f"{encoding}, line {line}")
        self.encoding = encoding
        self.line = line


def find_encoding(chunks: Iterable[bytes]) -> str:
    """
    Return the encoding of a text by reading all of it once.

    A byte order mark decides; then UTF-8, then GB 18030, each only if every byte fits; then
    Windows-1252, which is a guess that a person should look at.

    :raises Undecodable: if none fits
    """
    tries: dict[str, codecs.IncrementalDecoder] = {}
    line = 1
    last_error = ""
    first = True
    for chunk in chunks:
        if first:
            first = False
            if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                candidates: tuple[str, ...] = ("utf-16",)
            else:
                candidates = ("utf-8-sig", "gb18030", "cp1252")
            tries = {name: codecs.getincrementaldecoder(name)() for name in candidates}
        for name in list(tries):
            try:
                decoded = tries[name].decode(chunk)
            except UnicodeDecodeError:
                last_error = name
                del tries[name]
                continue
            if "\x00" in decoded:
                del tries[name]
        if not tries:
            raise Undecodable(last_error, line)
        line += chunk.count(b"\n")
    for name in list(tries):
        try:
            tries[name].decode(b"", True)
        except UnicodeDecodeError:
            last_error = name
            del tries[name]
    if first:
        return "utf-8-sig"
    if not tries:
        raise Undecodable(last_error, line)
    return next(iter(tries))


def find_delimiter(sample: str) -> str:
    """Return the delimiter under which the first rows agree best on more than one column."""
    best, found = (0.0, 0), ","
    for delimiter in DELIMITERS:
        try:
            rows = [
                row
                for row, _n in zip(
                    csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter),
                    range(SAMPLE_ROWS),
                    strict=False,
                )
                if any(row)
            ]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows)
        if not widths:
            continue
        width, agreeing = widths.most_common(1)[0]
        score = (agreeing / len(rows), width)
        if width > 1 and score > best:
            best, found = score, delimiter
    return found


def find_header(rows: Sequence[Sequence[str]], known: frozenset[str]) -> int:
    """
    Return which of the first rows (from 0) holds the headings.

    The row with most known headings; where none is known, the first row as wide as most.
    """
    scored = [
        sum(1 for cell in row if cell.strip() and same_heading(cell) in known)
        for row in rows[:SAMPLE_ROWS]
    ]
    if scored and max(scored) > 0:
        return scored.index(max(scored))
    widths = [sum(1 for cell in row if cell.strip()) for row in rows[:SAMPLE_ROWS]]
    if not widths or max(widths) == 0:
        return 0
    usual = Counter(width for width in widths if width).most_common(1)[0][0]
    return next(n for n, width in enumerate(widths) if width >= usual)
