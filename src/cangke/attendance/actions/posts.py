"""Presence at the post: what a leader saw, and what the person says to it (K24)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.files.public import StoredFile
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee

from ..events import PostRecorded
from ..models import PostRecord


class PostImpossible(Refusal):
    """It would be about oneself, or in the future."""


class AlreadyStated(Conflict):
    """The person has said something to it already."""


@transaction.atomic
def record_post(
    *,
    employee: Employee,
    kind: str,
    from_at: dt.datetime,
    until_at: dt.datetime | None,
    seen: str,
    by: Account,
    at: dt.datetime,
    proof: StoredFile | None = None,
) -> PostRecord:
    """
    Note that somebody was not at the post or did other things there; the person is told.

    :raises PostImpossible: about oneself, in the future, or with an end before the beginning
    """
    if employee.account_id == by.pk:
        raise PostImpossible(_("不能登记自己。"), field="employee")
    if from_at > at or (until_at is not None and until_at > at):
        raise PostImpossible(_("时间不能在将来。"), field="from_at")
    if until_at is not None and until_at < from_at:
        raise PostImpossible(_("结束不能早于开始。"), field="until_at")
    made = PostRecord.objects.create(
        employee=employee,
        kind=kind,
        from_at=from_at,
        until_at=until_at,
        seen=seen,
        proof=proof,
        recorded_by=by,
        recorded_at=at,
    )
    record(
        "attendance.post_recorded",
        obj=made,
        by=by,
        at=at,
        changes={"employee": employee.pk, "kind": kind},
    )
    publish(PostRecorded(record_id=made.pk, employee_id=employee.pk, kind=kind))
    if employee.account is not None:
        notify(
            employee.account,
            kind="attendance.post",
            title=gettext_lazy("有一条在岗记录，您可以说明情况"),
            body=str(made.get_kind_display()),
            url=reverse("attendance:post", args=[made.pk]),
            at=at,
        )
    return made


@transaction.atomic
def state_post(*, record_id: int, statement: str, by: Account, at: dt.datetime) -> PostRecord:
    """
    The person says something to it, once; it stays beside what was seen.

    :raises AlreadyStated: if said before
    """
    found = PostRecord.objects.select_for_update().get(pk=record_id)
    if found.stated_at is not None:
        raise AlreadyStated(_("您已经说明过了。"))
    found.statement, found.stated_at = statement, at
    found.save(update_fields=["statement", "stated_at"])
    record("attendance.post_stated", obj=found, by=by, at=at)
    notify(
        found.recorded_by,
        kind="attendance.post",
        title=gettext_lazy("员工对在岗记录作了说明"),
        url=reverse("attendance:post", args=[found.pk]),
        at=at,
    )
    return found
