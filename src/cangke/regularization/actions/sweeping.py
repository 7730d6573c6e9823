"""What time brings: files to be opened, reminders, ends that pass without a decision (N3)."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils.translation import gettext_lazy, gettext_noop

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account, Roles
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Refusal
from cangke.foundation.wording import worded
from cangke.people import public as people
from cangke.people.public import Employee, Status

from .. import queries, rules
from ..models import RegularizationFile
from .deciding import end_file, url_of
from .files import KIND, facts_of, locked_file, open_file
from .refusals import NoTemplate

log = logging.getLogger(__name__)


def sweep(*, at: dt.datetime) -> int:
    """Look after everybody on probation; return how many files were touched. Safe to repeat."""
    touched = 0
    known = RegularizationFile.objects.values("employee", "begins_on")
    filed = {(row["employee"], row["begins_on"]) for row in known}
    on_probation = Employee.objects.filter(status=Status.PROBATION)
    for pk, since in list(on_probation.values_list("pk", "employed_from")):
        if (pk, since) not in filed:
            try:
                touched += open_file(employee_id=pk, at=at) is not None
            except NoTemplate:
                return touched
    pending = RegularizationFile.objects.pending().order_by("pk").values_list("pk", flat=True)
    for pk in list(pending):
        try:
            touched += _look_at(pk, at=at)
        except Refusal as refusal:  # one that nobody may decide holds no other up
            log.warning("regularization file %s waits: %s", pk, refusal)
    return touched


@transaction.atomic
def _look_at(file_id: int, *, at: dt.datetime) -> int:
    file = locked_file(file_id)
    if not file.is_pending:
        return 0
    employee = file.employee
    if employee.status in (Status.LEFT, Status.REGULAR):
        return int(end_file(employee_id=employee.pk, at=at) is not None)
    until = employee.probation_until
    if until is not None and until != file.ends_on and until >= file.begins_on:
        # Personnel has changed it in the employee's own file.
        file.ends_on, file.reminded_on, file.told_on = until, None, None
        file.save(update_fields=["ends_on"])
        approvals.subject_changed(
            kind=KIND, subject_id=file.pk, facts=lambda: facts_of(file), by=None, at=at
        )
    today = queries.today_of(employee, at)
    due = rules.due_today(
        today,
        file.ends_on,
        submitted=file.submitted_at is not None,
        reminded_on=file.reminded_on,
        told_on=file.told_on,
        policy=queries.probation_policy(employee, today),
    )
    if due.remind:
        file.reminded_on = today
        _remind(file, at=at)
    if due.overdue:
        file.told_on = today
        _tell_overdue(file, today, at=at)
    file.save(update_fields=["ends_on", "reminded_on", "told_on"])
    return int(due.remind or due.overdue)


def _superior(file: RegularizationFile) -> list[int]:
    superior = file.employee.superior
    return [superior.account_id] if superior is not None and superior.account_id else []


def _remind(file: RegularizationFile, *, at: dt.datetime) -> None:
    record("regularization.reminded", obj=file, by=None, at=at, changes={"until": file.ends_on})
    if file.employee.account is not None:
        notify(
            file.employee.account,
            kind="regularization.due",
            title=gettext_lazy("试用期将满，请提交转正申请"),
            body=worded(gettext_noop("试用期到 %(day)s 为止。"), {"day": file.ends_on}),
            url=url_of(file),
            at=at,
        )
    notify(
        Account.objects.filter(pk__in=_superior(file)),
        kind="regularization.due",
        title=gettext_lazy("下属试用期将满"),
        body=worded(
            gettext_noop("%(name)s的试用期到 %(day)s 为止。"),
            {"name": file.employee.name, "day": file.ends_on},
        ),
        url=url_of(file),
        at=at,
    )


def _tell_overdue(file: RegularizationFile, today: dt.date, *, at: dt.datetime) -> None:
    record("regularization.overdue", obj=file, by=None, at=at, changes={"until": file.ends_on})
    ids = {*_superior(file), *people.holders_of_role(Roles.HR, near=file.employee)}
    ids.discard(file.employee.account_id or 0)
    days = (today - file.ends_on).days
    words = (
        gettext_noop("%(name)s的试用期已过 %(days)s 天，还没有结论。")
        if days
        else gettext_noop("%(name)s的试用期今天到期，还没有结论。")
    )
    notify(
        Account.objects.filter(pk__in=ids),
        kind="regularization.overdue",
        title=gettext_lazy("试用期到期，还没有结论"),
        body=worded(words, {"name": file.employee.name, "days": days}),
        url=url_of(file),
        at=at,
    )
