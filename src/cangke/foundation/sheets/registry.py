"""What can be taken in and given out. Declared in the ``sheets.py`` of each room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import QuerySet

from cangke.foundation.access.public import Account

from . import rules
from .rules import Heading, Parser

TAKEN, UNCHANGED, REFUSED = "taken", "unchanged", "refused"


class BadRow(Exception):
    """A row that cannot be taken; ``reason`` is a sentence, ``field`` the field it belongs to."""

    def __init__(self, reason: object, *, field: str = "") -> None:
        super().__init__(str(reason))
        self.reason = str(reason)
        self.field = field


@dataclass(frozen=True)
class Field:
    """
    A field of an import.

    ``aliases`` are further headings it is known by, Chinese and English. ``required`` fields must
    be mapped and filled. ``parse`` gets the cell's text without surrounding blanks; an empty cell
    is ``default`` and is not parsed.
    """

    name: str
    label: Any
    aliases: Sequence[str] = ()
    required: bool = False
    parse: Parser = field(default_factory=rules.text)
    default: Any = ""
    help: Any = ""

    def heading(self) -> Heading:
        return Heading(self.name, (str(self.label), *self.aliases))


@dataclass(frozen=True)
class Option:
    """A choice made once for the whole file, such as the shop its orders belong to."""

    name: str
    label: Any
    choices: Callable[[Account | None], Sequence[tuple[str, Any]]]
    required: bool = True
    default: str = ""


@dataclass(frozen=True)
class Row:
    """One row with its parsed values; ``line`` is its number in the sheet, from 1."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a row."""

    state: str
    reason: str = ""
    ref: str = ""


def taken(ref: str = "") -> Outcome:
    """The row was taken; ``ref`` names what it became."""
    return Outcome(TAKEN, ref=ref)


def unchanged(ref: str = "") -> Outcome:
    """The row is already there, just so."""
    return Outcome(UNCHANGED, ref=ref)


def refused(reason: object, ref: str = "") -> Outcome:
    """The row cannot be taken, for a reason the person may read."""
    return Outcome(REFUSED, str(reason), ref)


@dataclass(frozen=True)
class Task:
    """Whose import it is: ``by`` is None on the console; ``at`` is when this stage was started."""

    by: Account | None
    at: dt.datetime
    options: Mapping[str, str]
    dry_run: bool
    key: str


class Importer:
    """
    How rows of one kind are taken in. Subclass it in the ``sheets.py`` of a room and register it.

    A new instance serves each run. Rows come in chunks of about ``chunk_size``; neighbouring rows
    with the same value of ``group_by`` stay in one chunk. Each chunk is one transaction, in which
    the place reached is kept too: after a crash the run goes on behind the last whole chunk. A
    trial is the same thing, undone chunk by chunk.
    """

    kind: ClassVar[str]
    label: ClassVar[Any]
    permission: ClassVar[str]
    fields: ClassVar[Sequence[Field]]
    options: ClassVar[Sequence[Option]] = ()
    chunk_size: ClassVar[int] = 500
    group_by: ClassVar[str] = ""
    help: ClassVar[Any] = ""

    def begin(self, task: Task) -> None:
        """Get ready: load what every chunk needs. Called again when a run is taken up anew."""

    def row(self, values: dict[str, Any], line: int) -> dict[str, Any]:
        """
        Check what spans several fields of one row, and return its values.

        :raises BadRow: if the row cannot be taken
        """
        return values

    def commit_chunk(self, rows: Sequence[Row], task: Task) -> Sequence[Outcome]:
        """
        Take rows in, idempotent by their natural key, and return what became of each, in order.

        Runs inside a transaction; use bulk operations. A `Refusal` or a broken constraint makes the
        chunk be taken group by group, so that one bad row spoils only its own group.
        """
        raise NotImplementedError

    def undone(self, task: Task) -> None:
        """A chunk was undone (a trial): forget what was remembered of it."""
        self.begin(task)

    def end(self, task: Task) -> None:
        """All chunks are through; runs inside a transaction of its own."""

    def field(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)


@dataclass(frozen=True)
class Column:
    """
    A column of an export.

    ``field`` names a model field and goes through its class and mask; ``value`` computes from the
    row what nobody needs to be kept from.
    """

    key: str
    label: Any
    field: str = ""
    value: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Exporter:
    """How rows of one kind are given out; ``rows`` is what an account, or the console, may see."""

    kind: str
    label: Any
    permission: str
    columns: Sequence[Column]
    rows: Callable[[Account | None], QuerySet[Any]]
    needs_reason: bool = False


IMPORTERS: dict[str, type[Importer]] = {}
EXPORTERS: dict[str, Exporter] = {}


def register_importer(importer: type[Importer]) -> type[Importer]:
    """Declare an importer; may be used as a decorator."""
    IMPORTERS[importer.kind] = importer
    return importer


def register_exporter(
    kind: str,
    label: Any,
    *,
    permission: str,
    columns: Iterable[Column],
    rows: Callable[[Account | None], QuerySet[Any]],
    needs_reason: bool = False,
) -> Exporter:
    """Declare an exporter; one that gives out personal data needs a reason each time (Q3)."""
    exporter = Exporter(kind, label, permission, tuple(columns), rows, needs_reason)
    EXPORTERS[kind] = exporter
    return exporter
