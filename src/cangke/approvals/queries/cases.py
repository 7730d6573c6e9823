from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cangke.foundation.access.public import Account, get_visible, scope

from ..models import ApprovalCase, ApprovalDecision, ApprovalTask
from ..permissions import sees_all, taking_part
from ..rules import CaseState, Mode, Step, TaskState
from .people import givers_to


def visible_cases(account: Account) -> QuerySet[ApprovalCase]:
    """The cases somebody may see: their part in them, or all with the right to."""
    rows = scope(account, ApprovalCase, "view")
    return rows.select_related("flow", "applicant", "submitted_by")


def listed_cases(account: Account) -> QuerySet[ApprovalCase]:
    """
    The cases somebody may see, as a list shows them.

    What stands beside a case is fetched for the page alone: the thousands that are sorted for it
    stay narrow.
    """
    rows = scope(account, ApprovalCase, "view").defer("facts", "facts_en", "chosen")
    return rows.prefetch_related("flow", "applicant")


def case_of(account: Account, pk: int) -> ApprovalCase:
    """
    Return a case somebody may see.

    :raises Http404: if there is none, or they have nothing to do with it
    """
    return get_visible(account, ApprovalCase, "view", rows=visible_cases(account), pk=pk)


def may_copy(account: Account, case: ApprovalCase) -> bool:
    """Whether somebody may show a case to others: with a part in it, not for a copy alone."""
    rows = ApprovalCase.objects.filter(taking_part(account), pk=case.pk)
    return sees_all(account) or rows.exists()


def case_about(account: Account, kind: str, subject_id: int) -> ApprovalCase | None:
    """The last case about a matter, for whoever may see it."""
    rows = visible_cases(account).filter(kind=kind, subject_id=subject_id)
    return rows.order_by("pk").last()


def open_tasks_for(account: Account, case: ApprovalCase, *, at: dt.datetime) -> list[ApprovalTask]:
    """The tasks of a case that somebody may settle now, their own first."""
    if case.state != CaseState.RUNNING or account.pk in (case.applicant_id, case.submitted_by_id):
        return []
    givers = givers_to(account, at=at)
    tasks = case.tasks.filter(round=case.round, state=TaskState.OPEN).select_related("account")
    found = [
        task
        for task in tasks
        if task.account_id == account.pk
        or (
            task.account_id in givers
            and (not givers[task.account_id] or case.kind in givers[task.account_id])
        )
    ]
    return sorted(found, key=lambda task: task.account_id != account.pk)


def decisions_of(case: ApprovalCase) -> Sequence[ApprovalDecision]:
    """What was done with a case, oldest first."""
    return list(case.decisions.select_related("by", "on_behalf_of", "task__account"))


@dataclass(frozen=True)
class Happened:
    """One line under a step: who has the seat, and what became of it."""

    task: ApprovalTask
    decision: ApprovalDecision | None
    answers: Sequence[tuple[str, str, str]]  # label, value, kind


@dataclass(frozen=True)
class StepView:
    """A step of the flow as the present round has it."""

    step: Step
    name: str
    state: str  # done, now, next, skipped, refused
    happened: Sequence[Happened]


def steps_of(case: ApprovalCase, *, language: str) -> list[StepView]:
    """The steps of a case's flow with the people and words of the present round, 2 queries."""
    flow = case.flow.flow
    decided: Mapping[int | None, ApprovalDecision] = {
        each.task_id: each
        for each in case.decisions.filter(
            action__in=["approve", "refuse", "opinion", "return", "lapse"]
        ).select_related("by", "on_behalf_of")
    }
    by_step: dict[str, list[ApprovalTask]] = {}
    for task in case.tasks.filter(round=case.round).select_related("account", "instead_of"):
        by_step.setdefault(task.step, []).append(task)
    views = []
    for step in flow.steps:
        tasks = [
            task
            for task in by_step.get(step.key, [])
            if task.state != TaskState.DROPPED or task.pk in decided
        ]
        lines = [
            Happened(t, decided.get(t.pk), _answers(step, decided.get(t.pk), language))
            for t in tasks
        ]
        views.append(StepView(step, step.name_in(language), _state(case, step, tasks), lines))
    return views


def _answers(
    step: Step, decision: ApprovalDecision | None, language: str
) -> list[tuple[str, str, str]]:
    if decision is None:
        return []
    kept: Mapping[str, Any] = decision.answers
    return [
        (
            each.label_in(language),
            each.said(str(kept[each.key]), english=language.startswith("en")),
            each.kind,
        )
        for each in step.fields
        if each.key in kept
    ]


def _state(case: ApprovalCase, step: Step, tasks: Sequence[ApprovalTask]) -> str:
    if step.mode != Mode.OPINION and any(task.state == TaskState.OBJECTED for task in tasks):
        return "refused"
    if any(task.state in (TaskState.OPEN, TaskState.WAITING) for task in tasks):
        return "now" if case.stage == step.stage else "next"
    passed = case.stage is None or step.stage < case.stage
    if tasks:
        return "done" if passed or step.stage == case.stage else "next"
    reached = case.state == CaseState.APPROVED or (case.stage is not None and passed)
    return "skipped" if reached else "next"
