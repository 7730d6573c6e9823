"""The file of a probation: opening it, filling it in, handing it in, asking others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.numbering.public import next_number
from cangke.people import public as people
from cangke.people.public import Department, Employee

from .. import queries, rules
from ..models import ProcessTemplate, RegularizationFile
from ..rules import FileState
from .explaining import explain_sheet
from .refusals import FileClosed, Incomplete, NoTemplate, NotPossible, NotYours

KIND = "regularization.file"
WORDS = ("performance", "achievements", "self_evaluation", "progress", "wish")


def locked_file(file_id: int) -> RegularizationFile:
    """Lock the file; everything about it is changed only under this lock."""
    return (
        RegularizationFile.objects.select_for_update(of=("self",))
        .select_related("employee__post", "employee__site", "version__template", "case")
        .get(pk=file_id)
    )


@transaction.atomic
def open_file(*, employee_id: int, at: dt.datetime) -> RegularizationFile | None:
    """
    Open the file of somebody on probation; None if they are not, or have one already.

    Without an end of probation the rulebook's length for the post is set (AMB-41).

    :raises NoTemplate: if no template is in force for the department
    """
    employee = (
        Employee.objects.select_for_update(of=("self",))
        .select_related("post", "site")
        .get(pk=employee_id)
    )
    if employee.status != people.Status.PROBATION:
        return None
    if RegularizationFile.objects.filter(
        employee=employee, begins_on=employee.employed_from
    ).exists():
        return None
    version = queries.template_for(employee.department_id)
    if version is None:
        raise NoTemplate(_("还没有发布转正流程。"))
    begins_on, ends_on = employee.employed_from, employee.probation_until
    if ends_on is None:
        months = queries.probation_policy(employee, begins_on).months_for(employee.post.code)
        ends_on = rules.probation_end(begins_on, months)
        people.edit_employee(employee_id=employee.pk, by=None, at=at, probation_until=ends_on)
    file = RegularizationFile.objects.create(
        number=next_number("regularization", at=at),
        employee=employee,
        version=version,
        begins_on=begins_on,
        ends_on=ends_on,
        opened_at=at,
    )
    record(
        "regularization.opened",
        obj=file,
        by=None,
        at=at,
        changes={"until": ends_on, "template": version.template.key},
    )
    return file


def _own(file: RegularizationFile, by: Account) -> None:
    if file.employee.account_id != by.pk:
        raise NotYours(_("转正申请由本人填写。"))
    if not file.may_be_written:
        raise FileClosed(_("这份申请现在是“%s”，不能修改。") % file.get_state_display())


def _write(file: RegularizationFile, words: dict[str, Any], *, at: dt.datetime) -> None:
    for name in WORDS:
        if name in words:
            setattr(file, name, str(words[name] or "").strip())
    if "declared" in words:
        file.declared = bool(words["declared"])
    file.written_at = at


@transaction.atomic
def write_application(
    *, file_id: int, by: Account, at: dt.datetime, **words: Any
) -> RegularizationFile:
    """
    Keep what the employee has written so far; nothing is asked for yet (N2).

    :raises NotYours: if it is somebody else's
    :raises FileClosed: if it is on its way or decided
    """
    file = locked_file(file_id)
    _own(file, by)
    _write(file, words, at=at)
    file.save()
    record("regularization.written", obj=file, by=by, at=at, changes={})
    return file


def _complete(file: RegularizationFile) -> None:
    if not file.performance:
        raise Incomplete(_("请填写工作表现。"), field="performance")
    if not file.wish:
        raise Incomplete(_("请写明转正意愿。"), field="wish")
    if file.version.parsed.self_evaluation and not file.self_evaluation:
        raise Incomplete(_("请填写自我评价。"), field="self_evaluation")
    if not file.declared:
        raise Incomplete(_("请确认以上内容属实。"), field="declared")


def people_asked(departments: Iterable[Department]) -> list[int]:
    """
    The accounts of the heads of departments.

    :raises Incomplete: if one has no head who could answer
    """
    found = []
    for each in departments:
        head = each.head
        if head is None or head.account_id is None:
            raise Incomplete(
                _("“%s”没有可以答复的负责人，请先在组织里指定。") % each.name, field="departments"
            )
        found.append(head.account_id)
    return list(dict.fromkeys(found))


@transaction.atomic
def submit_application(
    *, file_id: int, by: Account, at: dt.datetime, **words: Any
) -> RegularizationFile:
    """
    Hand the application in, with the criteria sheet frozen as of today (N2, N3, N12).

    The day of the first handing in says whether it is late; completing a returned one does not.

    :raises NotYours: if it is somebody else's
    :raises FileClosed: if it is on its way or decided
    :raises Incomplete: if something that is needed is missing, with its field
    """
    file = locked_file(file_id)
    _own(file, by)
    _write(file, words, at=at)
    _complete(file)
    today = queries.today_of(file.employee, at)
    if file.submitted_at is None:
        file.is_late = rules.is_late(today, file.ends_on)
        file.submitted_at = at
    sheet = queries.sheet_on(file, today)
    file.sheet = sheet.plain()
    file.state = FileState.RUNNING
    file.save()
    explain_sheet(file, sheet, at=at)
    _send(file, by=by, at=at)
    record("regularization.submitted", obj=file, by=by, at=at, changes={"late": file.is_late})
    return file


def facts_of(file: RegularizationFile) -> list[tuple[str, str]]:
    """What stands beside the buttons of whoever decides."""
    return [
        (_("岗位"), file.employee.post.title),
        (_("试用期"), f"{file.begins_on} — {file.ends_on}"),
        (_("工作表现"), file.performance),
    ]


def _send(file: RegularizationFile, *, by: Account, at: dt.datetime) -> None:
    """To approvals: a returned case goes its way again, otherwise a new one begins."""

    def title() -> str:
        return _("%(name)s的转正申请") % {"name": file.employee.name}

    def facts() -> list[tuple[str, str]]:
        return facts_of(file)

    if file.case is not None and file.case.state == approvals.CaseState.RETURNED:
        approvals.resubmit(case_id=file.case.pk, by=by, at=at, title=title, facts=facts)
        return
    step = file.version.parsed.opinions
    chosen = {step.key: people_asked(file.asked.select_related("head"))} if step else {}
    file.case = approvals.submit_case(
        kind=KIND,
        subject_id=file.pk,
        applicant=by,
        title=title,
        facts=facts,
        chosen=chosen,
        by=by,
        at=at,
        flow=file.version.flow,
    )
    file.save(update_fields=["case"])


@transaction.atomic
def ask_departments(
    *, file_id: int, departments: Iterable[Department], by: Account, at: dt.datetime
) -> RegularizationFile:
    """
    Say which departments the work touched; their heads are asked for an opinion (N7).

    The superior or personnel says so, up to the step's beginning. The own department is not asked.

    :raises NotYours: for anybody else
    :raises FileClosed: if the step has begun, or the file is decided
    """
    file = locked_file(file_id)
    wanted = list(departments)
    superior = file.employee.superior
    may = superior is not None and superior.account_id == by.pk
    if file.employee.account_id == by.pk or not (may or queries.may_manage(by, file)):
        raise NotYours(_("由直属上级或人事决定征求哪些部门的意见。"))
    step = file.version.parsed.opinions
    if step is None:
        raise NotPossible(_("这个流程没有跨部门意见这一步。"))
    if not file.is_pending:
        raise FileClosed(_("这份档案已经有结论。"))
    if any(each.pk == file.employee.department_id for each in wanted):
        raise NotPossible(_("请选本部门以外的部门。"), field="departments")
    accounts = people_asked(wanted)
    file.asked.set(wanted)
    if file.case is not None and file.case.is_open:
        approvals.name_people(
            case_id=file.case.pk, step=step.key, account_ids=accounts, by=by, at=at
        )
    record(
        "regularization.asked",
        obj=file,
        by=by,
        at=at,
        changes={"departments": [each.name for each in wanted]},
    )
    return file


@transaction.atomic
def change_template(
    *, file_id: int, template: ProcessTemplate, by: Account, at: dt.datetime
) -> RegularizationFile:
    """
    Let a file that was not handed in go another way (N1).

    :raises FileClosed: if it is on its way or decided
    :raises NoTemplate: if nothing of the template is published
    """
    file = locked_file(file_id)
    if file.state != FileState.OPEN:
        raise FileClosed(_("申请提交以后不能再换流程。"))
    version = queries.version_in_force(template)
    if version is None:
        raise NoTemplate(_("这个流程还没有发布。"), field="template")
    file.version = version
    file.save(update_fields=["version"])
    if version.parsed.opinions is None:
        file.asked.clear()
    record("regularization.moved", obj=file, by=by, at=at, changes={"template": template.key})
    return file


@transaction.atomic
def set_period(
    *, file_id: int, ends_on: dt.date, reason: str, by: Account, at: dt.datetime
) -> RegularizationFile:
    """
    Correct the last day of a probation, with a reason; extending is a decision, not this.

    :raises FileClosed: if it is on its way or decided
    :raises NotPossible: if it would end before it begins, or last too long
    """
    file = locked_file(file_id)
    if file.state != FileState.OPEN:
        raise FileClosed(_("申请提交以后不能再改试用期。"))
    today = queries.today_of(file.employee, at)
    longest = queries.probation_policy(file.employee, today).longest_months
    if ends_on < file.begins_on:
        raise NotPossible(_("试用期结束不能早于开始。"), field="ends_on")
    if ends_on > rules.probation_end(file.begins_on, longest):
        raise NotPossible(_("试用期最长 %s 个月。") % longest, field="ends_on")
    before, file.ends_on = file.ends_on, ends_on
    file.reminded_on = file.told_on = None
    file.save(update_fields=["ends_on", "reminded_on", "told_on"])
    people.edit_employee(employee_id=file.employee_id, by=by, at=at, probation_until=ends_on)
    record(
        "regularization.period_set",
        obj=file,
        by=by,
        at=at,
        changes={"until": [before, ends_on]},
        reason=reason,
    )
    return file
