from django.db import migrations

from cangke.foundation.audit.public import append_only, changeable


def protect(apps, schema_editor):
    append_only(schema_editor, "knowledge_changereading")


def release(apps, schema_editor):
    changeable(schema_editor, "knowledge_changereading")


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_changes_and_questions")]
    operations = [migrations.RunPython(protect, release)]
