"""What a visitor does: writes, looks, types."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from cangke.customers.public import (
    Customer,
    IdentityTaken,
    IdentityUnusable,
    add_identity,
    canonical,
    find_by_identity,
    find_or_create_by_identity,
)
from cangke.foundation.files.public import StoredFile
from cangke.foundation.live.public import signal
from cangke.foundation.refusal import Refusal
from cangke.orders.public import find_order, look_up_for_buyer

from ...actions.rating import rate
from ...actions.receive import Received, receive_message
from ...models import Channel, Message, Rating
from ...rules.facts import Direction
from ..visitors import short_name
from .reading import conversation_of, lines_of, welcome

LONGEST_TEXT = 5000


class TooLong(Refusal):
    """The text has more characters than a chat message may have."""


class AddressWanted(Refusal):
    """Nobody is there: without an address the answer could not be sent."""


@dataclass(frozen=True)
class Claims:
    """What a visitor says of themselves; nothing of it is proved by being said."""

    name: str = ""
    email: str = ""
    order_number: str = ""


def write_as_visitor(
    *,
    channel: Channel,
    visitor_key: str,
    body: str,
    client_token: str,
    at: dt.datetime,
    claims: Claims = Claims(),
    language: str = "",
    files: Sequence[StoredFile] = (),
) -> Received:
    """
    Take in what a visitor wrote; the same ``client_token`` again is the same message.

    :raises TooLong: above 5,000 characters
    :raises AddressWanted: outside hours, if nobody could answer
    """
    body = body.replace("\x00", "").strip()
    if len(body) > LONGEST_TEXT:
        raise TooLong(_("一条消息最多 5000 个字，请分几条发送。"), field="body")
    email = _checked_email(claims.email)
    with transaction.atomic():
        held = conversation_of(channel, visitor_key)
        if held is None:
            customer = _customer_of(channel, visitor_key, claims, email, language=language, at=at)
            # A visitor's first messages come in one after the other: a double click finds itself.
            Customer.objects.select_for_update().get(pk=customer.pk)
            held = conversation_of(channel, visitor_key)
        elif email:
            _customer_of(channel, visitor_key, claims, email, language=language, at=at)
        if held is not None:
            customer = held.customer
        elif not email and not welcome(channel, language=language, at=at).is_open:
            raise AddressWanted(_("现在没有人在线，请留下邮箱，我们上班后回复您。"), field="email")
        order = _named_order(channel, claims.order_number)
        return receive_message(
            channel=channel,
            customer=customer,
            body=body,
            at=at,
            client_token=client_token[:64],
            conversation_id=None if held is None else held.pk,
            begin_new=held is None,
            language=language,
            visitor_key=visitor_key,
            order_id=order,
            files=files,
            data=_told(claims, email),
        )


def _checked_email(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError:
        raise Refusal(_("邮箱的格式不对，请检查。"), field="email") from None
    return text


def _customer_of(
    channel: Channel,
    visitor_key: str,
    claims: Claims,
    email: str,
    *,
    language: str,
    at: dt.datetime,
) -> Customer:
    """
    Return the visitor's file.

    An e-mail address nobody has is noted on it, so that a mail from there finds the same file. An
    address that belongs to a file is only a claim, unless it comes with an order of that file.
    """
    seen_as = short_name(visitor_key)
    known = find_by_identity(kind="web_visitor", value=seen_as, channel_ref=channel.code)
    if known is None and email and claims.order_number:
        known = _proved(channel, email, claims.order_number)
        if known is not None:
            add_identity(
                customer_id=known.pk,
                kind="web_visitor",
                value=seen_as,
                channel_ref=channel.code,
                by=None,
                at=at,
            )
    if known is None:
        known = find_or_create_by_identity(
            kind="web_visitor",
            value=seen_as,
            channel_ref=channel.code,
            display_name=claims.name.strip()[:60] or _("访客 %s") % seen_as[:6],
            shop_id=channel.shop_id,
            language=language,
            at=at,
        )
    if email and not known.identities.filter(kind="email").exists():
        # An address that is taken stays a claim on the message; a person may join the two files.
        with contextlib.suppress(IdentityTaken, IdentityUnusable):
            add_identity(customer_id=known.pk, kind="email", value=email, by=None, at=at)
    return known


def _proved(channel: Channel, email: str, number: str) -> Customer | None:
    """Return the customer whose order and address somebody knows together."""
    order = find_order(shop_id=channel.shop_id, number=number)
    if order is None or order.customer is None:
        return None
    if look_up_for_buyer(shop_id=channel.shop_id, number=number, proof=email) is None:
        return None
    return canonical(order.customer)


def _named_order(channel: Channel, number: str) -> int | None:
    order = find_order(shop_id=channel.shop_id, number=number) if number.strip() else None
    return None if order is None else order.pk


def _told(claims: Claims, email: str) -> dict[str, object]:
    told = {"name": claims.name.strip()[:60], "email": email, "order": claims.order_number[:64]}
    given = {name: value for name, value in told.items() if value}
    return {"claims": given} if given else {}


@transaction.atomic
def note_seen(*, channel: Channel, visitor_key: str, at: dt.datetime, read: bool) -> int:
    """Note that the visitor's page has our messages, or that the visitor looks at them."""
    earlier = ["queued", "sent", "delivered"] if read else ["queued", "sent"]
    rows = lines_of(channel, visitor_key).filter(direction=Direction.OUT, delivery__in=earlier)
    found = list(rows.values_list("pk", "conversation_id"))
    if not found:
        return 0
    Message.objects.filter(pk__in=[pk for pk, _conversation in found]).update(
        delivery="read" if read else "delivered"
    )
    for conversation_id in {conversation for _pk, conversation in found}:
        signal(f"conversation:{conversation_id}", "delivery", {"conversation": conversation_id})
    return len(found)


def rate_as_visitor(
    *,
    channel: Channel,
    visitor_key: str,
    rating_id: int,
    score: int | None,
    note: str,
    at: dt.datetime,
) -> Rating:
    """
    Keep what a visitor says of a conversation of their own that has ended (G7.1).

    :raises Http404: if they were not asked
    """
    asked = Rating.objects.filter(
        pk=rating_id, channel=channel, conversation__visitor_key=visitor_key
    )
    if not asked.exists():
        raise Http404
    return rate(rating_id=rating_id, score=score, note=note, at=at)


def note_typing(*, channel: Channel, visitor_key: str) -> None:
    """Let the agent see that the visitor is writing."""
    held = conversation_of(channel, visitor_key)
    if held is not None and held.is_open:
        signal(f"conversation:{held.pk}", "visitor_typing", {"conversation": held.pk})
