"""The text index, in the way each database does it best."""

from django.db import migrations


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchdoc ADD COLUMN vector tsvector")
        schema_editor.execute("CREATE INDEX search_vector ON search_searchdoc USING gin (vector)")
    else:
        # Tokens are cut by us; this one only has to split at spaces.
        schema_editor.execute(
            "CREATE VIRTUAL TABLE search_fts USING fts5(title, body, tokenize = 'ascii')"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchdoc DROP COLUMN vector")
    else:
        schema_editor.execute("DROP TABLE search_fts")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
