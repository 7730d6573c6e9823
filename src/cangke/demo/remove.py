"""Taking the demonstration company out again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from cangke.foundation.access import public as access
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal
from cangke.models import DemoLoad

KEPT = {"audit", "rulebook", "numbering", "calendar"}  # what is on record stays on record
Found = dict[type[models.Model], set[int]]


def _is_kept(model: type[models.Model]) -> bool:
    return (
        model is access.Account
        or model._meta.app_label in KEPT
        or not model._meta.app_config.name.startswith("cangke.")
    )


def _reached(rows: dict[str, list[int]]) -> Found:
    """The rows of the demonstration and everything that hangs on them, whoever wrote it."""
    found: Found = defaultdict(set)
    fresh: Found = defaultdict(set)
    for label, (low, high) in rows.items():
        model = apps.get_model(label)
        if not _is_kept(model):
            keys = model._default_manager.filter(pk__gt=low, pk__lte=high)
            fresh[model] |= set(keys.values_list("pk", flat=True))
    while fresh:
        model, keys = fresh.popitem()
        keys -= found[model]
        if not keys:
            continue
        found[model] |= keys
        for relation in model._meta.get_fields(include_hidden=True):
            child = relation.related_model
            if (
                not relation.auto_created
                or not (relation.one_to_many or relation.one_to_one)
                or not isinstance(child, type)
                or _is_kept(child)
            ):
                continue
            name = relation.field.name  # type: ignore[union-attr]
            for part in _parts(keys):
                hanging = child._default_manager.filter(**{f"{name}__in": part})
                fresh[child] |= set(hanging.values_list("pk", flat=True)) - found[child]
    return found


def _parts(keys: set[int], size: int = 500) -> list[list[int]]:
    ordered = sorted(keys)
    return [ordered[i : i + size] for i in range(0, len(ordered), size)]


@contextmanager
def _lifted(tables: set[str]) -> Iterator[None]:
    """Let rows of append-only tables go for this one purpose; the audit log is never among them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            triggers = [row for row in cursor.fetchall() if row[2] in tables]
            for name, _sql, _table in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            yield
            for _name, sql, _table in triggers:
                cursor.execute(sql)
        else:
            for table in sorted(tables):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in sorted(tables):
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@transaction.atomic
def remove(*, at: dt.datetime) -> None:
    """
    Remove the company and what was done with it; its accounts are shut, the audit log stays.

    :raises Refusal: if it is not there
    """
    known = DemoLoad.objects.select_for_update().filter(removed_at__isnull=True).first()
    if known is None:
        raise Refusal(_("没有载入演示公司。"))
    found = _reached(known.rows)
    low, high = known.rows.get(access.Account._meta.label, [0, 0])
    accounts = list(access.Account.objects.filter(pk__gt=low, pk__lte=high))
    for account in accounts:
        access.end_sessions(account)
    keys = [account.pk for account in accounts]
    access.Account.objects.filter(pk__in=keys).update(is_active=False, disabled_at=at)
    with _lifted({model._meta.db_table for model in found}):
        # Foreign keys are checked at the end of the transaction, so the order does not matter.
        for model, gone in found.items():
            for part in _parts(gone):
                rows = model._base_manager.filter(pk__in=part)
                rows._raw_delete(rows.db)
        access.Grant.objects.filter(account_id__in=keys, revoked_at__isnull=True).update(
            revoked_at=at
        )
        if connection.vendor != "sqlite":
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    known.removed_at = at
    known.save(update_fields=["removed_at"])
    record("demo.removed", by=None, at=at, changes={"rows": sum(map(len, found.values()))})
