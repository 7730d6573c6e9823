"""
Words of titles in an index of their own, so that looking for them does not read all texts; and on
PostgreSQL tokens of the blocks that documents lie in.
"""

from django.db import migrations

from cangke.foundation.search.registry import KINDS


def _borrowed():
    """The kinds whose titles are those of other rows."""
    return [code for code, kind in KINDS.items() if not kind.own_title]


BLOCKS = (
    "array_to_tsvector(ARRAY["
    "'#0:' || id / 50000, '#1:' || id / 400000, '#2:' || id / 3200000])"
)


def make(apps, schema_editor):
    borrowed = _borrowed()
    chosen = f"kind NOT IN ({', '.join(['%s'] * len(borrowed))})" if borrowed else "1 = 1"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchdoc ADD COLUMN titles tsvector")
        schema_editor.execute(
            f"UPDATE search_searchdoc SET vector = vector || {BLOCKS}, "
            f"titles = CASE WHEN {chosen} THEN ts_filter(vector, '{{a}}') || {BLOCKS} END",
            borrowed,
        )
        schema_editor.execute("CREATE INDEX search_titles ON search_searchdoc USING gin (titles)")
    else:
        schema_editor.execute(
            "CREATE VIRTUAL TABLE search_titles USING fts5(title, tokenize = 'ascii')"
        )
        schema_editor.execute(
            "INSERT INTO search_titles (rowid, title) SELECT fts.rowid, fts.title "
            "FROM search_fts fts JOIN search_searchdoc doc ON doc.id = fts.rowid "
            f"WHERE doc.{chosen}" if borrowed else
            "INSERT INTO search_titles (rowid, title) SELECT rowid, title FROM search_fts",
            borrowed,
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchdoc DROP COLUMN titles")
    else:
        schema_editor.execute("DROP TABLE search_titles")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_text_index")]
    operations = [migrations.RunPython(make, drop)]
