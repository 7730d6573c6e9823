"""A customer writes: open a conversation or go on with one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from cangke.customers.public import Customer, canonical
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day, site_zone
from cangke.foundation.events.public import publish
from cangke.foundation.files.public import StoredFile
from cangke.foundation.numbering.public import next_number
from cangke.foundation.refusal import Refusal
from cangke.orders.public import Order
from cangke.rulebook.public import policy

from ..events import ConversationClosed, ConversationOpened, ConversationQueued, MessageReceived
from ..models import Attachment, Channel, Conversation, Message
from ..queries.duty import Staffing, staffing
from ..queries.stages import group_for, named_order, stage_of
from ..rules.closing import ClosingPolicy, ClosingReason, may_reopen
from ..rules.facts import Closing, Direction, Origin, SegmentEnd, SenderKind
from ..rules.replies import GreetingPolicy, choose_greeting
from ..rules.states import OPEN_STATES, ConversationState, Happening
from .later import hold_waiting
from .stage import hand_over_if_due, reopen_thread, restage
from .thread import Thread, kept_because, locked_rows

# Kinds of channel in which greeting and notice are said, and whether they have to be sent.
SPEAKING = {"web_chat": "sent", "wecom": "queued"}


class EmptyMessage(Refusal):
    """There is neither text nor a file."""


@dataclass(frozen=True)
class Received:
    """What became of an inbound message; ``duplicate`` if it had come before."""

    message: Message
    conversation: Conversation
    opened: bool
    duplicate: bool = False


def receive_message(
    *,
    channel: Channel,
    customer: Customer,
    body: str,
    at: dt.datetime,
    external_id: str = "",
    client_token: str = "",
    conversation_id: int | None = None,
    begin_new: bool = False,
    subject: str = "",
    language: str = "",
    visitor_key: str = "",
    origin: Origin = Origin.TYPED,
    order_id: int | None = None,
    files: Sequence[StoredFile] = (),
    data: Mapping[str, Any] | None = None,
) -> Received:
    """
    Take in a customer's message, once, however often it comes (A1).

    It goes to the given conversation, else to the customer's open one in this channel, else to one
    closed a short time ago (which goes on under its number), else opens a new one; ``begin_new``
    opens one in any case (a mail of its own). ``external_id`` is unique in the channel,
    ``client_token`` in the conversation: a message known by either is returned as it is.
    ``order_id`` is the order the customer writes about.

    :raises EmptyMessage: if there is nothing to take in
    """
    if not body.strip() and not files:
        raise EmptyMessage(_("消息是空的。"), field="body")
    try:
        with transaction.atomic():
            return _receive(
                channel=channel,
                customer=customer,
                at=at,
                external_id=external_id,
                conversation_id=conversation_id,
                begin_new=begin_new,
                order_id=order_id,
                files=files,
                opening={
                    "subject": subject[:200],
                    "language": language,
                    "visitor_key": visitor_key,
                },
                message={
                    "body": body,
                    "origin": origin,
                    "external_id": external_id or None,
                    "client_token": client_token or None,
                    "data": dict(data or {}),
                },
            )
    except IntegrityError:
        # Two deliveries at once: the other one has it.
        known = _known_outside(channel, external_id)
        if known is None:
            raise
        return Received(known, known.conversation, opened=False, duplicate=True)


def _known_outside(channel: Channel, external_id: str) -> Message | None:
    if not external_id:
        return None
    return (
        Message.objects.select_related("conversation")
        .filter(channel=channel, external_id=external_id)
        .first()
    )


def _receive(
    *,
    channel: Channel,
    customer: Customer,
    at: dt.datetime,
    external_id: str,
    conversation_id: int | None,
    begin_new: bool,
    order_id: int | None,
    files: Sequence[StoredFile],
    opening: dict[str, Any],
    message: dict[str, Any],
) -> Received:
    known = _known_outside(channel, external_id)
    if known is not None:
        return Received(known, known.conversation, opened=False, duplicate=True)
    # One customer's messages are taken in one after the other: no two conversations open at once.
    customer = canonical(Customer.objects.select_for_update().get(pk=customer.pk))
    conversation: Conversation | None = None
    reopened = False
    if not begin_new or conversation_id is not None:
        conversation, reopened = _find(channel, customer, conversation_id, at)
    opened = conversation is None
    if conversation is None:
        order = _order_meant(channel, customer, order_id, message["body"])
        conversation = _open(channel, customer, at=at, order=order, **opening)
    elif message["client_token"]:
        twin = conversation.messages.filter(client_token=message["client_token"]).first()
        if twin is not None:
            return Received(twin, conversation, opened=False, duplicate=True)
    thread = Thread.hold(conversation, at=at)
    waited = not opened and conversation.state == ConversationState.QUEUED
    group_id = conversation.group_id
    if opened:
        thread.tell("opened", stage=conversation.stage, order=conversation.order_id)
    if reopened:
        reopen_thread(thread)
    if not opened and not conversation.order_chosen:
        _choose_named(thread, message["body"])
    requeued = hand_over_if_due(thread)
    said = thread.say(
        direction=Direction.IN, sender=SenderKind.CUSTOMER, delivery="received", **message
    )
    for position, file in enumerate(files):
        Attachment.objects.create(message=said, file=file, position=position)
    if said.origin != Origin.AUTO_MAIL:
        hold_waiting(thread, "wrote")
    if opened:
        _greet(thread)
        _say_when_open(thread)
    muted = customer.is_muted(at)
    if muted:
        _put_aside(thread)
    thread.save()
    record(
        "desk.message_received",
        obj=conversation,
        by=None,
        at=at,
        changes={"message": said.pk, "seq": said.seq},
    )
    if opened or reopened:
        publish(
            ConversationOpened(
                conversation_id=conversation.pk,
                customer_id=customer.pk,
                channel_id=channel.pk,
                at=at,
                reopened=reopened,
            )
        )
    # Who waits already is looked after; another line of theirs is no reason to ask around again.
    waits_on = waited and not requeued and conversation.group_id == group_id
    if conversation.state == ConversationState.QUEUED and not waits_on:
        why = SegmentEnd.STAGE_CHANGED.value if requeued else "customer_wrote"
        publish(
            ConversationQueued(
                conversation_id=conversation.pk,
                group_id=conversation.group_id,
                reason="opened" if opened else why,
                at=at,
            )
        )
    if muted:
        publish(
            ConversationClosed(
                conversation_id=conversation.pk,
                reason=ClosingReason.SPAM,
                question_type_id=None,
                handling_result_id=None,
                at=at,
            )
        )
    publish(MessageReceived(conversation_id=conversation.pk, message_id=said.pk, at=at))
    return Received(said, conversation, opened=opened)


def _find(
    channel: Channel, customer: Customer, conversation_id: int | None, at: dt.datetime
) -> tuple[Conversation | None, bool]:
    """Return the conversation to go on with, locked, and whether it has to be reopened."""
    rows = locked_rows(Conversation.objects.filter(channel=channel, customer=customer))
    if conversation_id is not None:
        found = rows.filter(pk=conversation_id).first()
        if found is None:
            raise Http404
        if found.merged_into_id is not None:
            found = locked_rows(Conversation.objects.all()).get(pk=found.merged_into_id)
    else:
        found = rows.filter(state__in=OPEN_STATES).order_by("-pk").first()
        if found is None:
            found = rows.filter(state=ConversationState.CLOSED).order_by("-closed_at").first()
    if found is None or found.is_open:
        return found, False
    rule = policy(ClosingPolicy, on=site_day(at, channel.site.zone))
    if found.closed_at is not None and may_reopen(closed_at=found.closed_at, at=at, policy=rule):
        return found, True
    return None, False


def _open(
    channel: Channel,
    customer: Customer,
    *,
    at: dt.datetime,
    order: Order | None,
    subject: str,
    language: str,
    visitor_key: str,
) -> Conversation:
    """Make a new conversation with its stage and queue decided."""
    before = Conversation.objects.filter(channel=channel, customer=customer).order_by("-pk").first()
    conversation = Conversation(
        channel=channel,
        customer=customer,
        shop_id=channel.shop_id or customer.shop_id,
        order=order,
        order_chosen=order is not None,
        language=language or customer.language or channel.language,
        subject=subject,
        visitor_key=visitor_key,
        opened_at=at,
        last_message_at=at,
        queued_at=at,
        previous=before,
    )
    decided = stage_of(conversation, on=site_day(at, channel.site.zone))
    conversation.stage, conversation.stage_source = decided.stage, "order"
    conversation.stage_because = kept_because(decided.because)
    conversation.order_id = decided.order_id
    conversation.group_id, _because = group_for(conversation)
    conversation.number = next_number("conversation", at=at, zone=channel.site.zone)
    conversation.save(force_insert=True)
    return conversation


def _order_meant(
    channel: Channel, customer: Customer, order_id: int | None, body: str
) -> Order | None:
    """Return the order that was chosen, else the one the message names."""
    if order_id is not None:
        return Order.objects.filter(pk=order_id).first()
    return named_order(body, shop_id=channel.shop_id or customer.shop_id)


def _choose_named(thread: Thread, body: str) -> None:
    """Go by the order that the message names, if none was chosen before (AMB-23)."""
    order = named_order(body, shop_id=thread.conversation.shop_id)
    if order is not None:
        thread.set(order=order, order_chosen=True)
        thread.tell("order_named", order=order.pk)
        restage(thread)


def _greet(thread: Thread) -> None:
    """Say the channel's greeting, as an automatic message (A4)."""
    channel = thread.conversation.channel
    if channel.kind not in SPEAKING:
        return
    text = choose_greeting(
        channel_kind=channel.kind,
        language=thread.conversation.language,
        own=channel.greetings,
        standard=policy(GreetingPolicy, on=thread.day).standard(),
        default_language=channel.language,
    )
    if text:
        thread.say(
            direction=Direction.OUT,
            sender=SenderKind.SYSTEM,
            origin=Origin.AUTO_WELCOME,
            body=text,
            delivery=SPEAKING[channel.kind],
        )


