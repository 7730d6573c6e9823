"""Putting an answered conversation off, and taking it up again (稍后处理)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Refusal
from cangke.rulebook.public import policy

from ..events import ConversationWoken
from ..models import Conversation
from ..rules.closing import ClosingPolicy
from ..rules.states import ConversationState, Happening
from .attending import touch
from .hold import NothingHeld
from .thread import Thread, acting_employee

MOST_AT_ONCE = 100


class NotPutOff(Refusal):
    """A waiting customer is answered first; the time is to come and not too far."""


@transaction.atomic
def snooze(
    *, conversation_id: int, until: dt.datetime, note: str, by: Account, at: dt.datetime
) -> Conversation:
    """
    Put one's conversation off to a moment; a message of the customer brings it back before.

    :raises NotPutOff: while the customer waits, or for a time that is past or too far
    :raises NothingHeld: if the conversation is not one's own
    :raises ConversationEnded: if it is closed
    """
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action="reply", at=at)
    thread.require_open()
    if thread.conversation.assignee_id != employee.pk:
        raise NothingHeld(_("这个会话不在您手上。"))
    if thread.is_waiting:
        raise NotPutOff(_("客户还在等回复，请先答复再放到稍后。"))
    most = policy(ClosingPolicy, on=thread.day).snooze_days
    if until <= at:
        raise NotPutOff(_("请选择一个还没到的时间。"), field="until")
    if until > at + dt.timedelta(days=most):
        raise NotPutOff(_("最多放到 %(days)s 天后。") % {"days": most}, field="until")
    thread.go(Happening.SNOOZED)
    thread.set(snoozed_until=until)
    thread.tell("snoozed", by=employee, until=until.isoformat(), reason=note.strip()[:200] or None)
    thread.save()
    record(
        "desk.snoozed",
        obj=thread.conversation,
        by=by,
        at=at,
        changes={"until": until.isoformat()},
        reason=note.strip(),
    )
    return thread.conversation


def wake_snoozed(*, at: dt.datetime) -> int:
    """Bring back what was put off to now; its agent is told."""
    due = Conversation.objects.filter(
        state=ConversationState.SNOOZED, closed_at__isnull=True, snoozed_until__lte=at
    )
    ids = list(due.order_by("snoozed_until", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(_wake_one(pk, at) for pk in ids)


@transaction.atomic
def _wake_one(conversation_id: int, at: dt.datetime) -> bool:
    thread = Thread.lock(conversation_id, at=at)
    conversation = thread.conversation
    until = conversation.snoozed_until
    if conversation.state != ConversationState.SNOOZED or until is None or until > at:
        return False
    thread.go(Happening.WOKEN)
    thread.tell("woken", agent=conversation.assignee_id)
    thread.save()
    record("desk.woken", obj=conversation, by=None, at=at)
    if conversation.assignee_id is not None:
        publish(
            ConversationWoken(
                conversation_id=conversation.pk, employee_id=conversation.assignee_id, at=at
            )
        )
    return True
