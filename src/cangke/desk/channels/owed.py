"""
What is owed to the outside: a row for each message, taken by one at a time, tried again, ended.

Mail, WeCom and outside tools each write their own rows and say how one is sent. What they share is
here: a row is free until somebody leases it, a failure waits longer each time, and in the end the
message says what came of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cangke.foundation.audit.public import record

from ..actions.reply import note_delivery
from ..models import Message, OutgoingCall, OutgoingMail, WecomSend

Owed = OutgoingMail | OutgoingCall | WecomSend


def due(
    rows: QuerySet[Any],
    waiting: QuerySet[Message],
    take_on: Callable[..., object],
    *,
    at: dt.datetime,
    limit: int,
) -> list[int]:
    """Take on the messages that wait without a row, and return the rows to send now."""
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:limit]):
        take_on(pk, at=at)
    found = rows.filter(_free(at), state="queued", next_try_at__lte=at)
    return list(found.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])


def claim(rows: QuerySet[Any], pk: int, *, at: dt.datetime, lease: dt.timedelta) -> bool:
    """Take a due row for as long as the lease; return False if somebody has it or it is over."""
    free = rows.filter(_free(at), pk=pk, state="queued", next_try_at__lte=at)
    return bool(free.update(lease_until=at + lease))


def ask_again(row: Owed, *, at: dt.datetime) -> bool:
    """Let a row that had ended be sent once more; return False if it still waits."""
    if row.state == "queued":
        return False
    row.state, row.tries, row.next_try_at, row.last_error = "queued", 0, at, ""
    row.save(update_fields=["state", "tries", "next_try_at", "last_error"])
    return True


def put_off(row: Owed, words: str, *, at: dt.datetime, backoff: Sequence[dt.timedelta]) -> bool:
    """Wait before the next try and let the message say why; return False if that was the last."""
    if row.tries >= len(backoff):
        return False
    type(row)._default_manager.filter(pk=row.pk).update(
        tries=row.tries + 1,
        next_try_at=at + backoff[row.tries],
        last_error=words[:300],
        lease_until=None,
    )
    note_delivery(
        message_id=row.message_id,
        state="queued",
        note=_("没有发出，会自动再试：%s") % words[:150],
        at=at,
    )
    return True


@transaction.atomic
def end(
    row: Owed,
    state: str,
    words: str,
    *,
    at: dt.datetime,
    act: str = "desk.answer",
    changes: Mapping[str, object],
    external_id: str = "",
    **more: Any,
) -> None:
    """End a row as sent, failed or held; its message and the log say so."""
    type(row)._default_manager.filter(pk=row.pk).update(
        state=state, tries=row.tries + 1, last_error=words[:300], lease_until=None, **more
    )
    sent = state == "sent"
    note_delivery(
        message_id=row.message_id,
        state="sent" if sent else "failed",
        external_id=external_id,
        note=words[:200],
        at=at,
    )
    record(
        f"{act}_sent" if sent else f"{act}_failed",
        obj=row.message,
        by=None,
        at=at,
        changes={"message": row.message_id, **changes},
        reason=words,
    )


def _free(at: dt.datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lte=at)
