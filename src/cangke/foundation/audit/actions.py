from __future__ import annotations

import contextvars
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from cangke.foundation.access.public import Account

from . import rules
from .models import AuditEntry, AuditSeal

# Set by middleware for the length of a request, so that actions need not carry it.
current_address: contextvars.ContextVar[str] = contextvars.ContextVar("ck_address", default="")
BATCH = 1000


def record(
    action: str,
    *,
    obj: models.Model | None = None,
    by: Account | None,
    at: dt.datetime,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    on_behalf_of: Account | None = None,
) -> AuditEntry:
    """
    Write one act into the append-only log, in the caller's transaction (X4, Q10).

    ``changes`` holds ``{field: [old, new]}`` or plain facts; personal values go in masked or by
    reference, so that erasing a person never breaks the chain.
    """
    plain = json.loads(json.dumps(dict(changes or {}), cls=DjangoJSONEncoder))
    return AuditEntry.objects.create(
        at=at,
        actor=by,
        on_behalf_of=on_behalf_of,
        address=current_address.get(),
        action=action,
        object_type=obj._meta.label if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        changes=plain,
        reason=reason[:500],
    )


@transaction.atomic
def seal_entries(*, at: dt.datetime, limit: int = 20_000) -> int:
    """
    Chain the entries that have no seal yet, in the order they are met; return how many.

    One sealer works at a time: the last seal is locked. Entries committed late get a later place.
    """
    last = AuditSeal.objects.select_for_update().order_by("-sequence").first()
    sequence, previous = (last.sequence, last.hash) if last else (0, rules.GENESIS)
    waiting = AuditEntry.objects.filter(seal__isnull=True).order_by("pk")
    if last:
        # An entry written before the newest sealed one can only be a late commit of minutes ago.
        waiting = waiting.filter(pk__gt=last.entry_id - 50_000)
    seals = []
    for entry in waiting[:limit].iterator(chunk_size=BATCH):
        sequence += 1
        previous = rules.link_hash(previous, sequence, entry.values_for_hash())
        seals.append(AuditSeal(sequence=sequence, entry=entry, hash=previous, sealed_at=at))
    AuditSeal.objects.bulk_create(seals, batch_size=BATCH)
    return len(seals)
