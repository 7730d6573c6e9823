"""What those whose turn it is may do with a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify

from .. import queries, registry, rules
from ..events import CaseReturned
from ..models import ApprovalCase, ApprovalTask
from ..rules import Action, CaseState, Field, FieldKind, Mode, Step, TaskState
from .keeping import (
    barred,
    drop_open,
    locked_case,
    move_on,
    note,
    open_task,
    seat_stage,
    settle,
    snapshot_of,
    tell_applicant,
    tell_askers,
    url_of,
)
from .refusals import AlreadyDecided, BadAnswers, NotYours, StaleMatter


def _held(task_id: int, *, by: Account, at: dt.datetime) -> tuple[ApprovalCase, ApprovalTask]:
    """Lock the case, and see that the task is open and this person's to do."""
    found = ApprovalTask.objects.only("case_id").get(pk=task_id)
    case = locked_case(found.case_id)
    task = case.tasks.select_related("account").get(pk=task_id)
    if by.pk in barred(case):
        raise NotYours(_("自己提交的事项要由别人审批。"))
    if not queries.may_decide_for(by, task.account_id, kind=case.kind, at=at):
        raise NotYours(_("这一步不由您处理。"))
    if case.state != CaseState.RUNNING or task.state != TaskState.OPEN:
        last = case.decisions.select_related("by").last()
        who = last.by.display_name if last and last.by else _("系统")
        raise AlreadyDecided(
            _("%(who)s 已经处理过了，现在的状态是“%(state)s”。")
            % {"who": who, "state": case.get_state_display()}
        )
    return case, task


def _for(task: ApprovalTask, by: Account) -> Account | None:
    return task.account if task.account_id != by.pk else None


def _same_matter(case: ApprovalCase, seen: str) -> None:
    now = rules.fingerprint(snapshot_of(case.kind, case.subject_id))
    if seen != case.fingerprint or now != case.fingerprint:
        raise StaleMatter(_("内容在您打开之后有改动，请刷新后看过新的内容再决定。"))


