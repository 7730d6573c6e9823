"""Major complaints: the supervisor in person serves and closes them (B7)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.people.public import Employee, leaders_above

from ..events import MajorMarked
from ..models import Conversation
from ..rules.closing import Standing
from .attending import ensure_profile, note_assigned, touch
from .closing import standing_of
from .hold import give
from .stage import MarkRefused
from .thread import Thread, acting_employee


@transaction.atomic
def set_major(
    *, conversation_id: int, major: bool, reason: str, by: Account, at: dt.datetime
) -> Conversation:
    """
    Mark a major complaint: it becomes the supervisor's, who alone closes it (B7).

    Anybody may mark one. The supervisor is whoever marks it, if they are one, else the first one
    above whoever serves the customer; where nobody is, it stays where it was. Taking the mark
    away moves nothing.

    :raises MarkRefused: without a reason
    """
    if not reason.strip():
        raise MarkRefused(_("请写明原因。"), field="reason")
    employee = acting_employee(by)
    touch(employee, at=at)
    action = "reply" if major else "supervise"
    found = get_visible(by, Conversation, action, pk=conversation_id)
    owner = _supervisor_of(found, employee) if major and not found.is_major else None
    if owner is not None:
        ensure_profile(owner)
        note_assigned(owner.pk, at=at)
    thread = Thread.lock_for(conversation_id, by=by, action=action, at=at)
    thread.require_open()
    conversation = thread.conversation
    before = (conversation.is_major, conversation.assignee_id)
    thread.set(is_major=major)
    thread.tell("major", by=employee, after=major, reason=reason[:200])
    if owner is not None and not before[0] and before[1] != owner.pk:
        give(thread, owner, reason=_("重大投诉由主管亲自处理"), by=employee)
    thread.save()
    record(
        "desk.major_set",
        obj=conversation,
        by=by,
        at=at,
        changes={
            "is_major": [before[0], major],
            "assignee": [before[1], conversation.assignee_id],
        },
        reason=reason,
    )
    if major and not before[0]:
        publish(
            MajorMarked(
                conversation_id=conversation.pk,
                employee_id=employee.pk,
                at=at,
                served_by_id=before[1],
            )
        )
    return conversation


def _supervisor_of(conversation: Conversation, marker: Employee) -> Employee | None:
    """The supervisor who takes a complaint over: the marker, or the first above its agent."""
    serving = conversation.assignee or marker
    for each in (marker, *leaders_above(serving)):
        if each.account is None:
            continue
        if standing_of(conversation, each, each.account) is Standing.SUPERVISOR:
            return each
    return None
