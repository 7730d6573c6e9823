"""
Answers to WeCom: one row for each message, sent after it is committed, part by part.

Each part carries an id of ours. WeCom takes an id once: if a try broke off and the next one is
told that the id is there, the part had arrived.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cangke.foundation.audit.public import record
from cangke.foundation.files.public import StoredFile

from ...actions.reply import note_delivery
from ...models import Message, WecomAccount, WecomSend
from ...rules.facts import Direction
from .. import owed
from .line import Line, LineFailed, LineRefused

LEASE = dt.timedelta(minutes=5)  # longer than a text of several parts and nine files can take
BACKOFF = tuple(dt.timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600, 7200))
MOST_TEXT = 2048  # bytes of UTF-8 in one text
LEAST_FILE, MOST_FILE, MOST_PICTURE = 6, 20 * 1024 * 1024, 10 * 1024 * 1024
OUR_ID = re.compile(r"ck([0-9a-f]{6})-(\d{1,12})-\d{1,3}-\d{1,2}")


@dataclass(frozen=True)
class Part:
    """One thing WeCom is asked to say: words, or a file to hand over first."""

    kind: str
    text: str = ""
    file: StoredFile | None = None


class Unsendable(Exception):
    """The message can never go this way; the text says why."""


@transaction.atomic
def take_on(message_id: int, *, at: dt.datetime) -> WecomSend | None:
    """Write the row of a message that waits to be sent; the same one when asked again."""
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("conversation", "channel")
        .filter(pk=message_id, channel__kind="wecom", delivery="queued")
        .first()
    )
    if message is None or message.direction != Direction.OUT:
        return None
    with override(message.channel.language):
        return _take_on(message, at=at)


def _take_on(message: Message, *, at: dt.datetime) -> WecomSend | None:
    account = WecomAccount.objects.filter(channel_id=message.channel_id).first()
    if account is None:
        note_delivery(
            message_id=message.pk, state="failed", at=at, note=_("此渠道没有设置微信客服")
        )
        return None
    row = WecomSend.objects.filter(message=message).first()
    if row is not None:
        if owed.ask_again(row, at=at):
            row.round, row.done = row.round + 1, 0
            row.save(update_fields=["round", "done"])
        return row
    recipient = recipient_of(message)
    row = WecomSend.objects.create(
        message=message,
        account=account,
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


def recipient_of(message: Message) -> str:
    """Return the customer's id as WeCom spells it: of whoever wrote last here."""
    heard = Message.objects.filter(channel=message.channel, direction=Direction.IN)
    for rows in (
        heard.filter(conversation=message.conversation),
        heard.filter(conversation__customer_id=message.conversation.customer_id),
    ):
        last = rows.order_by("-pk").first()
        if last is not None and last.data.get("from"):
            return str(last.data["from"])
    return ""


def due(*, at: dt.datetime, limit: int = 100) -> list[int]:
    """Take on what waits without a row, and return the rows to send now."""
    waiting = Message.objects.filter(
        delivery="queued", channel__kind="wecom", direction=Direction.OUT
    ).exclude(wecom_send__state="queued")
    return owed.due(WecomSend.objects.all(), waiting, take_on, at=at, limit=limit)


def send(send_id: int, *, at: dt.datetime) -> bool:
    """Send one message; return whether WeCom took all of it. Nobody else does so meanwhile."""
    if not owed.claim(WecomSend.objects.all(), send_id, at=at, lease=LEASE):
        return False
    row = WecomSend.objects.select_related("account__channel", "message__channel").get(pk=send_id)
    if _is_behind(row):
        # One customer's messages go in their order: the one before this is tried again first.
        WecomSend.objects.filter(pk=row.pk).update(lease_until=None, next_try_at=at + BACKOFF[0])
        return False
    with override(row.account.channel.language):
        return _send(row, at=at)


def _is_behind(row: WecomSend) -> bool:
    earlier = WecomSend.objects.filter(
        account=row.account, recipient=row.recipient, state="queued", message_id__lt=row.message_id
    )
    return earlier.exists()