def checked_answers(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the answers to the step's form as they are kept.

    :raises BadAnswers: with the field at fault
    """
    kept: dict[str, Any] = {}
    for each in step.fields:
        value = given.get(each.key)
        text = value.isoformat() if isinstance(value, dt.date) else str(value or "").strip()
        if not text:
            if each.required:
                label = _label(each)
                raise BadAnswers(_("请填写“%s”。") % label, field=f"answer_{each.key}")
            continue
        fits = {
            FieldKind.RATING: text in {"1", "2", "3", "4", "5"},
            FieldKind.YES_NO: text in {"yes", "no"},
            FieldKind.CHOICE: text in each.choices,
            FieldKind.DATE: _is_date(text),
            FieldKind.TEXT: len(text) <= 4000,
        }[each.kind]
        if not fits:
            raise BadAnswers(_("“%s”的内容不对。") % _label(each), field=f"answer_{each.key}")
        kept[each.key] = text
    return kept


def _label(field: Field) -> str:
    return field.label_in(get_language() or "")


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


@transaction.atomic
def decide(
    *,
    task_id: int,
    action: str,
    by: Account,
    at: dt.datetime,
    seen: str,
    comment: str = "",
    answers: Mapping[str, Any] | None = None,
    back_to: str = "",
) -> ApprovalCase:
    """
    Agree, object or give back; ``seen`` is the fingerprint of the matter the person read.

    In an opinion step agreeing and objecting are opinions and end nothing, and nothing is given
    back. ``back_to`` names an earlier step; without it the matter goes back to the applicant.

    :raises NotYours: on one's own case, or if neither one's own task nor delegated
    :raises AlreadyDecided: if somebody else was first
    :raises StaleMatter: if the matter changed since it was read
    :raises BadAnswers: if a reason or an answer of the step's form is missing
    """
    case, task = _held(task_id, by=by, at=at)
    _same_matter(case, seen)
    flow = case.flow.flow
    step = flow.step(task.step)
    comment = comment.strip()
    if action != Action.APPROVE and not comment:
        raise BadAnswers(_("请写明理由，申请人会看到。"), field="comment")
    if action == Action.RETURN and step.mode == Mode.OPINION:
        raise BadAnswers(_("这一步只提意见，不能退回。"), field="comment")
    if action == Action.RETURN:
        return _give_back(case, task, by=by, at=at, comment=comment, back_to=back_to)
    kept = checked_answers(step, answers or {}) if action == Action.APPROVE or answers else {}
    agrees = action == Action.APPROVE
    kind = registry.KINDS.get(case.kind)
    if kind is not None and kind.check is not None:
        kind.check(
            subject_id=case.subject_id,
            step=step.key,
            agrees=agrees,
            answers=kept,
            comment=comment,
            at=at,
        )
    opinion = step.mode == Mode.OPINION
    note(
        case,
        Action.OPINION if opinion else action,
        by=by,
        at=at,
        task=task,
        comment=comment,
        agrees=agrees,
        answers=kept,
        on_behalf_of=_for(task, by),
    )
    settle(task, TaskState.AGREED if agrees else TaskState.OBJECTED, at=at)
    move_on(case, at=at)
    return case


def _give_back(
    case: ApprovalCase,
    task: ApprovalTask,
    *,
    by: Account,
    at: dt.datetime,
    comment: str,
    back_to: str,
) -> ApprovalCase:
    flow = case.flow.flow
    stage = None
    if back_to:
        stage = next((step.stage for step in flow.steps if step.key == back_to), None)
        if stage is None or case.stage is None or stage >= case.stage:
            raise BadAnswers(_("只能退回到前面的步骤。"), field="back_to")
    note(
        case,
        Action.RETURN,
        by=by,
        at=at,
        task=task,
        comment=comment,
        answers={"back_to": back_to} if back_to else {},
        on_behalf_of=_for(task, by),
    )
    drop_open(case, at=at)
    if stage is not None:
        case.round += 1
        case.save(update_fields=["round"])
        seat_stage(case, stage, at=at)
        move_on(case, at=at)
        return case
    case.state, case.stage = CaseState.RETURNED, None
    case.save(update_fields=["state", "stage"])
    publish(CaseReturned(case_id=case.pk, kind=case.kind, subject_id=case.subject_id))
    tell_applicant(case, gettext_lazy("审批退回，请补充后重新提交"), at=at)
    return case


def _sits(case: ApprovalCase, task: ApprovalTask, to: Account) -> None:
    """Somebody may take a seat of the step: neither the applicant nor in it already."""
    if to.pk in barred(case):
        raise NotYours(_("不能交给申请人自己。"), field="to")
    if not to.is_active:
        raise NotYours(_("这个账户已停用，请选别人。"), field="to")
    seats = case.tasks.filter(round=case.round, step=task.step, account=to)
    if seats.exclude(state=TaskState.DROPPED).exists():
        raise NotYours(_("这位同事已经在这一步里。"), field="to")


@transaction.atomic
def pass_on(
    *, task_id: int, to: Account, by: Account, at: dt.datetime, comment: str
) -> ApprovalTask:
    """
    Give one's task to somebody else, who decides instead; the reason stays on record.

    Never to somebody who sits in the step already: where two must agree, two do. The time goes on
    as it ran: passing a task on wins none.

    :raises NotYours: to the applicant, to who is in the step already, or somebody else's task
    :raises BadAnswers: without a reason
    """
    case, task = _held(task_id, by=by, at=at)
    _sits(case, task, to)
    if not comment.strip():
        raise BadAnswers(_("请写明转交的理由。"), field="comment")
    answers = {"to": to.pk}
    note(
        case,
        Action.TRANSFER,
        by=by,
        at=at,
        task=task,
        comment=comment,
        answers=answers,
        on_behalf_of=_for(task, by),
    )
    settle(task, TaskState.DROPPED, at=at)
    given = _another(case, task, to, "passed")
    given.added, given.seat_id = task.added, task.own_seat_id
    given.opened_at, given.due_at, given.warned = task.opened_at, task.due_at, task.warned
    given.save()
    tell_askers(case, [given], at=at)
    return given


def _another(
    case: ApprovalCase,
    task: ApprovalTask,
    to: Account,
    reason: str,
) -> ApprovalTask:
    return ApprovalTask(
        case=case,
        round=case.round,
        step=task.step,
        position=task.position,
        account=to,
        instead_of_id=task.account_id,
        reason=reason,
        state=TaskState.OPEN,
    )


@transaction.atomic
def add_signer(
    *, task_id: int, to: Account, before: bool, by: Account, at: dt.datetime, comment: str = ""
) -> ApprovalTask:
    """
    Ask somebody else to sign too: ``before`` oneself, or beside.

    :raises NotYours: the applicant, or somebody else's task
    """
    case, task = _held(task_id, by=by, at=at)
    _sits(case, task, to)
    step = case.flow.flow.step(task.step)
    note(
        case,
        Action.ADD_SIGNER,
        by=by,
        at=at,
        task=task,
        comment=comment,
        answers={"to": to.pk, "before": before},
        on_behalf_of=_for(task, by),
    )
    given = _another(case, task, to, "added")
    given.added = True
    open_task(given, step, at=at)
    if before:
        task.state = TaskState.WAITING
        task.save(update_fields=["state"])
    tell_askers(case, [given], at=at)
    return given


@transaction.atomic
def name_people(
    *, case_id: int, step: str, account_ids: Sequence[int], by: Account, at: dt.datetime
) -> ApprovalCase:
    """
    Name the people of a ``chosen`` step while the case is on its way; its room says who may.

    :raises AlreadyDecided: once the step has begun, or the case is closed
    """
    case = locked_case(case_id)
    stage = case.flow.flow.step(step).stage
    if not case.is_open or (case.stage is not None and case.stage >= stage):
        raise AlreadyDecided(_("这一步已经开始，不能再改由谁处理。"))
    case.chosen = {**case.chosen, step: list(account_ids)}
    case.save(update_fields=["chosen"])
    record(
        "approvals.named",
        obj=case,
        by=by,
        at=at,
        changes={"step": step, "people": list(account_ids)},
    )
    return case


@transaction.atomic
def comment_on(*, case_id: int, by: Account, at: dt.datetime, comment: str) -> ApprovalCase:
    """
    Say something about a case one may see, without deciding; the others in it are told.

    :raises BadAnswers: without words
    """
    case = locked_case(case_id)
    if not comment.strip():
        raise BadAnswers(_("请写下内容。"), field="comment")
    note(case, Action.COMMENT, by=by, at=at, comment=comment.strip())
    title = gettext_lazy("审批单有新留言")
    tell_applicant(case, title, but=by, at=at)
    tell_askers(case, case.tasks.filter(state=TaskState.OPEN), title, but=by, at=at)
    return case


@transaction.atomic
def copy_to(*, case_id: int, to: Account, by: Account, at: dt.datetime) -> ApprovalCase:
    """
    Let somebody see a case who has no part in it; they are told.

    Who was copied in reads along and shows it to nobody else.

    :raises NotYours: if the one who copies has no part in the case themselves
    """
    case = locked_case(case_id)
    if not queries.may_copy(by, case):
        raise NotYours(_("抄送给您的审批单只能查看，不能再抄送给别人。"))
    if not case.watchers.filter(pk=to.pk).exists():
        case.watchers.add(to)
        note(case, Action.COPY, by=by, at=at, answers={"to": to.pk})
        notify(
            to,
            kind="approvals.decided",
            title=gettext_lazy("审批单抄送给您"),
            body=case,
            url=url_of(case),
            at=at,
        )
    return case
