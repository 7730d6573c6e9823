import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("approvals", "0005_words_in_english"),
    ]

    operations = [
        migrations.AddField(
            model_name="approvaltask",
            name="seat",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="approvals.approvaltask",
                verbose_name="席位",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="title_en",
            field=models.CharField(blank=True, default="", max_length=160, verbose_name="英文标题"),
            preserve_default=False,
        ),
    ]
