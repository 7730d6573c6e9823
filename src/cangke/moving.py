"""
Moving a house from SQLite to PostgreSQL: every row as it is, by COPY, whole or not at all.

The target must be one in which nobody lives yet. Foreign keys and indexes are taken away for the
time of the move and made again from what is there, which also proves every reference; triggers
rest. Numbers go on after the highest ever given, so that no id comes twice.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.refusal import Refusal
from cangke.foundation.search import public as search

KEPT = "django_migrations"  # the target's own: it was brought up to date by itself
BLOCK = 2000
NUL, JSON_NUL, PLACE = "\x00", "\\u0000", "\ufffd"
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
ORDER BY 1, 2
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 1
"""
_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
ORDER BY table_name, ordinal_position
"""
_SEQUENCES = """
SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)
FROM information_schema.columns WHERE table_schema = current_schema()
AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL
"""


@dataclass
class Moved:
    """Rows by table; ``cleaned``: values by table that held a NUL, which PostgreSQL cannot keep."""

    rows: dict[str, int] = field(default_factory=dict)
    cleaned: dict[str, int] = field(default_factory=dict)


def move(source: Path, *, told: Callable[[str, int], None] = lambda _table, _rows: None) -> Moved:
    """
    Fill the empty PostgreSQL database of the settings with the rows of an SQLite file.

    ``told`` hears of each table when its rows are over. Nobody may be writing to the file.

    :raises Refusal: if the settings name no PostgreSQL, the file is not a house brought up to date
        by this version, or somebody lives in the target already; the target stays as it was
    """
    if connection.vendor != "postgresql":
        raise Refusal(_("目标不是 PostgreSQL。请先设置 CANGKE_DATABASE_URL，再运行本命令。"))
    old = _open(source)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        if Account.objects.exists():
            raise Refusal(_("目标数据库里已有账号。请换一个新建的空数据库。"))
        try:
            with transaction.atomic():
                moved = _pour(old, told)
        except DatabaseError as error:
            raise Refusal(_("没有搬成，目标保持原样：%s") % str(error).strip()) from error
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return moved
    finally:
        old.close()


def _open(source: Path) -> sqlite3.Connection:
    """The file, to read only, seen as it is at this moment."""
    if not source.is_file():
        raise Refusal(_("找不到文件：%s") % source)
    old = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        old.execute("BEGIN")
        applied = set(old.execute(f"SELECT app, name FROM {KEPT}"))
    except sqlite3.DatabaseError:
        old.close()
        raise Refusal(_("%s 不是仓客的数据库文件。") % source) from None
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    if missing := known - applied:
        old.close()
        raise Refusal(
            _("旧数据库还差 %d 步升级。请在旧设置下先运行 cangke migrate。") % len(missing)
        )
    return old


def _pour(old: sqlite3.Connection, told: Callable[[str, int], None]) -> Moved:
    moved = Moved()
    with connection.cursor() as cursor:
        tables = _tables(cursor)
        restore = _strip(cursor, list(tables))
        names = ", ".join(connection.ops.quote_name(table) for table in tables)
        cursor.execute(f"TRUNCATE {names}")
        for table, columns in tables.items():
            moved.rows[table] = _copy(cursor, old, table, columns, moved.cleaned)
            told(table, moved.rows[table])
        for statement in restore:
            cursor.execute(statement)
        _go_on_counting(cursor, old)
    return moved


def _tables(cursor: Any) -> dict[str, dict[str, str]]:
    """Table → column → type, of all that is filled."""
    cursor.execute(_COLUMNS)
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in cursor.fetchall():
        if table != KEPT:
            tables.setdefault(table, {})[column] = kind
    return tables


def _strip(cursor: Any, tables: list[str]) -> list[str]:
    """Take away what slows or refuses the rows; return the statements that bring it back."""
    cursor.execute(_FOREIGN_KEYS)
    keys = cursor.fetchall()
    cursor.execute(_INDEXES)
    indexes = cursor.fetchall()
    quoted = [connection.ops.quote_name(table) for table in tables]
    for table, name, _definition in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    for table in quoted:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return [
        *(definition for _name, definition in indexes),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {name} {how}" for table, name, how in keys),
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in quoted),
    ]


def _copy(
    cursor: Any,
    old: sqlite3.Connection,
    table: str,
    columns: dict[str, str],
    cleaned: dict[str, int],
) -> int:
    quote = connection.ops.quote_name
    into = f"COPY {quote(table)} ({', '.join(map(quote, columns))}) FROM STDIN"
    kinds = tuple(columns.values())
    count = 0
    with cursor.copy(into) as copy:
        for row in _rows(old, table, columns):
            clean, changed = _clean(row, kinds)
            if changed:
                cleaned[table] = cleaned.get(table, 0) + changed
            copy.write_row(clean)
            count += 1
    return count


def _clean(row: tuple[Any, ...], kinds: tuple[str, ...]) -> tuple[tuple[Any, ...], int]:
    """The row without NUL, which PostgreSQL refuses; and how many of its values had one."""
    if not any(type(value) is str and (NUL in value or JSON_NUL in value) for value in row):
        return row, 0
    clean = tuple(
        _without_nul(value, kind) if isinstance(value, str) else value
        for value, kind in zip(row, kinds, strict=True)
    )
    return clean, sum(was != now for was, now in zip(row, clean, strict=True))


def _without_nul(value: str, kind: str) -> str:
    value = value.replace(NUL, PLACE)
    return _ESCAPED_NUL.sub(rf"\1{PLACE}", value) if kind == "jsonb" else value


def _rows(
    old: sqlite3.Connection, table: str, columns: dict[str, str]
) -> Iterator[tuple[Any, ...]]:
    """The rows of a table as PostgreSQL reads them; texts of times are UTC on both sides."""
    if table == search.SearchDoc._meta.db_table:
        yield from search.rows_for_postgres(old, list(columns))
        return
    wanted = ", ".join(
        f"\"{column}\" || ' microseconds'" if kind == "interval" else f'"{column}"'
        for column, kind in columns.items()
    )
    cursor = old.execute(f'SELECT {wanted} FROM "{table}" ORDER BY rowid')
    while block := cursor.fetchmany(BLOCK):
        yield from block


def _go_on_counting(cursor: Any, old: sqlite3.Connection) -> None:
    """Let each sequence go on after the highest id that was ever given, not the highest kept."""
    given = dict(old.execute("SELECT name, seq FROM sqlite_sequence"))
    cursor.execute(_SEQUENCES)
    for table, column, sequence in cursor.fetchall():
        name, key = connection.ops.quote_name(table), connection.ops.quote_name(column)
        cursor.execute(
            f"SELECT setval(%s, GREATEST(%s, (SELECT MAX({key}) FROM {name}), 1), "
            f"%s OR EXISTS (SELECT 1 FROM {name}))",
            [sequence, given.get(table, 0), given.get(table, 0) > 0],
        )
