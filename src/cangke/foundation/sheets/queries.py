from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from cangke.foundation.access.public import Account, can

from . import reading, registry, rules, words
from .models import ImportChunk, ImportRun, ImportTemplate
from .rules import BadValue

MOST_SHOWN = 200


def table_of(run: ImportRun) -> reading.Table:
    """The CSV of a run: the file itself, or what its workbook was turned into."""
    return reading.Table(run.table or run.file, run.encoding, run.delimiter)


def runs_of(account: Account) -> QuerySet[ImportRun]:
    """A person's own imports, whoever else they may manage."""
    return ImportRun.objects.filter(started_by=account).select_related("file", "result", "job")


def importers_for(account: Account) -> list[type[registry.Importer]]:
    """The kinds the account may import."""
    return [each for each in registry.IMPORTERS.values() if can(account, each.permission)]


def templates_of(kind: str) -> QuerySet[ImportTemplate]:
    return ImportTemplate.objects.filter(kind=kind)


def records(run: ImportRun, *, after: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The rows below the headings that hold something, with their numbers, behind ``after``."""
    for number, row in table_of(run).rows():
        if number <= run.header_row or number <= after:
            continue
        if any(map(str.strip, row)):
            yield number, row


def parsed(
    importer: registry.Importer, mapping: dict[str, Any], width: int, row: list[str]
) -> dict[str, Any]:
    """
    Return field → value of a row.

    :raises BadRow: for the first cell that cannot be taken
    """
    if len(row) > width and any(map(str.strip, row[width:])):
        raise registry.BadRow(words.sentence(BadValue("wide")))
    values: dict[str, Any] = {}
    for field in importer.fields:
        source = mapping.get(field.name)
        if source is None:
            values[field.name] = field.default
            continue
        if isinstance(source, dict):
            cell = str(source["value"])
        else:
            cell = rules.plain_cell(row[source]) if source < len(row) else ""
        try:
            values[field.name] = _value(field, cell)
        except BadValue as error:
            reason = f"{field.label}：{words.sentence(error)}"
            raise registry.BadRow(reason, field=field.name) from error
    return values


def _value(field: registry.Field, cell: str) -> Any:
    if not cell:
        if field.required:
            raise BadValue("required")
        return field.default
    if cell.endswith("≈") and cell[:-1].lstrip("-").isdigit():
        raise BadValue("lost_digits")
    if not cell.isprintable() and any(
        sign not in "\t\r\n" and not sign.isprintable() and ord(sign) < 32 for sign in cell
    ):
        raise BadValue("signs")
    return field.parse(cell)


def preview(run: ImportRun, *, count: int = 5) -> list[tuple[int, list[str]]]:
    """The first rows below the headings, as wide as these."""
    width = len(run.columns)
    found = []
    for number, row in records(run):
        found.append((number, [*row[:width], *[""] * (width - len(row))]))
        if len(found) >= count:
            break
    return found


def chunks(run: ImportRun, phase: str) -> QuerySet[ImportChunk]:
    return ImportChunk.objects.filter(run=run, phase=phase).order_by("last_line")


def refused_rows(run: ImportRun, phase: str, *, most: int = MOST_SHOWN) -> list[tuple[int, str]]:
    """(row number, reason) of the first rows that were not taken."""
    found: list[tuple[int, str]] = []
    for chunk in chunks(run, phase).filter(marks__contains="r").iterator(chunk_size=50):
        for line, mark in zip(chunk.lines, chunk.marks, strict=True):
            if mark == "r":
                found.append((line, chunk.notes.get(str(line), ["", ""])[0]))
                if len(found) >= most:
                    return found
    return found
