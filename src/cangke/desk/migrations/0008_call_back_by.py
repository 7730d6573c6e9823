"""Who is to call back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0007_report_sums")]

    operations = [
        migrations.RemoveIndex(model_name="phonecall", name="call_back_open"),
        migrations.AddField(
            model_name="phonecall",
            name="call_back_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.employee",
                verbose_name="回电人",
            ),
        ),
        migrations.AddIndex(
            model_name="phonecall",
            index=models.Index(
                condition=models.Q(
                    ("call_back_done_at__isnull", True), ("call_back_due_at__isnull", False)
                ),
                fields=["call_back_by", "call_back_due_at"],
                name="call_back_open",
            ),
        ),
    ]
