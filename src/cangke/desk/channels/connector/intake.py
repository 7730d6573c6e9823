"""What an outside tool brings: messages and word of deliveries, each signed, each taken once."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Literal, TypeVar

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cangke.customers.public import find_or_create_by_identity
from cangke.foundation.files.public import StoredFile, store
from cangke.foundation.notices.public import is_signed
from cangke.foundation.refusal import Refusal

from ...actions.receive import Received, receive_message
from ...actions.reply import note_delivery
from ...models import Connector, Message, OutgoingCall
from ...queries.stages import named_order
from ...rules.facts import Direction

MOST_BODY = 16 * 1024 * 1024
MOST_FILES = 5
Shape = TypeVar("Shape", bound=BaseModel)


class Unsigned(Refusal):
    """The signature does not fit, or is older than five minutes."""

    status = 403


class Unreadable(Refusal):
    """The body is no JSON of the documented shape; the message says where."""


class Sender(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: str = Field(min_length=1, max_length=200)
    name: str = Field("", max_length=100)


class SentFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    content_type: str = Field("application/octet-stream", max_length=100)
    data: str


class Brought(BaseModel):
    """A customer's message as a tool brings it."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    sender: Sender = Field(alias="from")
    text: str = Field("", max_length=20_000)
    at: dt.datetime | None = None
    language: str = Field("", max_length=10)
    order_no: str = Field("", max_length=40)
    files: list[SentFile] = Field(default_factory=list, max_length=MOST_FILES)


class Delivered(BaseModel):
    """How far an answer has come."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(ge=1, le=2**53)
    state: Literal["sent", "delivered", "read", "failed"]
    note: str = Field("", max_length=200)


def connector_of(key: str) -> Connector | None:
    """Return the connector whose channel has the public key and is in use."""
    rows = Connector.objects.select_related("channel__site", "channel__shop")
    return rows.filter(channel__public_key=key, channel__is_active=True).first()


def check_signature(
    connector: Connector, *, body: bytes, timestamp: str, signature: str, at: dt.datetime
) -> None:
    """
    See that the tool signed this, lately.

    :raises Unsigned: if it did not
    """
    secret = str(connector.secret)
    if not is_signed(secret, timestamp=timestamp, body=body, signature=signature, at=at):
        raise Unsigned("bad signature")


def take_in(connector: Connector, body: bytes, *, at: dt.datetime) -> Received:
    """
    Take a message in; the same ``id`` again is the same message.

    :raises Unreadable: if the body is not of the documented shape
    """
    brought = _read(Brought, body)
    channel = connector.channel
    customer = find_or_create_by_identity(
        kind=connector.identity_kind,
        value=brought.sender.id,
        channel_ref=channel.code,
        display_name=brought.sender.name or brought.sender.id,
        shop_id=channel.shop_id,
        language=brought.language,
        at=at,
    )
    order = named_order(brought.order_no, shop_id=channel.shop_id) if brought.order_no else None
    received = receive_message(
        channel=channel,
        customer=customer,
        body=brought.text,
        external_id=brought.id,
        language=brought.language,
        order_id=None if order is None else order.pk,
        files=[_kept(each, at=at) for each in brought.files],
        data={
            "from": brought.sender.id,
            **({"sent_at": brought.at.isoformat()} if brought.at else {}),
        },
        at=at,
    )
    Connector.objects.filter(pk=connector.pk).update(last_in_at=at)
    return received


def _kept(sent: SentFile, *, at: dt.datetime) -> StoredFile:
    try:
        content = base64.b64decode(sent.data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("files: data is no base64") from error
    upload = ContentFile(content, name=sent.name)
    return store(upload, purpose="desk.message", by=None, at=at)


def take_word(connector: Connector, body: bytes, *, at: dt.datetime) -> Message:
    """
    Note what the tool says of an answer it was handed.

    :raises Unreadable: if the body is not of the documented shape
    :raises Refusal: if this channel handed out no such message
    """
    word = _read(Delivered, body)
    known = OutgoingCall.objects.filter(
        connector=connector, message_id=word.id, message__direction=Direction.OUT
    ).first()
    if known is None:
        raise Refusal(_("这个渠道没有送出过这条消息。"), field="id")
    if word.state == "failed":
        known.state, known.last_error = "failed", word.note
    elif known.state == "queued":
        known.state = "sent"
    known.save(update_fields=["state", "last_error"])
    return note_delivery(message_id=word.id, state=word.state, note=word.note, at=at)


def _read(shape: type[Shape], body: bytes) -> Shape:
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(each) for each in first["loc"]) or "body"
        raise Unreadable(f"{place}: {first['msg']}", field=place) from error
