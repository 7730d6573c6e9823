from django.db import migrations

from cangke.foundation.audit.public import append_only, changeable

EXPLANATIONS = "rulebook_explanation"
VERSIONS = "rulebook_rulebookversion"
KEPT = ("policy_set_id", "number", "effective_from", "body", "sha256", "published_at")

SQLITE_UPDATE = f"""
CREATE TRIGGER {VERSIONS}_kept BEFORE UPDATE ON {VERSIONS}
WHEN OLD.state <> 'draft' AND (NEW.state = 'draft' OR {{changed}})
BEGIN SELECT RAISE(ABORT, 'a published rulebook never changes'); END
"""
SQLITE_DELETE = f"""
CREATE TRIGGER {VERSIONS}_not_deleted BEFORE DELETE ON {VERSIONS} WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a published rulebook is never deleted'); END
"""
POSTGRES_FUNCTION = f"""
CREATE FUNCTION {VERSIONS}_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'a published rulebook never changes'; END
$$ LANGUAGE plpgsql
"""
POSTGRES_UPDATE = f"""
CREATE TRIGGER {VERSIONS}_kept BEFORE UPDATE ON {VERSIONS} FOR EACH ROW
WHEN (OLD.state <> 'draft' AND (NEW.state = 'draft' OR {{changed}}))
EXECUTE FUNCTION {VERSIONS}_kept()
"""
POSTGRES_DELETE = f"""
CREATE TRIGGER {VERSIONS}_not_deleted BEFORE DELETE ON {VERSIONS} FOR EACH ROW
WHEN (OLD.state <> 'draft') EXECUTE FUNCTION {VERSIONS}_kept()
"""


def protect(apps, schema_editor):
    append_only(schema_editor, EXPLANATIONS)
    if schema_editor.connection.vendor == "sqlite":
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
        schema_editor.execute(SQLITE_UPDATE.format(changed=changed))
        schema_editor.execute(SQLITE_DELETE)
        return
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)
    schema_editor.execute(POSTGRES_FUNCTION)
    schema_editor.execute(POSTGRES_UPDATE.format(changed=changed))
    schema_editor.execute(POSTGRES_DELETE)


def release(apps, schema_editor):
    changeable(schema_editor, EXPLANATIONS)
    on_table = "" if schema_editor.connection.vendor == "sqlite" else f" ON {VERSIONS}"
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {VERSIONS}_kept{on_table}")
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {VERSIONS}_not_deleted{on_table}")
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {VERSIONS}_kept()")


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunPython(protect, release)]
