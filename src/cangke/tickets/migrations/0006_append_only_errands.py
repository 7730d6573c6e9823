from django.db import migrations

from cangke.foundation.audit.public import append_only, changeable

TABLES = ("tickets_errandevent",)


def protect(apps, schema_editor):
    for table in TABLES:
        append_only(schema_editor, table)


def release(apps, schema_editor):
    for table in TABLES:
        changeable(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_errands")]
    operations = [migrations.RunPython(protect, release)]
