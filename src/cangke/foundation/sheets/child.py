"""
Turn one sheet of a workbook into CSV: run as a process of its own, with bounded memory and time.

A workbook is somebody else's file read by somebody else's code; if it takes too much, this process
ends and nothing else does. Prints one JSON line of facts on standard output.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
import zipfile
from typing import Any
from xml.parsers import expat

MOST_ROWS = 1_000_000
MOST_COLUMNS = 500
MOST_CELLS = 8_000_000
MOST_SIGNS = 32_767
MOST_MEMORY = 1_500 * 1024 * 1024
EXACT = 10**15
LOST = "≈"  # stands behind a number whose last digits are lost


class Refused(Exception):
    """The workbook cannot be taken; the argument is a code."""


def bound_memory() -> None:
    """Let the system end this process rather than the machine."""
    try:
        import resource
    except ImportError:  # a system without such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def check_extent(path: str) -> None:
    """
    Refuse a workbook whose cells span more than can be held.

    Readers hold a sheet as one block from its first to its last cell; two cells in opposite corners
    would make a block of thousands of millions.

    :raises Refused: ``large``, or ``entities`` for a document type declaration
    """
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                with archive.open(entry) as stream:
                    _Extent().read(stream)


class _Extent:
    """Rows and columns between the outermost cells that hold something."""

    def __init__(self) -> None:
        self.reference = ""
        self.row = self.column = self.cells = 0
        self.rows = [MOST_ROWS * 10, 0]
        self.columns = [MOST_ROWS * 10, 0]

    def read(self, stream: Any) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.ParseFile(stream)
        except expat.ExpatError as error:
            raise Refused("damaged") from error

    def _doctype(self, *_declared: object) -> None:
        raise Refused("entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(" ")[2]
        if element == "row":
            self.row = _number(attributes.get("r", "")) or self.row + 1
            self.column = 0
        elif element == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            self.column = _column(letters) or self.column + 1
        elif element in ("v", "is", "t"):
            self._hold()

    def _hold(self) -> None:
        self.cells += 1
        self.rows = [min(self.rows[0], self.row), max(self.rows[1], self.row)]
        self.columns = [min(self.columns[0], self.column), max(self.columns[1], self.column)]
        height = self.rows[1] - self.rows[0] + 1
        width = self.columns[1] - self.columns[0] + 1
        if height > MOST_ROWS or width > MOST_COLUMNS or height * width > MOST_CELLS:
            raise Refused("large")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _column(letters: str) -> int:
    value = 0
    for letter in letters[:4].upper():
        value = value * 26 + ord(letter) - 64 if "A" <= letter <= "Z" else 0
    return value


def spell(value: Any) -> str:
    """Write a cell's value as a person would type it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 10**18:
            # From sixteen digits on the sheet itself has lost the last ones; marked, so that the
            # row is refused instead of a wrong number taken.
            return str(int(value)) if abs(value) < EXACT else f"{int(value)}{LOST}"
        return format(value, "f") if abs(value) < 1e-4 else repr(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)[: MOST_SIGNS + 1]


def convert(source: str, target: str, sheet: str) -> dict[str, Any]:
    """Write the sheet (the first that holds something, if none is named) as UTF-8 CSV."""
    import python_calamine as calamine

    if zipfile.is_zipfile(source):
        check_extent(source)
    try:
        book = calamine.CalamineWorkbook.from_path(source)
        names = list(book.sheet_names)
        for name in [sheet] if sheet else names:
            if name not in names:
                raise Refused("sheet")
            found = book.get_sheet_by_name(name)
            if found.total_height or sheet:
                if found.total_height > MOST_ROWS or found.total_width > MOST_COLUMNS:
                    raise Refused("large")
                rows = _write(found.iter_rows(), target)
                return {"sheets": names, "sheet": name, "rows": rows}
    except calamine.CalamineError as error:
        raise Refused("damaged") from error
    raise Refused("empty")


def _write(rows: Any, target: str) -> int:
    count = 0
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            count += 1
            if count > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise Refused("large")
            writer.writerow([spell(cell) for cell in row])
    return count


def main(arguments: list[str]) -> int:
    source, target, sheet = arguments
    bound_memory()
    try:
        facts: dict[str, Any] = convert(source, target, sheet)
    except Refused as refused:
        facts = {"refused": str(refused)}
    except MemoryError:
        facts = {"refused": "large"}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        facts = {"refused": "damaged", "error": type(error).__name__}
    sys.stdout.write(json.dumps(facts))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
