from __future__ import annotations

import datetime as dt

from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from cangke.foundation.access.public import Account

from ..models import ApprovalCase, ApprovalTask
from ..rules import CaseState, TaskState
from .people import givers_to


def _mine(account: Account, *, at: dt.datetime) -> Q:
    """Open tasks that wait for somebody, their own and those of whom they decide for."""
    wanted = Q(account=account)
    for giver, kinds in givers_to(account, at=at).items():
        part = Q(account=giver)
        wanted |= part & Q(case__kind__in=list(kinds)) if kinds else part
    own = Q(case__applicant=account) | Q(case__submitted_by=account)
    return wanted & ~own


def waiting_tasks(account: Account, *, at: dt.datetime) -> QuerySet[ApprovalTask]:
    """The open tasks that wait for somebody's decision, in no order."""
    return ApprovalTask.objects.filter(
        _mine(account, at=at), state=TaskState.OPEN, case__state=CaseState.RUNNING
    ).order_by()


def waiting_cases(account: Account, *, at: dt.datetime) -> QuerySet[ApprovalCase]:
    """The cases that wait for somebody's decision, the most urgent first."""
    tasks = waiting_tasks(account, at=at)
    return (
        ApprovalCase.objects.filter(pk__in=tasks.values("case"))
        .annotate(due=Min("tasks__due_at", filter=Q(tasks__state=TaskState.OPEN)))
        .order_by(F("due").asc(nulls_last=True), "submitted_at")
    )


def menu_badge(account: Account) -> int:
    """How many cases wait for the account, at most 100."""
    tasks = waiting_tasks(account, at=timezone.now())
    return tasks.values("case").distinct()[:100].count()
