"""
Let the database itself keep remarks, events and warehouse chases as they were written (C11, Q10).

On SQLite a later change of one of these tables makes the table anew and loses its triggers: such a
migration must end with `keep_history` again.
"""

from django.db import migrations

# table → columns that never change once written
KEPT = {
    "orders_orderevent": ["order_id", "kind", "from_state", "to_state", "at", "by_id", "note"],
    "orders_remark": [
        "order_id", "logistics", "gift", "other", "author_id", "author_name", "at", "text", "late",
    ],
    "orders_promise": ["order_id", "ship_at", "made_by_id", "made_at", "reason"],
    "orders_warehousechase": [
        "order_id", "asked_by_id", "asked_at", "question", "promised_ship_at",
    ],
}
SQLITE = """
CREATE TRIGGER {table}_kept BEFORE UPDATE OF {columns} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is kept as written'); END
"""
SQLITE_ANSWER = """
CREATE TRIGGER orders_warehousechase_answered
BEFORE UPDATE OF answered_by_id, answered_at, answer ON orders_warehousechase
WHEN OLD.answered_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'orders_warehousechase is kept as answered'); END
"""
FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{table} is kept as written'; END
$$ LANGUAGE plpgsql
"""
POSTGRES = """
CREATE TRIGGER {table}_kept BEFORE UPDATE OF {columns} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_kept()
"""
POSTGRES_ANSWER = """
CREATE TRIGGER orders_warehousechase_answered
BEFORE UPDATE OF answered_by_id, answered_at, answer ON orders_warehousechase
FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL)
EXECUTE FUNCTION orders_warehousechase_kept()
"""


def keep_history(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table, columns in KEPT.items():
        if not sqlite:
            schema_editor.execute(FUNCTION.format(table=table))
        spelled = ", ".join(f'"{column}"' for column in columns)
        schema_editor.execute(
            (SQLITE if sqlite else POSTGRES).format(table=table, columns=spelled)
        )
    schema_editor.execute(SQLITE_ANSWER if sqlite else POSTGRES_ANSWER)


def let_history_go(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    names = {f"{table}_kept": table for table in KEPT}
    names["orders_warehousechase_answered"] = "orders_warehousechase"
    for name, table in names.items():
        where = "" if sqlite else f" ON {table}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")
    if not sqlite:
        for table in KEPT:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_kept()")


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [migrations.RunPython(keep_history, let_history_go)]
