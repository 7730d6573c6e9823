"""What time brings: reminders, escalation, opinions that did not come, seats that emptied."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Refusal

from .. import ports, queries, rules
from ..models import ApprovalCase, ApprovalTask
from ..rules import Action, CaseState, Mode, Seat, TaskState
from .keeping import (
    cover_away,
    give_seats,
    locked_case,
    move_on,
    note,
    seated,
    settle,
    stepping_in,
    url_of,
)

log = logging.getLogger(__name__)


def sweep(*, at: dt.datetime) -> int:
    """
    Look at open tasks whose time has moved on; return how many were touched.

    Reminders at half and at the whole of the time, the next person up is told and seated at one
    and a half. Nothing is ever approved here. Safe to repeat: each warning goes out once. A task
    that nobody can take over waits for personnel and holds no other up. Only those whose time has
    moved on are locked, however many are open.
    """
    touched = 0
    timed = Q(due_at__isnull=False, warned__lt=3)
    empty = Q(account__is_active=False)
    rows = (
        ApprovalTask.objects.filter(timed | empty, state=TaskState.OPEN)
        .order_by("pk")
        .values_list("pk", "opened_at", "due_at", "warned", "account__is_active")
    )
    for pk, opened_at, due_at, warned, active in list(rows):
        if active and (opened_at is None or rules.warnings_due(opened_at, due_at, at) <= warned):
            continue
        touched += _one(_look_at, pk, at=at)
    for pk in _on_leave(at):
        touched += _one(_cover, pk, at=at)
    return touched


def _one(look: Callable[..., int], task_id: int, *, at: dt.datetime) -> int:
    try:
        return look(task_id, at=at)
    except Refusal as refusal:
        log.warning("approval task %s waits: %s", task_id, refusal)
        return 0


def _on_leave(at: dt.datetime) -> list[int]:
    """The open tasks whose holder went on leave since, and beside whom nobody sits for that."""
    waiting = ApprovalTask.objects.filter(state=TaskState.OPEN)
    holders = set(waiting.order_by().values_list("account_id", flat=True).distinct())
    away = ports.away.ask(account_ids=holders, at=at) if holders else ()
    if not away:
        return []
    beside = ApprovalTask.objects.filter(
        seat=Coalesce(OuterRef("seat"), OuterRef("pk")), reason="away", state=TaskState.OPEN
    )
    found = waiting.filter(~Exists(beside), account__in=away, account__is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _cover(task_id: int, *, at: dt.datetime) -> int:
    found = ApprovalTask.objects.only("case_id").get(pk=task_id)
    case = locked_case(found.case_id)
    task = case.tasks.get(pk=task_id)
    return cover_away(case, [task], at=at) if case.state == CaseState.RUNNING else 0


@transaction.atomic
def _look_at(task_id: int, *, at: dt.datetime) -> int:
    found = ApprovalTask.objects.only("case_id").get(pk=task_id)
    case = locked_case(found.case_id)
    task = case.tasks.select_related("account").get(pk=task_id)
    if case.state != CaseState.RUNNING or task.state != TaskState.OPEN or task.opened_at is None:
        return 0
    if not task.account.is_active:
        return _reseat(case, task, at=at)
    level = rules.warnings_due(task.opened_at, task.due_at, at)
    if level <= task.warned:
        return 0
    step = case.flow.flow.step(task.step)
    task.warned = level
    task.save(update_fields=["warned"])
    if step.mode == Mode.OPINION and level >= 2:
        note(case, Action.LAPSE, by=None, at=at, task=task)
        settle(task, TaskState.LAPSED, at=at)
        move_on(case, at=at)
        return 1
    if level == 3:
        _escalate(case, task, at=at)
        return 1
    title = gettext_lazy("审批时限过半") if level == 1 else gettext_lazy("审批已到期限")
    note(case, Action.REMIND, by=None, at=at, task=task, answers={"level": level})
    people = queries.deciders_of([task.account_id], kind=case.kind, at=at)
    notify(people, kind="approvals.overdue", title=title, body=case, url=url_of(case), at=at)
    return 1


def _reseat(case: ApprovalCase, task: ApprovalTask, *, at: dt.datetime) -> int:
    """The holder has left: whoever steps in gets the seat."""
    step = case.flow.flow.step(task.step)
    seats = seated(case, step, [task.account_id])
    settle(task, TaskState.DROPPED, at=at)
    note(
        case,
        Action.REROUTE,
        by=None,
        at=at,
        task=task,
        answers={"to": [s.account_id for s in seats]},
    )
    give_seats(case, task, seats, at=at)
    move_on(case, at=at)
    return 1


def _escalate(case: ApprovalCase, task: ApprovalTask, *, at: dt.datetime) -> None:
    """The next person up may decide in the late one's stead, who still may too."""
    told = stepping_in(case, task, at=at)
    note(case, Action.ESCALATE, by=None, at=at, task=task, answers={"to": told})
    give_seats(case, task, [Seat(one, task.account_id, "escalated") for one in told], at=at)
    people = Account.objects.filter(pk__in=[*told, task.account_id])
    notify(
        people,
        kind="approvals.overdue",
        title=gettext_lazy("审批逾期，已上报"),
        body=case,
        url=url_of(case),
        at=at,
    )
