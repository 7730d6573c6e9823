from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account, get_visible, scope
from cangke.foundation.calendar.public import site_day
from cangke.people.public import Employee

from .. import rules
from ..models import Conclusion, RegularizationFile
from ..permissions import involved
from ..rules import FileState, Kind


def visible_files(account: Account) -> QuerySet[RegularizationFile]:
    """
    The files somebody may see: the own one, those of one's reports, those one decides on.

    The board reaches further: a leader the team, personnel everybody.
    """
    own = scope(account, RegularizationFile, "view").filter(involved(account))
    board = scope(account, RegularizationFile, "board")
    return RegularizationFile.objects.filter(
        Q(pk__in=own.values("pk")) | Q(pk__in=board.values("pk"))
    ).select_related(
        "employee__post",
        "employee__team",
        "employee__department",
        "employee__site",
        "employee__superior__account",
        "employee__account",
        "version__template",
        "case__flow",
    )


def file_of(account: Account, pk: int) -> RegularizationFile:
    """
    Return a file somebody may see.

    :raises Http404: if there is none, or they have nothing to do with it
    """
    return get_visible(account, RegularizationFile, "view", rows=visible_files(account), pk=pk)


def managed_file(account: Account, pk: int) -> RegularizationFile:
    """
    Return a file that personnel may manage.

    :raises Http404: if there is none within reach
    """
    rows = scope(account, RegularizationFile, "manage").select_related(
        "employee__site", "version__template", "case"
    )
    return get_visible(account, RegularizationFile, "manage", rows=rows, pk=pk)


def own_file(account: Account, pk: int) -> RegularizationFile:
    """
    Return one's own file.

    :raises Http404: if it is somebody else's
    """
    found = file_of(account, pk)
    if found.employee.account_id != account.pk:
        raise Http404
    return found


def procedure_url(*, employee_id: int) -> str:
    """The page of somebody's running file (answers `people.ports.procedure_url`), or ""."""
    pk = (
        RegularizationFile.objects.filter(employee_id=employee_id, closed_at__isnull=True)
        .order_by("-begins_on")
        .values_list("pk", flat=True)
        .first()
    )
    return reverse("regularization:file", args=[pk]) if pk else ""


def today_of(employee: Employee, at: dt.datetime) -> dt.date:
    """The day it is where somebody works."""
    return site_day(at, employee.site.zone)


@dataclass(frozen=True)
class StepLine:
    """A step on the track: what it is, how it stands, and who acts or acted."""

    step: rules.Step
    state: str  # done, now, next, skipped, refused
    people: Sequence[str]
    at: dt.datetime | None = None
    due_at: dt.datetime | None = None


def track_of(file: RegularizationFile, *, language: str) -> list[StepLine]:
    """The steps of the file's template as they stand; 3 queries once it is on its way."""
    views: Mapping[str, approvals.StepView] = {}
    if file.case is not None and file.submitted_at is not None:
        views = {view.step.key: view for view in approvals.steps_of(file.case, language=language)}
    found = []
    for step in file.version.parsed.steps:
        if step.kind in rules.OWN:
            found.append(_own_step(file, step))
        elif step.kind == Kind.TELL:
            told = file.state in (FileState.PASSED, FileState.REJECTED)
            found.append(StepLine(step, "done" if told else "next", [], file.closed_at))
        elif (view := views.get(step.key)) is None:
            found.append(StepLine(step, "next", []))
        else:
            people = list(dict.fromkeys(h.task.account.display_name for h in view.happened))
            done = [h.decision.at for h in view.happened if h.decision is not None]
            dues = [h.task.due_at for h in view.happened if h.task.due_at and not h.decision]
            state = "next" if file.state == FileState.RETURNED else view.state
            found.append(
                StepLine(step, state, people, max(done, default=None), min(dues, default=None))
            )
    return found


def _own_step(file: RegularizationFile, step: rules.Step) -> StepLine:
    people = [file.employee.name]
    if file.submitted_at is not None and file.state != FileState.RETURNED:
        return StepLine(step, "done", people, file.submitted_at)
    first = step.kind == Kind.APPLY
    state = "now" if first and file.is_pending else "next"
    return StepLine(step, state, people)


def open_tasks(
    account: Account, file: RegularizationFile, *, at: dt.datetime
) -> list[tuple[Any, rules.Step]]:
    """What of the file waits for somebody now, with its step."""
    if file.case is None:
        return []
    steps = {step.key: step for step in file.version.parsed.steps}
    tasks = approvals.open_tasks_for(account, file.case, at=at)
    return [(task, steps[task.step]) for task in tasks if task.step in steps]


def conclusions_of(file: RegularizationFile) -> list[Conclusion]:
    return list(file.conclusions.select_related("by"))


def may_manage(account: Account, file: RegularizationFile) -> bool:
    """Whether somebody manages the file as personnel; nobody their own."""
    if file.employee.account_id == account.pk:
        return False
    return scope(account, RegularizationFile, "manage").filter(pk=file.pk).exists()
