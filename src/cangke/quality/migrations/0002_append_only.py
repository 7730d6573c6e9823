from django.db import migrations

from cangke.foundation.audit.public import append_only, changeable

TABLES = ("quality_checkevent",)


def protect(apps, schema_editor):
    for table in TABLES:
        append_only(schema_editor, table)


def release(apps, schema_editor):
    for table in TABLES:
        changeable(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunPython(protect, release)]
