"""Rewards and coaching, and the section of the personnel file (L14, L23)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from cangke.approvals.public import ApprovalCase
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import (
    Column,
    DateRange,
    Empty,
    ListPage,
    Preset,
    SignedInRequest,
    act,
    once,
)
from cangke.people.public import Employee

from .. import actions, forms, models, queries
from ..models import Coaching, ConductCase, Reward
from ..rules import CaseState
from . import words
from .cases import people_for


class RewardFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("员工"), field_name="employee__name", lookup_expr="icontains"
    )
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=models.reward_state_choices)
    date = filters.DateFromToRangeFilter(label=gettext_lazy("日期"), widget=DateRange())


class RewardList(ListPage[Reward]):
    name = "discipline.reward"
    template = "discipline/reward/list.html"
    filterset_class = RewardFilter
    counted = npgettext_lazy("rewards", "%(shown)s 件", "%(shown)s 件", "count")
    columns = [
        Column(
            "who", pgettext_lazy("one", "员工"), sort="employee__name", always=True, phone="head"
        ),
        Column("kind", gettext_lazy("种类"), sort="kind", phone="side"),
        Column("reason", gettext_lazy("事迹"), phone="line"),
        Column("date", gettext_lazy("日期"), sort="date", phone="line"),
        Column("amount", gettext_lazy("奖金"), sort="amount", numeric=True, phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="line"),
        Column("by", gettext_lazy("提出人")),
    ]
    default_sort = "-date"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("asked", gettext_lazy("等审批"), "state=asked", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("还没有奖励"),
        gettext_lazy("做得好的，写下来：记入个人档案，转正时也会看到。"),
        [],
    )

    def decorate(self, rows: list[Reward]) -> list[Reward]:
        return [words.look_at_reward(row) for row in rows]

    def get_context(self) -> dict[str, Any]:
        return {"may_reward": can(self.account, "discipline.reward")}


def _rewards(request: SignedInRequest) -> QuerySet[Reward]:
    return scope(request.user, Reward, "view").select_related("employee__site", "by")


@require_GET
@allowed("discipline.view")
def reward_list(request: SignedInRequest) -> HttpResponse:
    return RewardList(request, _rewards(request)).response()


@require_GET
@allowed("discipline.view")
def reward_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    reward = get_visible(request.user, Reward, rows=_rewards(request), pk=pk)
    context = {
        "reward": words.look_at_reward(reward),
        "approval": ApprovalCase.objects.filter(kind=actions.REWARD, subject_id=pk).last(),
    }
    return render(request, "discipline/reward/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("discipline.reward")
@once("discipline.reward")
def reward_new(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    form = forms.RewardForm(
        request.POST or None,
        people=people_for(request.user),
        kinds=queries.reward_policy(today).kinds,
        today=today,
        initial={"employee": request.GET.get("employee", "")},
    )
    return act(
        request,
        form,
        lambda given: actions.propose_reward(by=request.user, at=timezone.now(), **given),
        title=_("提出奖励"),
        done=lambda made: reverse("discipline:reward", args=[made.pk]),
        said=_("已记下；附奖金的等待审批。"),
        back=reverse("discipline:rewards"),
        submit_label=_("提出"),
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.report")
@once("discipline.coach")
def coaching_new(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    employee = request.GET.get("employee", "")
    form = forms.CoachingForm(
        request.POST or None,
        people=people_for(request.user),
        grounds=queries.ground_policy(today).entries,
        today=today,
        initial={"employee": employee, "ground": request.GET.get("ground", "")},
    )
    return act(
        request,
        form,
        lambda given: actions.note_coaching(by=request.user, at=timezone.now(), **given),
        title=_("登记辅导"),
        done=lambda made: reverse("people:detail", args=[made.employee_id]),
        said=_("已登记。"),
        back=reverse("discipline:list"),
        submit_label=_("登记"),
    )


@require_safe
@allowed("discipline.view")
def employee_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The section of the personnel file: rewards, coaching, and measures that are still shown."""
    mine = Employee.objects.filter(account=request.user)
    rows = mine if mine.filter(pk=pk).exists() else scope(request.user, Employee, "view")
    employee = get_visible(request.user, Employee, "view", rows=rows, pk=pk)
    today = timezone.localdate()
    cases = queries.listed_cases(scope(request.user, ConductCase, "view")).filter(employee=employee)
    shown = cases.exclude(state__in=[CaseState.DROPPED, CaseState.LIFTED]).exclude(
        visible_until__lt=today
    )
    coaching = scope(request.user, Coaching, "view").filter(employee=employee)
    own = employee.account_id == request.user.pk
    context = {
        "employee": employee,
        "cases": [words.look_at(each) for each in shown.order_by("-opened_at")[:10]],
        "rewards": [
            words.look_at_reward(each)
            for each in _rewards(request).filter(employee=employee).exclude(state="refused")[:10]
        ],
        "coaching": [words.look_at_coaching(each) for each in coaching.select_related("by")[:10]],
        "may_report": can(request.user, "discipline.report") and not own,
        "may_reward": can(request.user, "discipline.reward") and not own,
    }
    return render(request, "discipline/case/panel.html", context)
