from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OLD = import_module("cangke.rulebook.migrations.0002_keep_published")
VERSIONS = OLD.VERSIONS
UNPUBLISHED = ("draft", "tested", "asked", "approved")
OPEN = ", ".join(f"'{state}'" for state in UNPUBLISHED)


def _now(sql):
    """The rule that held drafts open now holds everything open that is not published yet."""
    return (
        sql.replace("OLD.state <> 'draft'", f"OLD.state NOT IN ({OPEN})")
        .replace("NEW.state = 'draft'", f"NEW.state IN ({OPEN})")
    )  # fmt: skip


def _protect(schema_editor, rule):
    if schema_editor.connection.vendor == "sqlite":
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in OLD.KEPT)
        schema_editor.execute(rule(OLD.SQLITE_UPDATE.format(changed=changed)))
        schema_editor.execute(rule(OLD.SQLITE_DELETE))
        return
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in OLD.KEPT)
    schema_editor.execute(rule(OLD.POSTGRES_UPDATE.format(changed=changed)))
    schema_editor.execute(rule(OLD.POSTGRES_DELETE))


def _release(schema_editor):
    on_table = "" if schema_editor.connection.vendor == "sqlite" else f" ON {VERSIONS}"
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {VERSIONS}_kept{on_table}")
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {VERSIONS}_not_deleted{on_table}")


def release(apps, schema_editor):
    """Altering the table makes it anew on SQLite, so its triggers are set again afterwards."""
    _release(schema_editor)


def protect(apps, schema_editor):
    _protect(schema_editor, _now)


def protect_as_before(apps, schema_editor):
    _protect(schema_editor, str)


def account():
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0002_keep_published"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunPython(release, protect_as_before),
        migrations.RemoveConstraint("rulebookversion", "rulebook_one_draft"),
        migrations.RemoveConstraint("rulebookversion", "rulebook_published_has_its_day"),
        migrations.AddField(
            "rulebookversion",
            "tested_at",
            models.DateTimeField(blank=True, null=True, verbose_name="试算时间"),
        ),
        migrations.AddField("rulebookversion", "asked_by", account()),
        migrations.AddField(
            "rulebookversion",
            "asked_at",
            models.DateTimeField(blank=True, null=True, verbose_name="提交时间"),
        ),
        migrations.AddField(
            "rulebookversion",
            "case_url",
            models.CharField(blank=True, default="", max_length=200, verbose_name="审批单"),
            preserve_default=False,
        ),
        migrations.AddField("rulebookversion", "approved_by", account()),
        migrations.AddField(
            "rulebookversion",
            "approved_at",
            models.DateTimeField(blank=True, null=True, verbose_name="批准时间"),
        ),
        migrations.AddConstraint(
            "rulebookversion",
            models.UniqueConstraint(
                condition=models.Q(state__in=UNPUBLISHED),
                fields=["policy_set"],
                name="rulebook_one_draft",
            ),
        ),
        migrations.AddConstraint(
            "rulebookversion",
            models.CheckConstraint(
                condition=models.Q(state__in=UNPUBLISHED)
                | models.Q(effective_from__isnull=False, published_at__isnull=False),
                name="rulebook_published_has_its_day",
            ),
        ),
        migrations.RunPython(protect, release),
    ]
