"""
Answers handed to the outside tool: one row for each message, sent after it is committed.

Handing over is at least once: the same message always has the same ``id``.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cangke.foundation.notices.public import CallFailed, CallRefused, call, sign

from ...actions.reply import note_delivery
from ...models import Connector, Message, OutgoingCall
from ...rules.facts import HUMAN_ORIGINS, Direction
from .. import owed

LEASE = dt.timedelta(minutes=2)  # longer than one call can take
BACKOFF = tuple(dt.timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600, 7200))
MOST_ATTACHED = 10 * 1024 * 1024
AGAIN_LATER = frozenset({408, 425, 429})


@transaction.atomic
def take_on(message_id: int, *, at: dt.datetime) -> OutgoingCall | None:
    """Write the row of a message that waits to be handed over; the same one when asked again."""
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("conversation__customer", "channel")
        .filter(pk=message_id, channel__connector__isnull=False, delivery="queued")
        .first()
    )
    if message is None or message.direction != Direction.OUT:
        return None
    row = OutgoingCall.objects.filter(message=message).first()
    if row is not None:
        owed.ask_again(row, at=at)
        return row
    connector = Connector.objects.get(channel_id=message.channel_id)
    recipient = recipient_of(message, connector)
    row = OutgoingCall.objects.create(
        message=message,
        connector=connector,
        recipient=recipient,
        state="queued" if recipient else "held",
        next_try_at=at,
        created_at=at,
        last_error="" if recipient else _("没有客户在此渠道的账号"),
    )
    if not recipient:
        note_delivery(message_id=message.pk, state="failed", at=at, note=row.last_error)
        return None
    return row


def recipient_of(message: Message, connector: Connector) -> str:
    """Return the customer's name in the tool: whoever wrote last, else the file's."""
    last = message.conversation.messages.filter(direction=Direction.IN).order_by("-seq").first()
    if last is not None and last.data.get("from"):
        return str(last.data["from"])
    known = message.conversation.customer.identities.filter(
        kind=connector.identity_kind, channel_ref__in=["", message.channel.code]
    )
    return str(known.order_by("-pk").values_list("value", flat=True).first() or "")


def due(*, at: dt.datetime, limit: int = 100) -> list[int]:
    """Take on what waits without a row, and return the rows to hand over now."""
    waiting = Message.objects.filter(
        delivery="queued", channel__connector__isnull=False, direction=Direction.OUT
    ).exclude(outgoing_call__state="queued")
    pushed = OutgoingCall.objects.exclude(connector__url="")
    return owed.due(pushed, waiting, take_on, at=at, limit=limit)


def waiting_for(connector: Connector, *, after: int, limit: int) -> list[OutgoingCall]:
    """Return what a tool that fetches its answers has not confirmed yet, oldest first."""
    rows = OutgoingCall.objects.filter(
        connector=connector, state="queued", message_id__gt=after, message__recalled_at__isnull=True
    )
    found = rows.select_related("message__conversation", "message__agent", "message__channel")
    return list(found.order_by("message_id")[:limit])


def send(outgoing_id: int, *, at: dt.datetime) -> bool:
    """Hand one answer over; return whether the tool took it. Nobody else does so meanwhile."""
    if not owed.claim(OutgoingCall.objects.all(), outgoing_id, at=at, lease=LEASE):
        return False
    row = OutgoingCall.objects.select_related(
        "connector", "message__conversation", "message__agent", "message__channel"
    ).get(pk=outgoing_id)
    with override(row.message.channel.language):
        return _send(row, at=at)


def _send(row: OutgoingCall, *, at: dt.datetime) -> bool:
    if row.message.recalled_at is not None:
        _end(row, "held", _("已撤回，没有发出"), at=at)
        return False
    body = json.dumps(as_json(row), ensure_ascii=False).encode()
    try:
        answer = call(
            "POST", row.connector.url, headers=signed(row.connector, body, at=at), body=body
        )
    except CallRefused as error:
        _end(row, "failed", str(error), at=at)
        return False
    except CallFailed as error:
        _put_off(row, str(error), at=at)
        return False
    if answer.ok:
        _end(row, "sent", "", external_id=_their_id(answer.body), at=at)
        return True
    words = f"HTTP {answer.status} {answer.body[:150].decode('utf-8', 'replace')}".strip()
    if answer.status >= 500 or answer.status in AGAIN_LATER:
        _put_off(row, words, at=at)
    else:
        _end(row, "failed", words, at=at)
    return False


def ping(connector: Connector, *, at: dt.datetime) -> str:
    """Call the tool with nothing to say; return what went wrong, or nothing."""
    if not connector.url:
        return _("没有填推送地址，回复由对方来取")
    body = b'{"kind": "ping"}'
    try:
        answer = call("POST", connector.url, headers=signed(connector, body, at=at), body=body)
    except CallFailed as error:
        failure = str(error)
    else:
        failure = "" if answer.ok else f"HTTP {answer.status}"
    Connector.objects.filter(pk=connector.pk).update(
        state="failing" if failure else "ok", last_error=failure[:300]
    )
    return failure


def signed(connector: Connector, body: bytes, *, at: dt.datetime) -> dict[str, str]:
    """Return the headers of a call to the tool."""
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-Cangke-Timestamp": str(timestamp),
        "X-Cangke-Signature": sign(str(connector.secret), timestamp, body),
    }


def as_json(row: OutgoingCall) -> dict[str, Any]:
    """Return an answer as the tool gets it."""
    message = row.message
    files, size = [], 0
    for each in message.attachments.select_related("file"):
        size += each.file.size
        if size > MOST_ATTACHED:
            break
        with each.file.content.open("rb") as content:
            data = base64.b64encode(content.read()).decode()
        files.append({"name": each.file.name, "content_type": each.file.content_type, "data": data})
    return {
        "kind": "message",
        "id": message.pk,
        "conversation": message.conversation.number,
        "to": {"id": row.recipient},
        "text": message.body,
        "automatic": message.origin not in HUMAN_ORIGINS,
        "agent": message.agent.name if message.agent else "",
        "at": message.at.isoformat(),
        "files": files,
    }


def _their_id(body: bytes) -> str:
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return ""
    return str(told.get("id", ""))[:200] if isinstance(told, dict) else ""


def _put_off(row: OutgoingCall, words: str, *, at: dt.datetime) -> None:
    if owed.put_off(row, words, at=at, backoff=BACKOFF):
        _tell(row, state="failing", last_error=words[:300])
    else:
        _end(row, "failed", words, at=at)


@transaction.atomic
def _end(
    row: OutgoingCall, state: str, words: str, *, at: dt.datetime, external_id: str = ""
) -> None:
    if state == "sent":
        _tell(row, state="ok", last_error="", last_out_at=at)
    elif state == "failed":
        _tell(row, state="failing", last_error=words[:300])
    owed.end(row, state, words, at=at, external_id=external_id, changes={"tries": row.tries + 1})


def _tell(row: OutgoingCall, **values: Any) -> None:
    """The channel's page says how the tool is."""
    Connector.objects.filter(pk=row.connector_id).update(**values)