def _say_when_open(thread: Thread) -> None:
    """Tell the customer when somebody will be there, if nobody is now (A25)."""
    hours, channel = thread.hours, thread.conversation.channel
    if channel.kind not in SPEAKING:
        return
    closed = hours is not None and not hours.is_open(thread.at)
    # The clocks run all the same: within published hours a gap in the roster improves no figure.
    if not closed and staffing(thread.conversation.group_id, at=thread.at) != Staffing.NOBODY:
        return
    text = choose_greeting(
        channel_kind="",
        language=thread.conversation.language,
        own=channel.away_notices,
        standard={},
        default_language=channel.language,
    )
    opens = hours.next_opening(thread.at) if closed and hours is not None else None
    with override(thread.conversation.language or channel.language):
        if not text and closed:
            text = _("现在不在服务时间，您的留言我们已收到，上班后第一时间回复您。")
        elif not text:
            text = _("现在没有客服当班，您的留言我们已收到，有人当班后第一时间回复您。")
        if opens is not None:
            local = opens.astimezone(site_zone(thread.zone))
            day = date_format(local, "MONTH_DAY_FORMAT")
            text += "\n" + _("我们 %s 开始服务。") % f"{day} {local:%H:%M}"
    thread.say(
        direction=Direction.OUT,
        sender=SenderKind.SYSTEM,
        origin=Origin.AUTO_AWAY,
        body=text,
        delivery=SPEAKING[channel.kind],
        data={"opens_at": opens.isoformat()} if opens else {},
    )


