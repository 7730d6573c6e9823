"""Until now whoever wrote a call down was to call back."""

from django.db import migrations
from django.db.models import F


def whoever_wrote_it_down(apps, schema_editor):
    calls = apps.get_model("desk", "PhoneCall").objects.using(schema_editor.connection.alias)
    calls.filter(call_back_due_at__isnull=False).update(call_back_by=F("agent"))


class Migration(migrations.Migration):
    dependencies = [("desk", "0008_call_back_by")]

    operations = [migrations.RunPython(whoever_wrote_it_down, migrations.RunPython.noop)]
