"""Finding the column of each field by its heading, in Chinese or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NOT_WORD = re.compile(r"[\W_]+")
_NOTE = re.compile(r"[(（\[【].*?[)）\]】]")


def same_heading(heading: str) -> str:
    """Return what headings are compared by: no case, width, blanks, signs, or notes in brackets."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    without_note = _NOTE.sub("", plain)
    return _NOT_WORD.sub("", without_note) or _NOT_WORD.sub("", plain)


@dataclass(frozen=True)
class Heading:
    """A field and the headings it may stand under, the most usual first."""

    field: str
    spellings: tuple[str, ...]


def suggest_mapping(columns: Sequence[str], fields: Iterable[Heading]) -> dict[str, int]:
    """
    Return field → column (from 0) for the headings that are known; no column serves two fields.

    An earlier spelling of a field beats a later one, so that the plainest match wins.
    """
    plain = [same_heading(column) for column in columns]
    wanted = [
        (rank, order, field.field, same_heading(spelling))
        for order, field in enumerate(fields)
        for rank, spelling in enumerate((field.field, *field.spellings))
    ]
    mapping: dict[str, int] = {}
    taken: set[int] = set()
    for _rank, _order, field, spelling in sorted(wanted):
        if field in mapping or not spelling:
            continue
        for index, column in enumerate(plain):
            if column == spelling and index not in taken:
                mapping[field] = index
                taken.add(index)
                break
    return mapping
