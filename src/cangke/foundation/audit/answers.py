"""What audit answers to the foundation app below it."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils import timezone

from cangke.foundation.access.public import Account

from .actions import record
from .models import AuditEntry


def note_denied(*, account_id: int, model: str, key: str) -> None:
    """Record that an account reached for what is not its own (Q1)."""
    record(
        "access.denied",
        by=Account.objects.get(pk=account_id),
        at=timezone.now(),
        changes={"what": model, "key": key[:80]},
    )


def note_access(
    *,
    action: str,
    obj: models.Model,
    by: Account | None,
    at: dt.datetime,
    changes: dict[str, Any],
    reason: str = "",
) -> None:
    """Record a change of accounts or grants."""
    record(action, obj=obj, by=by, at=at, changes=changes, reason=reason)


def count_acts(*, account_id: int, action: str, since: dt.datetime) -> int:
    """How often the account did the act since then."""
    found = AuditEntry.objects.filter(actor_id=account_id, action=action, at__gte=since)
    return found.count()
