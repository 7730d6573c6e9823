"""What people do with their own slip, and what personnel answers."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account, Roles
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day, working_days
from cangke.foundation.notices.public import notify

from .. import queries
from ..models import SETTLED, PaySlip, SlipQuestion
from .refusals import Decided
from .telling import tell_roles

ONE_DAY = dt.timedelta(days=1)


def _own(slip_id: int, by: Account) -> PaySlip:
    """
    The slip under its lock, for the one whose it is.

    :raises Decided: if it is not shown yet, or is somebody else's
    """
    slip = (
        PaySlip.objects.select_for_update(of=("self",))
        .select_related("run__site", "employee")
        .get(pk=slip_id)
    )
    if slip.run.state not in SETTLED or slip.employee.account_id != by.pk:
        raise Decided(_("只有本人可以确认或询问已锁定的工资条。"))
    return slip


@transaction.atomic
def acknowledge(*, slip_id: int, by: Account, at: dt.datetime) -> PaySlip:
    """Note that somebody has seen their slip; a second time changes nothing."""
    slip = _own(slip_id, by)
    if slip.acknowledged_at is None:
        slip.acknowledged_at = at
        slip.save(update_fields=["acknowledged_at"])
        record("payroll.acknowledged", obj=slip, by=by, at=at)
    return slip


@transaction.atomic
def ask_question(
    *, slip_id: int, text: str, by: Account, at: dt.datetime, code: str = ""
) -> SlipQuestion:
    """Ask about one's slip or a line of it; personnel answers within some working days."""
    slip = _own(slip_id, by)
    site = slip.run.site
    days = queries.run_policy(site, slip.month).query_days
    today = site_day(at, site.zone)
    calendar = working_days(site.country, today, today + 60 * ONE_DAY)
    due = today
    while days:
        due += ONE_DAY
        days -= calendar.is_working_day(due)
    made = SlipQuestion.objects.create(
        slip=slip, code=code, text=text[:500], asked_by=by, asked_at=at, due_on=due
    )
    record("payroll.asked", obj=made, by=by, at=at, changes={"due_on": due})
    tell_roles(
        Roles.HR,
        kind="payroll.question",
        title=gettext_lazy("有人对工资条提出疑问"),
        body=f"{slip.employee.name} {slip.month:%Y-%m} · {due:%m-%d}",
        url=reverse("payroll:question", args=[made.pk]),
        at=at,
    )
    return made


@transaction.atomic
def answer_question(*, question_id: int, answer: str, by: Account, at: dt.datetime) -> SlipQuestion:
    """
    Answer a question; who asked is told.

    :raises Decided: if it is answered, or is one's own
    """
    found = (
        SlipQuestion.objects.select_for_update(of=("self",))
        .select_related("asked_by", "slip")
        .get(pk=question_id)
    )
    if found.answered_at is not None:
        raise Decided(_("这个疑问已经答复。"))
    if found.asked_by_id == by.pk:
        raise Decided(_("不能答复自己的疑问，请由另一位同事答复。"))
    found.answer, found.answered_by, found.answered_at = answer[:1000], by, at
    found.save(update_fields=["answer", "answered_by", "answered_at"])
    record("payroll.answered", obj=found, by=by, at=at)
    notify(
        found.asked_by,
        kind="payroll.question",
        title=gettext_lazy("您的工资疑问已答复"),
        body=f"{found.slip.month:%Y-%m}",
        url=reverse("payroll:question", args=[found.pk]),
        at=at,
    )
    return found
