from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("approvals", "0004_whose_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="approvalcase",
            name="title_en",
            field=models.CharField(blank=True, default="", max_length=160, verbose_name="英文标题"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="approvalcase",
            name="facts_en",
            field=models.JSONField(default=list, verbose_name="英文要点"),
        ),
    ]