def _put_aside(thread: Thread) -> None:
    """Keep what a muted customer writes where it can be seen, out of queues and figures (A12)."""
    event = thread.tell("muted", closing=Closing.SPAM)
    thread.end_segment(SegmentEnd.CLOSED, seq=event.seq)
    thread.go(Happening.CLOSED)
    thread.set(closed_at=thread.at, close_reason=ClosingReason.SPAM, queued_at=None, unread=0)


@transaction.atomic
def customer_left(*, conversation_id: int, at: dt.datetime) -> Conversation:
    """
    Note that a customer went away before anybody took the conversation; it is closed as left.

    A conversation that somebody holds stays with them: the answer is still owed.
    """
    thread = Thread.lock(conversation_id, at=at)
    conversation = thread.conversation
    if conversation.state != ConversationState.QUEUED:
        return conversation
    thread.tell("left", closing=Closing.LEFT)
    thread.go(Happening.CLOSED)
    thread.set(closed_at=at, close_reason=ClosingReason.LEFT, queued_at=None)
    thread.save()
    record("desk.customer_left", obj=conversation, by=None, at=at)
    publish(
        ConversationClosed(
            conversation_id=conversation.pk,
            reason=ClosingReason.LEFT,
            question_type_id=None,
            handling_result_id=None,
            at=at,
        )
    )
    return conversation
