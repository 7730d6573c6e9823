from django.db import migrations

from cangke.foundation.audit.public import append_only, changeable

TABLES = (
    "attendance_rawpunch",
    "attendance_leaveentry",
    "attendance_emergencycall",
    "attendance_attendancepublication",
    "attendance_rosterpublication",
)


def protect(apps, schema_editor):
    for table in TABLES:
        append_only(schema_editor, table)


def release(apps, schema_editor):
    for table in TABLES:
        changeable(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("attendance", "0002_days_and_leave"), ("audit", "0002_append_only")]
    operations = [migrations.RunPython(protect, release)]
