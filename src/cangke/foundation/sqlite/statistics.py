"""
What the planner knows of the tables: without it SQLite guesses, wrong at a million rows.

PostgreSQL keeps its statistics by itself. SQLite wants to be told when to look (decision 0105).
"""

from __future__ import annotations

import logging

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

log = logging.getLogger(__name__)
SMALLEST = 1000  # rows; below, any plan will do
CHANGED = 1.5  # times as many rows as when they were last counted, or so many times fewer


def keep_statistics() -> list[str]:
    """
    Count the tables anew whose size has changed, each in a transaction of its own.

    Return their names, none on another database. Connections learn of it when they are renewed.
    """
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        known, sizes = _known(cursor), _sizes(cursor)
    changed = [
        table
        for table, rows in sizes.items()
        if rows >= SMALLEST and not rows / CHANGED < known.get(table, 0) < rows * CHANGED
    ]
    for table in changed:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
    if changed:
        log.info("counted for the planner: %s", ", ".join(changed))
    return changed


def _sizes(cursor: CursorWrapper) -> dict[str, int]:
    """Return how far each table's last row lies from its first, which is quickly asked."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
    made = {name: sql or "" for name, sql in cursor.fetchall()}
    # A virtual table looks after itself and the tables it keeps its own in.
    virtual = [name for name, sql in made.items() if sql.startswith("CREATE VIRTUAL")]
    kept = ("sqlite_", *virtual)
    sizes = {}
    for table, sql in made.items():
        if table.startswith(kept) or "WITHOUT ROWID" in sql:
            continue
        name = connection.ops.quote_name(table)
        cursor.execute(
            f"SELECT (SELECT max(rowid) FROM {name}), (SELECT min(rowid) FROM {name})"  # noqa: S608
        )
        last, first = cursor.fetchone()
        sizes[table] = 0 if last is None else last - first + 1
    return sizes


def _known(cursor: CursorWrapper) -> dict[str, int]:
    """Return with how many rows each table was counted last."""
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
    if not cursor.fetchone()[0]:
        return {}
    cursor.execute("SELECT tbl, stat FROM sqlite_stat1")
    known: dict[str, int] = {}
    for table, stat in cursor.fetchall():
        known[table] = max(known.get(table, 0), int(stat.split()[0]))
    return known
