"""Words of titles in an index of their own, so that looking for them does not read all texts."""

from django.db import migrations

from cangke.foundation.search.registry import KINDS


def _borrowed():
    """The kinds whose titles are those of other rows."""
    return [code for code, kind in KINDS.items() if not kind.own_title]


def make(apps, schema_editor):
    borrowed = _borrowed()
    chosen = f"kind NOT IN ({', '.join(['%s'] * len(borrowed))})" if borrowed else "1 = 1"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchdoc ADD COLUMN titles tsvector")
        schema_editor.execute(
            f"UPDATE search_searchdoc SET titles = ts_filter(vector, '{{a}}') WHERE {chosen}",
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
