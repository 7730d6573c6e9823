"""What becomes of a file once approvals has decided: pass, extend, reject, return (N11, N14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account, Roles
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.foundation.wording import listed, strung, worded
from cangke.people import public as people

from .. import queries, rules, wording
from ..events import EmployeeRegularized, ProbationExtended, RegularizationRejected
from ..models import Conclusion, RegularizationFile
from ..rules import FileState, Outcome
from .files import locked_file


def snapshot_of(file: RegularizationFile) -> dict[str, object]:
    """What is approved: who, which period, the application, the sheet as it was frozen."""
    return {
        "number": file.number,
        "employee": file.employee_id,
        "period": [file.begins_on.isoformat(), file.ends_on.isoformat()],
        "version": file.version_id,
        "performance": file.performance,
        "achievements": file.achievements,
        "self_evaluation": file.self_evaluation,
        "progress": file.progress,
        "wish": file.wish,
        "sheet": file.sheet,
    }


def check_decision(
    *,
    subject_id: int,
    step: str,
    agrees: bool,
    answers: Mapping[str, str],
    comment: str,
    at: dt.datetime,
) -> None:
    """
    What a conclusion must hold to, from whichever page it comes.

    None while an objection to the sheet is unanswered (S7). Somebody passed in spite of a
    criterion not met: why. Formal from a day that has come, or a later one. Extended by months
    the rulebook allows.

    :raises approvals.BadAnswers: with the answer at fault
    """
    file = RegularizationFile.objects.select_related(
        "employee__post", "employee__site", "version", "case"
    ).get(pk=subject_id)
    kind = next((each.kind for each in file.version.parsed.steps if each.key == step), None)
    refuses = not agrees and kind != rules.Kind.OPINIONS
    if kind == rules.Kind.FINAL or refuses:
        _check_answered(file)
    if kind != rules.Kind.FINAL or not agrees:
        return
    today = queries.today_of(file.employee, at)
    if answers.get("outcome") == Outcome.EXTEND:
        _check_extension(file, answers.get("months", ""), today)
        return
    chosen = answers.get("effective_on", "")
    if chosen and dt.date.fromisoformat(chosen) < today:
        raise approvals.BadAnswers(_("转正生效日不能早于今天。"), field="answer_effective_on")
    missed = queries.unmet(file, today)
    if missed and not (answers.get("overrule") or comment.strip()):
        names = listed(wording.row_words(row) for row in missed)
        raise approvals.BadAnswers(
            _("有未达标的条件：%s。仍要通过的，请写明说明。") % names, field="answer_overrule"
        )


def _check_answered(file: RegularizationFile) -> None:
    """A file is not concluded, either way, before the objections to its values are answered."""
    open_ones = queries.held_back(file, unanswered=True)
    if open_ones:
        names = listed(wording.measure_words(one) for one in rules.MEASURES if one in open_ones)
        raise approvals.BadAnswers(
            _("员工对“%s”提出的异议还没有答复，答复以后才能定结论。") % names, field="comment"
        )


def _check_extension(file: RegularizationFile, months: str, today: dt.date) -> None:
    if not months:
        raise approvals.BadAnswers(_("请选择延长几个月。"), field="answer_months")
    policy = queries.probation_policy(file.employee, today)
    if not rules.may_extend(file.begins_on, file.ends_on, int(months), file.extended, policy):
        raise approvals.BadAnswers(
            _("最多延长 %(times)s 次，连同延长不超过 %(months)s 个月。")
            % {"times": policy.extend_most_times, "months": policy.longest_months},
            field="answer_months",
        )


def _case_file(case_id: int) -> tuple[approvals.ApprovalCase, RegularizationFile] | None:
    """Lock the file a case is about; None where the file goes by another case by now."""
    case = approvals.ApprovalCase.objects.select_related("flow").get(pk=case_id)
    file = locked_file(case.subject_id)
    return (case, file) if file.case_id == case.pk and file.is_pending else None


@transaction.atomic
def carry_out(*, case_id: int, fingerprint: str) -> RegularizationFile | None:
    """
    Do what was decided at last: make somebody regular from a day on, or extend the probation.

    Once for a case; a file that is not what was approved is not touched, and personnel is told.
    """
    found = _case_file(case_id)
    if found is None:
        return None
    case, file = found
    at = case.closed_at or case.submitted_at
    if approvals.fingerprint(snapshot_of(file)) != fingerprint:
        _tell_personnel(file, gettext_lazy("转正档案与审批的内容不一致，没有执行"), at=at)
        return None
    final = file.version.parsed.of_kind(rules.Kind.FINAL)
    decided = case.decisions.select_related("by").filter(action="approve", step=final and final.key)
    last = decided.last()
    answers: Mapping[str, str] = last.answers if last else {}
    reason = strung(
        part for part in (answers.get("overrule", ""), last.comment if last else "") if part
    )
    by = last.by if last else None
    if answers.get("outcome") == Outcome.EXTEND:
        return _extend(file, case, int(answers["months"]), reason=reason, by=by, at=at)
    return _pass(file, case, answers, reason=reason, by=by, at=at)


def _conclude(
    file: RegularizationFile,
    outcome: Outcome,
    *,
    case: approvals.ApprovalCase,
    by: Account | None,
    reason: str,
    at: dt.datetime,
    until: dt.date | None = None,
    effective_on: dt.date | None = None,
) -> Conclusion:
    return Conclusion.objects.create(
        file=file,
        outcome=outcome,
        case=case,
        by=by,
        reason=reason,
        until=until,
        effective_on=effective_on,
        sheet=file.sheet,
        at=at,
    )


def _pass(
    file: RegularizationFile,
    case: approvals.ApprovalCase,
    answers: Mapping[str, str],
    *,
    reason: str,
    by: Account | None,
    at: dt.datetime,
) -> RegularizationFile:
    chosen = answers.get("effective_on", "")
    effective = rules.effective_day(
        dt.date.fromisoformat(chosen) if chosen else None,
        ends_on=file.ends_on,
        decided_on=queries.today_of(file.employee, at),
    )
    file.state, file.closed_at, file.effective_on = FileState.PASSED, at, effective
    file.pay_scheme = answers.get("pay_scheme", "")[:200]
    file.benefits = answers.get("benefits", "")[:400]
    file.save()
    _conclude(file, Outcome.PASS, case=case, by=by, reason=reason, at=at, effective_on=effective)
    try:
        people.confirm(
            employee_id=file.employee_id,
            from_date=effective,
            by=by,
            at=at,
            reason=_("转正 %s") % file.number,
            pay_scheme=file.pay_scheme,
            benefits=file.benefits,
        )
    except people.NotPossible:
        _tell_personnel(file, gettext_lazy("转正已通过，任职变更要由人事手动办理"), at=at)
    record(
        "regularization.passed",
        obj=file,
        by=by,
        at=at,
        changes={"effective_on": effective},
        reason=reason[:200],
    )
    publish(EmployeeRegularized(file_id=file.pk, employee_id=file.employee_id, from_date=effective))
    tell_employee(
        file,
        gettext_lazy("恭喜，您已通过转正"),
        worded(gettext_noop("自 %(day)s 起为正式员工。"), {"day": effective}),
        at=at,
    )
    return file


def _extend(
    file: RegularizationFile,
    case: approvals.ApprovalCase,
    months: int,
    *,
    reason: str,
    by: Account | None,
    at: dt.datetime,
) -> RegularizationFile:
    until = rules.extended_end(file.ends_on, months)
    _conclude(file, Outcome.EXTEND, case=case, by=by, reason=reason, at=at, until=until)
    file.state, file.ends_on, file.extended = FileState.OPEN, until, file.extended + 1
    file.submitted_at, file.is_late, file.sheet, file.declared = None, False, None, False
    file.case = None  # the conclusion keeps it
    file.reminded_on = file.told_on = None
    file.save()
    people.edit_employee(employee_id=file.employee_id, by=by, at=at, probation_until=until)
    record(
        "regularization.extended",
        obj=file,
        by=by,
        at=at,
        changes={"until": until},
        reason=reason[:200],
    )
    publish(ProbationExtended(file_id=file.pk, employee_id=file.employee_id, until=until))
    tell_employee(
        file,
        gettext_lazy("试用期已延长"),
        worded(gettext_noop("试用期延长到 %(day)s，届满前请重新提交。"), {"day": until}),
        at=at,
    )
    return file


@transaction.atomic
def reject(*, case_id: int) -> RegularizationFile | None:
    """Close the file after a refusal in any step, with its reason."""
    found = _case_file(case_id)
    if found is None:
        return None
    case, file = found
    at = case.closed_at or case.submitted_at
    last = case.decisions.select_related("by").filter(action="refuse").last()
    reason, by = (last.comment, last.by) if last else ("", None)
    file.state, file.closed_at = FileState.REJECTED, at
    file.save(update_fields=["state", "closed_at"])
    _conclude(file, Outcome.REJECT, case=case, by=by, reason=reason, at=at)
    record("regularization.rejected", obj=file, by=by, at=at, changes={}, reason=reason[:200])
    publish(RegularizationRejected(file_id=file.pk, employee_id=file.employee_id))
    tell_employee(file, gettext_lazy("转正申请没有通过"), reason, at=at)
    _tell_personnel(file, gettext_lazy("转正没有通过，请办理后续手续"), at=at)
    return file


@transaction.atomic
def give_back(*, case_id: int) -> RegularizationFile | None:
    """Let the employee complete an application that was returned."""
    found = _case_file(case_id)
    if found is None:
        return None
    case, file = found
    if case.state != approvals.CaseState.RETURNED:
        return None
    last = case.decisions.filter(action="return").last()
    at = last.at if last else case.submitted_at
    file.state = FileState.RETURNED
    file.save(update_fields=["state"])
    reason = last.comment if last else ""
    record(
        "regularization.returned",
        obj=file,
        by=last.by if last else None,
        at=at,
        changes={},
        reason=reason[:200],
    )
    tell_employee(file, gettext_lazy("转正申请退回补充"), reason, at=at)
    return file


@transaction.atomic
def reopen(*, case_id: int) -> RegularizationFile | None:
    """Let the employee who took the application back hand it in anew."""
    found = _case_file(case_id)
    if found is None:
        return None
    _case, file = found
    file.state, file.case = FileState.OPEN, None
    file.submitted_at, file.is_late, file.sheet = None, False, None
    file.save(update_fields=["state", "case", "submitted_at", "is_late", "sheet"])
    return file


@transaction.atomic
def end_file(*, employee_id: int, at: dt.datetime) -> RegularizationFile | None:
    """Close the file of somebody who left before a decision, and take the case back."""
    file = (
        RegularizationFile.objects.select_for_update(of=("self",))
        .select_related("case")
        .pending()
        .filter(employee=employee_id)
        .first()
    )
    if file is None:
        return None
    file.state, file.closed_at = FileState.ENDED, at
    file.save(update_fields=["state", "closed_at"])
    if file.case is not None and file.case.is_open:
        approvals.withdraw(case_id=file.case.pk, by=None, at=at, comment=_("试用期已结束"))
    record("regularization.ended", obj=file, by=None, at=at, changes={})
    return file


def url_of(file: RegularizationFile) -> str:
    return reverse("regularization:file", args=[file.pk])


def tell_employee(
    file: RegularizationFile, title: object, body: object, *, at: dt.datetime
) -> None:
    account = file.employee.account
    if account is not None:
        notify(
            account, kind="regularization.result", title=title, body=body, url=url_of(file), at=at
        )


def _tell_personnel(file: RegularizationFile, title: object, *, at: dt.datetime) -> None:
    ids = people.holders_of_role(Roles.HR, near=file.employee)
    notify(
        Account.objects.filter(pk__in=ids),
        kind="regularization.overdue",
        title=title,
        body=str(file),
        url=url_of(file),
        at=at,
    )
