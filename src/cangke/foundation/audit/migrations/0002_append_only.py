from django.db import migrations

from cangke.foundation.audit.triggers import append_only, changeable

TABLES = ("audit_auditentry", "audit_auditseal")


def protect(apps, schema_editor):
    for table in TABLES:
        append_only(schema_editor, table)


def release(apps, schema_editor):
    for table in TABLES:
        changeable(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
