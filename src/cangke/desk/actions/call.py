"""The phone log: complete enough for a colleague to go on (A2, A10)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cangke.customers.public import Customer
from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.live.public import signal_all
from cangke.foundation.numbering.public import next_number
from cangke.foundation.refusal import Refusal
from cangke.orders.public import Order
from cangke.people.public import Employee

from ..events import CallLogged, ConversationOpened
from ..models import Channel, Conversation, HandlingResult, PhoneCall, QuestionType
from ..queries.stages import group_for, stage_of
from ..rules.closing import ClosingReason
from ..rules.facts import Direction, Origin, SenderKind
from .attending import ensure_profile, touch
from .closing import end
from .hold import take_queued
from .thread import Thread, acting_employee, kept_because


class CallIncomplete(Refusal):
    """A call is written down with its question and its result."""


@transaction.atomic
def log_call(
    *,
    channel: Channel,
    customer: Customer,
    question: str,
    result: str,
    by: Account,
    at: dt.datetime,
    called_at: dt.datetime | None = None,
    answer: str = "",
    caller_name: str = "",
    caller_phone: str = "",
    direction: str = "in",
    duration_seconds: int | None = None,
    call_back_due_at: dt.datetime | None = None,
    order: Order | None = None,
    started_from: Conversation | None = None,
    question_type: QuestionType | None = None,
    handling_result: HandlingResult | None = None,
) -> PhoneCall:
    """
    Write down a call as a conversation of the phone channel (A1, A2).

    With type and result it is closed; without, the agent goes on holding it. What is written down
    afterwards moves no response figure. ``started_from`` is the chat the call was made from (A10).

    :raises CallIncomplete: without question or result, or with a call-back before the call
    """
    for field, text in (("question", question), ("result", result)):
        if not text.strip():
            raise CallIncomplete(
                _("请写明客户的问题。") if field == "question" else _("请写明处理结果。"),
                field=field,
            )
    called = called_at or at
    if called > at:
        raise CallIncomplete(_("通话时间不能晚于现在。"), field="called_at")
    if call_back_due_at is not None and call_back_due_at <= called:
        raise CallIncomplete(_("约定回电的时间要在通话之后。"), field="call_back_due_at")
    employee = acting_employee(by)
    ensure_profile(employee)
    touch(employee, at=at)
    if started_from is not None:
        get_visible(by, Conversation, "reply", pk=started_from.pk)
    conversation = open_conversation(channel, customer, order=order, at=called)
    thread = Thread.hold(conversation, at=at)
    take_queued(thread, employee, started_by="call")
    inbound = direction == "in"
    thread.say(
        direction=Direction.IN if inbound else Direction.OUT,
        sender=SenderKind.CUSTOMER if inbound else SenderKind.AGENT,
        origin=Origin.PHONE_LOG,
        body=question.strip(),
        agent=None if inbound else employee,
        at=called,
        backdated=True,
    )
    said = "\n".join(part.strip() for part in (answer, result) if part.strip())
    thread.say(
        direction=Direction.OUT,
        sender=SenderKind.AGENT,
        origin=Origin.PHONE_LOG,
        body=said,
        agent=employee,
        at=called,
        backdated=True,
    )
    call = PhoneCall.objects.create(
        conversation=conversation,
        started_from=started_from,
        agent=employee,
        direction=direction,
        caller_name=caller_name.strip()[:100],
        caller_phone=caller_phone.strip()[:40],
        question=question.strip(),
        answer=answer.strip(),
        result=result.strip(),
        called_at=called,
        duration_seconds=duration_seconds,
        logged_at=at,
        call_back_due_at=call_back_due_at,
        call_back_by=None if call_back_due_at is None else employee,
    )
    thread.set(question_type=question_type, handling_result=handling_result)
    settled = question_type is not None and handling_result is not None
    if settled and call_back_due_at is None:
        end(thread, ClosingReason.SETTLED, by=by, employee=employee)
    else:
        thread.save()
    if started_from is not None:
        _tell_origin(started_from.pk, call, at=at)
    record("desk.call_logged", obj=call, by=by, at=at, changes={"conversation": conversation.pk})
    publish(
        ConversationOpened(
            conversation_id=conversation.pk,
            customer_id=customer.pk,
            channel_id=channel.pk,
            at=at,
        )
    )
    publish(
        CallLogged(
            call_id=call.pk,
            conversation_id=conversation.pk,
            call_back_due_at=call_back_due_at,
            at=at,
        )
    )
    return call


def open_conversation(
    channel: Channel, customer: Customer, *, order: Order | None, at: dt.datetime
) -> Conversation:
    """Make a conversation for what is written down by hand, its stage and queue decided."""
    conversation = Conversation(
        channel=channel,
        customer=customer,
        shop_id=channel.shop_id or customer.shop_id,
        order=order,
        order_chosen=order is not None,
        language=customer.language or channel.language,
        opened_at=at,
        last_message_at=at,
    )
    decided = stage_of(conversation, on=site_day(at, channel.site.zone))
    conversation.stage, conversation.stage_source = decided.stage, "order"
    conversation.stage_because = kept_because(decided.because)
    conversation.order_id = decided.order_id
    conversation.group_id, _because = group_for(conversation)
    conversation.number = next_number("conversation", at=at, zone=channel.site.zone)
    conversation.save(force_insert=True)
    return conversation


def _tell_origin(conversation_id: int, call: PhoneCall, *, at: dt.datetime) -> None:
    """Let the chat from which the call was made point at it."""
    thread = Thread.lock(conversation_id, at=at)
    thread.tell("called", call=call.pk, conversation=call.conversation_id)
    thread.save()


@transaction.atomic
def finish_call_back(*, call_id: int, by: Account, at: dt.datetime) -> PhoneCall:
    """Note that the customer was called back; again changes nothing."""
    get_visible(by, PhoneCall, "change", pk=call_id)
    call = PhoneCall.objects.select_for_update().get(pk=call_id)
    if call.call_back_done_at is not None or call.call_back_due_at is None:
        return call
    _done(call, by=by, at=at)
    return call


def _done(call: PhoneCall, *, by: Account | None, at: dt.datetime) -> None:
    call.call_back_done_at = at
    call.save(update_fields=["call_back_done_at"])
    record("desk.called_back", obj=call, by=by, at=at)
    signal_all([f"agent:{call.call_back_by_id}"], "call", {"call": call.pk})


def owed_call_backs() -> QuerySet[PhoneCall]:
    """The calls whose call-back is still to be made."""
    return PhoneCall.objects.filter(call_back_due_at__isnull=False, call_back_done_at__isnull=True)


@transaction.atomic
def settle_call_backs(*, call_id: int, at: dt.datetime) -> int:
    """The customer was called: what had been promised to them before is done; return how many."""
    made = PhoneCall.objects.select_related("conversation", "agent__account").get(pk=call_id)
    if made.direction != "out":
        return 0
    rows = owed_call_backs().filter(
        conversation__customer_id=made.conversation.customer_id, logged_at__lt=made.logged_at
    )
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for call in found:
        _done(call, by=made.agent.account, at=at)
    return len(found)


@transaction.atomic
def give_call_backs(
    *,
    to: Employee,
    reason: str,
    by: Account | None,
    at: dt.datetime,
    employee_id: int | None = None,
    conversation_id: int | None = None,
) -> int:
    """
    Let a colleague make the call-backs that somebody owes, or that belong to a conversation.

    Return how many changed hands; again changes nothing.
    """
    if (employee_id is None) == (conversation_id is None):
        raise ValueError("name whose call-backs, or of which conversation")
    rows = owed_call_backs().exclude(call_back_by=to)
    if employee_id is not None:
        rows = rows.filter(call_back_by=employee_id)
    else:
        rows = rows.filter(conversation=conversation_id)
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for call in found:
        before, call.call_back_by = call.call_back_by_id, to
        call.save(update_fields=["call_back_by"])
        record(
            "desk.call_back_given",
            obj=call,
            by=by,
            at=at,
            changes={"call_back_by": [before, to.pk]},
            reason=reason,
        )
        topics = [f"agent:{pk}" for pk in (before, to.pk) if pk is not None]
        signal_all(topics, "call", {"call": call.pk})
    return len(found)
