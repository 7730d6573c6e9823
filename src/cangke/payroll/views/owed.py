"""What slips could not take: the list, one of them, and cash that came in (L12)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, SignedInRequest, act, once

from .. import actions, forms
from ..models import Receivable


class ReceivableFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("员工"), field_name="employee__name", lookup_expr="icontains"
    )
    open = filters.BooleanFilter(label=gettext_lazy("未收回"), method="still_open")

    def still_open(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(left__gt=0) if value else rows.filter(left=0)


class ReceivableList(ListPage[Receivable]):
    name = "payroll.receivable"
    template = "payroll/receivable/list.html"
    filterset_class = ReceivableFilter
    unit = pgettext_lazy("receivables", "笔")
    columns = [
        Column("who", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("month", gettext_lazy("月份"), sort="slip__month", phone="line"),
        Column("what", gettext_lazy("事由")),
        Column("amount", gettext_lazy("金额"), sort="amount", numeric=True, phone="line"),
        Column("left", gettext_lazy("未收回"), sort="left", numeric=True, phone="side"),
        Column("at", gettext_lazy("登记时间"), sort="recorded_at"),
    ]
    default_sort = "-at"
    presets = [
        Preset("open", gettext_lazy("未收回"), "open=true", tone="wait"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有应收款"),
        gettext_lazy("工资不够扣的，锁定时记在这里，以后各月在保护限额内收回。"),
        [],
    )

    def get_context(self) -> dict[str, Any]:
        return {
            "may_look": can(self.account, "payroll.look"),
            "may_answer": can(self.account, "payroll.answer"),
        }


def _rows(request: SignedInRequest, action: str = "view") -> Any:
    return scope(request.user, Receivable, action).select_related(
        "employee__account", "slip__run", "item"
    )


@require_GET
@allowed("payroll.own")
def receivable_list(request: SignedInRequest) -> HttpResponse:
    return ReceivableList(request, _rows(request)).response()


@require_GET
@allowed("payroll.own")
def receivable_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where it comes from, what has come in, what is left."""
    found = get_visible(request.user, Receivable, rows=_rows(request), pk=pk)
    own = found.employee.account_id == request.user.pk
    context = {
        "receivable": found,
        "collections": found.collections.select_related("slip__run", "by"),
        "own": own,
        "may_collect": found.left > 0 and not own and can(request.user, "payroll.pay"),
    }
    return render(request, "payroll/receivable/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("payroll.pay")
@once("payroll.collect")
def receivable_collect(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_visible(request.user, Receivable, "pay", rows=_rows(request, "pay"), pk=pk)
    url = reverse("payroll:receivable", args=[found.pk])
    return act(
        request,
        forms.CashForm(request.POST or None, initial={"amount": found.left}),
        lambda given: actions.collect_cash(
            receivable_id=found.pk, by=request.user, at=timezone.now(), **given
        ),
        title=_("登记 %s 的现金收回") % found.employee.name,
        done=url,
        said=_("已登记，已通知本人。"),
        back=url,
    )
