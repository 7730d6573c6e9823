"""Facts of locked months that became known afterwards (L11)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ..models import LateChange


@transaction.atomic
def note_change(
    *, employee_id: int, month: dt.date, source: str, reference: str, at: dt.datetime
) -> LateChange:
    """Note a fact of a locked month once, for the next open run to work out what it changes."""
    found, _is_new = LateChange.objects.get_or_create(
        employee_id=employee_id,
        month=month,
        source=source,
        reference=reference,
        defaults={"noticed_at": at},
    )
    return found
