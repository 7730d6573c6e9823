from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection, transaction

from . import rules
from .models import SearchDoc, SearchNumber
from .registry import has_own_title

BATCH = 500
_FORGET_SQLITE = (
    "DELETE FROM search_fts WHERE rowid = %s",
    "DELETE FROM search_titles WHERE rowid = %s",
)
_KEEP_SQLITE = "INSERT INTO search_fts (rowid, title, body) VALUES (%s, %s, %s)"
_KEEP_TITLE_SQLITE = "INSERT INTO search_titles (rowid, title) VALUES (%s, %s)"
_KEEP_POSTGRES = (
    "UPDATE search_searchdoc SET vector = %s::tsvector, titles = %s::tsvector WHERE id = %s"
)


@dataclass(frozen=True)
class Entry:
    """
    What can be found about one row.

    ``title`` and ``subtitle`` are shown to everybody whom the gate lets see the row: put nothing
    personal there, or give the kind a ``present``. ``numbers`` are found by their first or last
    signs. ``masked`` values (phones, addresses of mail) are found only when typed whole, or by the
    last four digits, which a mask shows anyway; so searching never reveals what is masked.
    """

    kind: str
    object_id: int
    title: str
    text: str = ""
    subtitle: str = ""
    url: str = ""
    numbers: Sequence[str] = field(default_factory=tuple)
    masked: Sequence[str] = field(default_factory=tuple)


def index(
    kind: str,
    object_id: int,
    *,
    title: str,
    at: dt.datetime,
    text: str = "",
    subtitle: str = "",
    url: str = "",
    numbers: Sequence[str] = (),
    masked: Sequence[str] = (),
) -> None:
    """Make a row findable, or what is found about it true again; in the caller's transaction."""
    entry = Entry(kind, object_id, title, text, subtitle, url, tuple(numbers), tuple(masked))
    index_many([entry], at=at)


@transaction.atomic
def index_many(entries: Iterable[Entry], *, at: dt.datetime) -> None:
    """The same for many rows, in few statements; the last entry of a row wins."""
    unique = {(entry.kind, entry.object_id): entry for entry in entries}
    rows = list(unique.values())
    for start in range(0, len(rows), BATCH):
        _index_batch(rows[start : start + BATCH], at)


def _index_batch(entries: list[Entry], at: dt.datetime) -> None:
    docs = SearchDoc.objects.bulk_create(
        [
            SearchDoc(
                kind=entry.kind,
                object_id=entry.object_id,
                title=_plain(entry.title)[:200],
                subtitle=_plain(entry.subtitle)[:200],
                url=entry.url[:300],
                updated_at=at,
            )
            for entry in entries
        ],
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["title", "subtitle", "url", "updated_at"],
    )
    SearchNumber.objects.filter(doc__in=docs).delete()
    SearchNumber.objects.bulk_create(
        [
            SearchNumber(doc=doc, value=value, reversed_value=value[::-1], masked=masked)
            for doc, entry in zip(docs, entries, strict=True)
            for value, masked in _numbers(entry).items()
        ],
        batch_size=BATCH,
    )
    _keep_texts(
        [
            _Text(
                doc.pk,
                rules.tokens(entry.title, most=1000),
                rules.tokens(_body(entry)),
                has_own_title(entry.kind),
            )
            for doc, entry in zip(docs, entries, strict=True)
        ]
    )


class _Text(NamedTuple):
    """The tokens of a document."""

    pk: int
    title: list[str]
    body: list[str]
    own_title: bool


def _keep_texts(texts: list[_Text]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                _KEEP_POSTGRES,
                [
                    (
                        rules.tsvector(each.pk, each.title, each.body),
                        rules.tsvector(each.pk, each.title, []) if each.own_title else None,
                        each.pk,
                    )
                    for each in texts
                ],
            )
            return
        _forget_sqlite(cursor, [each.pk for each in texts])
        cursor.executemany(
            _KEEP_SQLITE, [(each.pk, " ".join(each.title), " ".join(each.body)) for each in texts]
        )
        cursor.executemany(
            _KEEP_TITLE_SQLITE,
            [(each.pk, " ".join(each.title)) for each in texts if each.own_title],
        )


def _forget_sqlite(cursor: Any, pks: Iterable[int]) -> None:
    rows = [(pk,) for pk in pks]
    for statement in _FORGET_SQLITE:
        cursor.executemany(statement, rows)


def rows_for_postgres(
    sqlite: sqlite3.Connection, columns: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """
    The entries of a house on SQLite as rows of PostgreSQL's table, ``columns`` in their order.

    Its columns ``vector`` and ``titles`` are written from the tokens that SQLite's indexes keep.
    """
    plain = [column for column in columns if column not in {"vector", "titles"}]
    wanted = ", ".join(f'doc."{column}"' for column in plain)
    cursor = sqlite.execute(
        f"SELECT doc.id, fts.title, fts.body, titles.title, {wanted} FROM search_searchdoc doc "
        "LEFT JOIN search_fts fts ON fts.rowid = doc.id "
        "LEFT JOIN search_titles titles ON titles.rowid = doc.id ORDER BY doc.id"
    )
    for pk, title, body, own, *values in cursor:
        row = dict(zip(plain, values, strict=True))
        if title is not None:
            row["vector"] = rules.tsvector(pk, title.split(), body.split())
        if own is not None:
            row["titles"] = rules.tsvector(pk, own.split(), [])
        yield tuple(row.get(column) for column in columns)


def _plain(text: str) -> str:
    """Text that any database takes: no NUL, no lone surrogates."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode()


def _body(entry: Entry) -> str:
    return "\n".join([entry.subtitle, entry.text, *entry.numbers])


def _numbers(entry: Entry) -> dict[str, bool]:
    """Squeezed number → masked; a number that is also public is not masked."""
    found = {rules.squeeze(each): True for each in entry.masked}
    found.update({rules.squeeze(each): False for each in entry.numbers})
    found.pop("", None)
    return found


@transaction.atomic
def remove(kind: str, object_id: int) -> None:
    """Let a row be found no more."""
    remove_many(kind, [object_id])


@transaction.atomic
def remove_many(kind: str, object_ids: Iterable[int]) -> None:
    """The same for many rows."""
    ids = list(object_ids)
    for start in range(0, len(ids), BATCH):
        docs = SearchDoc.objects.filter(kind=kind, object_id__in=ids[start : start + BATCH])
        if connection.vendor != "postgresql":
            with connection.cursor() as cursor:
                _forget_sqlite(cursor, docs.values_list("pk", flat=True))
        docs.delete()
