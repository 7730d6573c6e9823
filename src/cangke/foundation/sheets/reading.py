"""Reading a table row by row, whatever it is kept in; never more than a few rows in memory."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cangke.foundation.files.public import StoredFile

from . import rules
from .child import MOST_COLUMNS, MOST_ROWS

SECONDS = 90
SAMPLE_BYTES = 256 * 1024
PREVIEW_ROWS = 20
_CHUNK = 256 * 1024
csv.field_size_limit(200_000)


class Unreadable(Exception):
    """The table cannot be read; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Table:
    """A CSV file and how to read it."""

    file: StoredFile
    encoding: str
    delimiter: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """
        Yield (number, cells) of each row, the first being 1; blanks and NUL around cells are gone.

        :raises Unreadable: if a cell never ends or the text is in another encoding
        """
        with self.file.content.open("rb") as raw:
            yield from read_rows(raw, self.encoding, self.delimiter)


def read_rows(raw: IO[bytes], encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The same for any open file."""
    text = io.TextIOWrapper(raw, encoding=encoding, newline="")
    try:
        for number, row in enumerate(csv.reader(text, delimiter=delimiter), start=1):
            if number > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise Unreadable("large")
            yield number, row
    except csv.Error as error:
        raise Unreadable("field") from error
    except UnicodeError as error:
        raise Unreadable("encoding") from error
    finally:
        text.detach()


def find_how(file: StoredFile) -> tuple[str, str]:
    """
    Return encoding and delimiter of a text file, reading all of it once.

    :raises Undecodable: if it is no text
    """
    with file.content.open("rb") as raw:
        encoding = rules.find_encoding(iter(lambda: raw.read(_CHUNK), b""))
        raw.seek(0)
        head = raw.read(SAMPLE_BYTES).decode(encoding, "replace")
    return encoding, rules.find_delimiter(head)


def first_rows(table: Table, count: int = PREVIEW_ROWS) -> list[list[str]]:
    """The first rows as they are."""
    found = []
    for number, row in table.rows():
        found.append(row)
        if number >= count:
            break
    return found


def count_rows(table: Table, header_row: int) -> int:
    """
    Count the rows below the headings that hold something.

    :raises Unreadable: if any row cannot be read, so that a stage never breaks on it later
    """
    return sum(
        1 for number, row in table.rows() if number > header_row and any(map(str.strip, row))
    )


@dataclass(frozen=True)
class Converted:
    """A sheet of a workbook as CSV on the disk, with the names of all its sheets."""

    path: Path
    sheets: list[str]
    sheet: str


def convert_workbook(file: StoredFile, folder: str, sheet: str = "") -> Converted:
    """
    Turn a sheet of a workbook into CSV, in a process of its own.

    :raises Unreadable: if the workbook is refused, takes too long or ends the process
    """
    target = Path(tempfile.mkstemp(dir=folder, suffix=".csv")[1])
    command = [
        sys.executable,
        "-m",
        "cangke.foundation.sheets.child",
        file.content.path,
        str(target),
        sheet,
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        facts: Any = json.loads(done.stdout or b"null")
    except subprocess.TimeoutExpired as error:
        raise Unreadable("slow") from error
    except ValueError as error:
        raise Unreadable("damaged") from error
    if not isinstance(facts, dict):
        # The process was ended by the system: it took more memory than it may.
        raise Unreadable("large")
    if "refused" in facts:
        raise Unreadable(str(facts["refused"]))
    return Converted(target, list(facts["sheets"]), str(facts["sheet"]))
