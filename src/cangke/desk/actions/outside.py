"""What was said or done about a conversation in the other side's own program."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cangke.foundation.audit.public import record

from .thread import Thread


@transaction.atomic
def tell_from_outside(*, conversation_id: int, event: str, at: dt.datetime, **facts: Any) -> None:
    """Add an event line; it opens, ends and counts nothing."""
    thread = Thread.lock(conversation_id, at=at)
    told = thread.tell(event, **facts)
    thread.save()
    record(
        "desk.told_from_outside",
        obj=thread.conversation,
        by=None,
        at=at,
        changes={"event": event, "message": told.pk},
    )