def _send(row: WecomSend, *, at: dt.datetime) -> bool:
    if row.message.recalled_at is not None:
        _end(row, "held", _("已撤回，没有发出"), at=at)
        return False
    line = Line(row.account, at=at)
    try:
        parts = parts_of(row.message)
        for place in range(row.done, len(parts)):
            _say(row, line, parts[place], place)
            row.done = place + 1
            WecomSend.objects.filter(pk=row.pk).update(done=row.done)
    except (LineRefused, Unsendable) as error:
        _end(row, "failed", str(error), at=at)
        return False
    except LineFailed as error:
        _put_off(row, str(error), at=at)
        return False
    _end(row, "sent", "", external_id=id_of(row, max(len(parts) - 1, 0)), at=at)
    return True


def _say(row: WecomSend, line: Line, part: Part, place: int) -> None:
    if part.file is None:
        content: dict[str, Any] = {"content": part.text}
    else:
        with part.file.content.open("rb") as file:
            media_id = line.upload(
                part.kind,
                name=part.file.name,
                content_type=part.file.content_type,
                data=file.read(),
            )
        content = {"media_id": media_id}
    what = {
        "touser": row.recipient,
        "open_kfid": row.account.open_kfid,
        "msgid": id_of(row, place),
        "msgtype": part.kind,
        part.kind: content,
    }
    try:
        line.ask("kf/send_msg", what)
    except LineRefused as error:
        arrived = row.tries > 0 and "msgid" in error.said.lower()
        if not arrived:
            raise


def parts_of(message: Message) -> list[Part]:
    """
    Take a message apart as WeCom wants it: texts of 2,048 bytes, then each file by itself.

    :raises Unsendable: for a file it would not take; nothing has been sent by then
    """
    parts = [Part("text", text=each) for each in cut(message.body)]
    for each in message.attachments.select_related("file"):
        file = each.file
        if file.size < LEAST_FILE or file.size > MOST_FILE:
            raise Unsendable(_("微信只收 6 字节到 20 MB 的文件，“%s”发不了") % file.name)
        kind = "file"
        if file.size <= MOST_PICTURE and file.content_type in ("image/jpeg", "image/png"):
            kind = "image"
        elif file.size <= MOST_PICTURE and file.content_type == "video/mp4":
            kind = "video"
        parts.append(Part(kind, file=file))
    return parts


def cut(text: str) -> list[str]:
    """Cut a text into pieces of at most 2,048 bytes, between lines where there are any."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest.encode()) > MOST_TEXT:
        fits = rest.encode()[:MOST_TEXT].decode("utf-8", "ignore")
        line = fits.rfind("\n")
        place = line if line > len(fits) // 2 else len(fits)
        pieces.append(rest[:place].strip())
        rest = rest[place:].strip()
    return [piece for piece in [*pieces, rest] if piece]


def _seal(account: WecomAccount) -> str:
    """What tells our ids from those of another installation with the same account."""
    return hashlib.sha256(account.channel.public_key.encode()).hexdigest()[:6]


def id_of(row: WecomSend, place: int) -> str:
    """The id of a part, at most 32 signs."""
    return f"ck{_seal(row.account)}-{row.message_id}-{row.round}-{place}"


def message_of(part_id: str, account: WecomAccount) -> int | None:
    """Return the message whose part has the id, if it went out by this account."""
    found = OUR_ID.fullmatch(part_id)
    if found is None or found[1] != _seal(account):
        return None
    known = WecomSend.objects.filter(account=account, message_id=int(found[2]))
    return known.values_list("message_id", flat=True).first()


def note_failed(message_id: int, words: str, *, at: dt.datetime) -> None:
    """Note that what WeCom had taken did not arrive."""
    WecomSend.objects.filter(message_id=message_id, state="sent").update(
        state="failed", last_error=words[:300]
    )
    record(
        "desk.answer_failed", obj=Message.objects.get(pk=message_id), by=None, at=at, reason=words
    )


def _put_off(row: WecomSend, words: str, *, at: dt.datetime) -> None:
    if not owed.put_off(row, words, at=at, backoff=BACKOFF):
        _end(row, "failed", words, at=at)


def _end(row: WecomSend, state: str, words: str, *, at: dt.datetime, external_id: str = "") -> None:
    owed.end(row, state, words, at=at, external_id=external_id, changes={"parts": row.done})
