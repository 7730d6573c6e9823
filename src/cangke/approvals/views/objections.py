"""Objecting to a figure about oneself, and reading what became of it (S7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import Account, allowed
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, Search, act, once
from cangke.rulebook import public as rulebook

from .. import actions, forms, models, queries
from ..models import ApprovalTask, Objection
from ..rules import CaseState, TaskState


class ObjectionFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=models.objection_state_choices)
    mine = filters.BooleanFilter(label=gettext_lazy("我提出的"), method="of_mine")

    def search(self, rows: QuerySet[Objection], name: str, value: str) -> QuerySet[Objection]:
        found = rows.filter(title__icontains=value) | rows.filter(title_en__icontains=value)
        found |= rows.filter(reason__icontains=value)
        return found | rows.filter(by__display_name__icontains=value)

    def of_mine(self, rows: QuerySet[Objection], name: str, value: bool) -> QuerySet[Objection]:
        account = cast(Account, self.request.user)
        return rows.filter(by=account) if value else rows


class ObjectionList(ListPage[Objection]):
    name = "approvals.objection"
    template = "approvals/objection/list.html"
    filterset_class = ObjectionFilter
    counted = npgettext_lazy("objections", "%(shown)s 项", "%(shown)s 项", "count")
    columns = [
        Column("title", gettext_lazy("针对"), sort="title", always=True, phone="head"),
        Column("by", gettext_lazy("提出人"), sort="by__display_name", phone="line"),
        Column("reason", gettext_lazy("理由"), phone="line"),
        Column("due", gettext_lazy("答复期限"), phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("made", gettext_lazy("提出时间"), sort="made_at"),
    ]
    default_sort = "-made"
    presets = [
        Preset("open", gettext_lazy("等答复"), "state=open", tone="wait"),
        Preset("mine", gettext_lazy("我提出的"), "mine=true"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有异议"),
        gettext_lazy("对系统算出的结果有异议，点开那个数字的依据，从那里提出。"),
    )

    def decorate(self, rows: list[Objection]) -> list[Objection]:
        """Until when each is to be answered: one query."""
        tasks = ApprovalTask.objects.filter(
            case__in=[row.case_id for row in rows], state=TaskState.OPEN
        )
        due = dict(tasks.order_by().values_list("case_id", "due_at"))
        for row in rows:
            row.due_at = due.get(row.case_id or 0)  # type: ignore[attr-defined]
        return rows


@require_GET
@allowed("approvals.view")
def objection_list(request: HttpRequest) -> HttpResponse:
    rows = queries.visible_objections(cast(Account, request.user))
    return ObjectionList(request, rows).response()


@require_GET
@allowed("approvals.view")
def objection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The figure as it was explained, why it is objected to, and how it was answered."""
    account = cast(Account, request.user)
    objection = queries.objection_of(account, pk)
    case = objection.case
    decisions = queries.decisions_of(case) if case else []
    answers = [each for each in decisions if each.action in ("approve", "refuse", "return")]
    context = {
        "objection": objection,
        "explanation": replace(
            rulebook.shown_explanation(account, [objection.explanation]),
            objection="",
            objection_url="",
        ),
        "case": case,
        "answers": answers,
        "may_complete": bool(
            case and objection.by_id == account.pk and case.state == CaseState.RETURNED
        ),
        "asked": bool(case and queries.open_tasks_for(account, case, at=timezone.now())),
        "due_at": case.tasks.filter(state=TaskState.OPEN).values_list("due_at", flat=True).first()
        if case
        else None,
    }
    return render(request, "approvals/objection/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("approvals.view")
@once("approvals.object")
def object_to(request: HttpRequest, label: str, subject_id: int, figure: str) -> HttpResponse:
    """Object to a figure about oneself; whoever may not see the record finds nothing here."""
    account = cast(Account, request.user)
    subject = rulebook.get_subject(account, label, subject_id)
    rows = rulebook.list_explanations(subject, figure)
    concerned = queries.concerned_by(subject)
    if not rows or concerned is None or concerned.account_id != account.pk:
        raise Http404

    def perform(data: dict[str, Any]) -> Objection:
        return actions.object_to(
            subject=subject, figure=figure, by=account, at=timezone.now(), **data
        )

    return act(
        request,
        forms.ObjectionForm(request.POST or None),
        perform,
        title=_("提出异议：%s") % queries.objected_title(account, concerned, rows[0]),
        done=lambda made: reverse("approvals:objection", args=[made.pk]),
        said=_("已提出，答复后会通知您。"),
        back=reverse("rulebook:why", args=[label, subject_id, figure]),
        submit_label=_("提出异议"),
    )


@require_http_methods(["GET", "POST"])
@allowed("approvals.view")
@once("approvals.objection_complete")
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Say more about one's returned objection and hand it in again."""
    account = cast(Account, request.user)
    objection = queries.objection_of(account, pk)
    if objection.by_id != account.pk or objection.case is None:
        raise Http404
    return act(
        request,
        forms.ObjectionForm(request.POST or None, initial={"reason": objection.reason}),
        lambda data: actions.complete_objection(
            objection_id=pk, by=account, at=timezone.now(), **data
        ),
        title=_("补充后重新提交"),
        done=reverse("approvals:objection", args=[pk]),
        said=_("已重新提交。"),
        back=reverse("approvals:objection", args=[pk]),
        submit_label=_("重新提交"),
    )
