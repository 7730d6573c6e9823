"""Database triggers that keep a table append-only, on SQLite and on PostgreSQL."""

from typing import Any

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{table} is append-only'; END
$$ LANGUAGE plpgsql
"""
POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH {each} EXECUTE FUNCTION {table}_append_only()
"""


def append_only(schema_editor: Any, table: str) -> None:
    """Refuse UPDATE, DELETE (and TRUNCATE on PostgreSQL) on the table from now on."""
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(SQLITE.format(table=table, verb=verb, VERB=verb.upper()))
        return
    schema_editor.execute(POSTGRES_FUNCTION.format(table=table))
    for verb, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        schema_editor.execute(
            POSTGRES_TRIGGER.format(table=table, verb=verb, VERB=verb.upper(), each=each)
        )


def changeable(schema_editor: Any, table: str) -> None:
    """Take the triggers away again (reverse of `append_only`)."""
    verbs = ["update", "delete"]
    if schema_editor.connection.vendor != "sqlite":
        verbs.append("truncate")
    for verb in verbs:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}")
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_append_only()")
