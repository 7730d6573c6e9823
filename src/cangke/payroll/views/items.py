"""Amounts of one month: performance, awards, recoveries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from cangke.approvals.public import case_about
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, SignedInRequest, act, once
from cangke.people.public import Employee
from cangke.rulebook.public import explanation_url

from .. import actions, forms
from ..models import PayItem
from ..models.items import item_kind_choices, item_state_choices
from .terms import payees


class ItemFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("员工"), field_name="employee__name", lookup_expr="icontains"
    )
    month = filters.CharFilter(label=gettext_lazy("月份"), method="of_month")
    kind = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=item_kind_choices)
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=item_state_choices)

    def of_month(self, rows: Any, name: str, value: str) -> Any:
        try:
            return rows.filter(month=dt.date.fromisoformat(f"{value}-01"))
        except ValueError:
            return rows.none()


class ItemList(ListPage[PayItem]):
    name = "payroll.item"
    template = "payroll/item/list.html"
    filterset_class = ItemFilter
    counted = npgettext_lazy("items of pay", "%(shown)s 项", "%(shown)s 项", "count")
    columns = [
        Column("who", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("month", gettext_lazy("月份"), sort="month", phone="line"),
        Column("kind", gettext_lazy("类别"), sort="kind", phone="line"),
        Column("amount", gettext_lazy("金额"), sort="amount", numeric=True, phone="side"),
        Column("state", gettext_lazy("状态"), sort="state", phone="line"),
        Column("source", gettext_lazy("来源"), sort="source"),
        Column("reason", gettext_lazy("事由")),
        Column("at", gettext_lazy("登记时间"), sort="recorded_at"),
    ]
    default_sort = "-at"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("performance", gettext_lazy("绩效"), "kind=performance"),
        Preset("award", gettext_lazy("奖励"), "kind=award"),
        Preset("recovery", gettext_lazy("追偿扣款"), "kind=recovery"),
    ]
    empty = Empty(
        gettext_lazy("没有工资单项"),
        gettext_lazy("绩效、奖励和追偿扣款在这里登记，计入当月工资。"),
        [],
    )

    def get_context(self) -> dict[str, Any]:
        return {
            "may_keep": can(self.account, "payroll.keep"),
            "may_award": can(self.account, "payroll.award"),
            "may_import": can(self.account, "payroll.import"),
            "may_answer": can(self.account, "payroll.answer"),
        }


def _items(request: SignedInRequest) -> Any:
    return scope(request.user, PayItem, "view").select_related(
        "employee__site", "recorded_by", "closed_by"
    )


@require_GET
@allowed("payroll.own")
def item_list(request: SignedInRequest) -> HttpResponse:
    return ItemList(request, _items(request)).response()


@require_GET
@allowed("payroll.own")
def item_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    item = get_visible(request.user, PayItem, rows=_items(request), pk=pk)
    is_award = item.kind == "award"
    case = case_about(request.user, actions.AWARD, item.pk) if is_award else None
    settled = actions.is_settled(item.employee_id, item.month)
    may_drop = can(request.user, "payroll.keep") and item.state == "counted" and not settled
    why = explanation_url(item, "recovery") if item.kind == "recovery" else ""
    context = {"item": item, "case": case, "settled": settled, "may_drop": may_drop, "why": why}
    return render(request, "payroll/item/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("payroll.keep")
@once("payroll.item")
def item_new(request: SignedInRequest) -> HttpResponse:
    people = payees(request, "payroll.keep").exclude(account=request.user)
    form = forms.ItemForm(
        request.POST or None, people=people, initial={"month": f"{timezone.localdate():%Y-%m}"}
    )
    return act(
        request,
        form,
        lambda given: actions.set_item(by=request.user, at=timezone.now(), **given),
        title=_("登记工资单项"),
        done=lambda item: reverse("payroll:item", args=[item.pk]),
        said=_("已登记，标为手工录入。"),
        back=reverse("payroll:items"),
    )


@require_http_methods(["GET", "POST"])
@allowed("payroll.award")
@once("payroll.award")
def award_new(request: SignedInRequest) -> HttpResponse:
    people = scope(request.user, Employee, "view").employed()  # type: ignore[attr-defined]
    form = forms.AwardForm(
        request.POST or None,
        people=people.exclude(account=request.user),
        initial={"month": f"{timezone.localdate():%Y-%m}"},
    )
    return act(
        request,
        form,
        lambda given: actions.ask_award(by=request.user, at=timezone.now(), **given),
        title=_("提出奖励"),
        done=lambda item: reverse("payroll:item", args=[item.pk]),
        said=_("已提交审批。"),
        back=reverse("payroll:items"),
        submit_label=_("提交审批"),
    )


@require_http_methods(["GET", "POST"])
@allowed("payroll.keep")
def item_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    item = get_visible(
        request.user, PayItem, "change", rows=scope(request.user, PayItem, "change"), pk=pk
    )
    url = reverse("payroll:item", args=[item.pk])
    return act(
        request,
        forms.ReasonForm(request.POST or None),
        lambda given: actions.drop_item(
            item_id=item.pk, by=request.user, at=timezone.now(), **given
        ),
        title=_("撤销这一项"),
        done=url,
        said=_("已撤销。"),
        back=url,
        submit_label=pgettext("item", "撤销"),
    )
