from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import QuerySet
from django.forms import HiddenInput
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext_lazy
from django.views.decorators.http import require_POST

from cangke.foundation.access.public import allowed, can, scope
from cangke.foundation.calendar.public import day_bounds, site_day
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import (
    Bulk,
    Column,
    DateRange,
    Empty,
    ListPage,
    Preset,
    Search,
    SignedInRequest,
    act,
    once,
)
from cangke.people.public import Employee, Shop, agents, employee_of

from .. import actions, forms, models, queries, rules
from ..models import Order
from . import words


class OrderFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    state = filters.MultipleChoiceFilter(
        label=gettext_lazy("状态"), choices=models.state_choices, distinct=False
    )
    shop = filters.ModelMultipleChoiceFilter(
        label=gettext_lazy("店铺"), queryset=Shop.objects.all(), distinct=False
    )
    flag = filters.ChoiceFilter(
        label=gettext_lazy("旗"), choices=lambda: [c for c in models.flag_choices() if c[0]]
    )
    owner = filters.ModelChoiceFilter(label=gettext_lazy("归属"), queryset=lambda request: agents())
    customer = filters.NumberFilter(
        label=gettext_lazy("客户编号"), field_name="customer_id", widget=HiddenInput()
    )
    kind = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=models.kind_choices)
    source = filters.ChoiceFilter(label=gettext_lazy("来源"), choices=models.source_choices)
    placed = filters.DateFromToRangeFilter(
        label=gettext_lazy("下单"), field_name="placed_at", widget=DateRange()
    )
    promised = filters.DateFromToRangeFilter(
        label=gettext_lazy("约定"), field_name="promised_ship_at", widget=DateRange()
    )
    late = filters.BooleanFilter(label=gettext_lazy("迟发"), method="only_late")
    today = filters.BooleanFilter(label=gettext_lazy("今天要发"), method="only_today")
    unchased = filters.BooleanFilter(label=gettext_lazy("未追问"), method="only_unchased")
    mine = filters.BooleanFilter(label=gettext_lazy("我的单"), method="only_mine")

    def search(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return queries.matching(rows, value)

    def only_late(self, rows: QuerySet[Order], name: str, value: bool) -> QuerySet[Order]:
        return queries.late(rows, at=timezone.now()) if value else rows

    def only_today(self, rows: QuerySet[Order], name: str, value: bool) -> QuerySet[Order]:
        if not value:
            return rows
        zone = timezone.get_current_timezone_name()
        since, until = day_bounds(site_day(timezone.now(), zone), zone)
        return queries.due(rows, since=since, until=until)

    def only_unchased(self, rows: QuerySet[Order], name: str, value: bool) -> QuerySet[Order]:
        return queries.unchased(rows) if value else rows

    def only_mine(self, rows: QuerySet[Order], name: str, value: bool) -> QuerySet[Order]:
        if not value:
            return rows
        employee = employee_of(self.request.user) if self.request else None
        return rows.filter(owner=employee) if employee else rows.none()


class OrderList(ListPage[Order]):
    name = "orders.order"
    template = "orders/order/list.html"
    filterset_class = OrderFilter
    counted = npgettext_lazy("orders", "%(shown)s 单", "%(shown)s 单", "count")
    columns = [
        Column("flag", gettext_lazy("旗"), always=True, phone="side"),
        Column("number", gettext_lazy("订单"), sort="external_no", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("buyer", gettext_lazy("买家"), phone="line"),
        Column("shop", gettext_lazy("店铺")),
        Column("goods", gettext_lazy("商品"), phone="line"),
        Column("amount", gettext_lazy("金额"), sort="total_amount", numeric=True),
        Column("owner", gettext_lazy("归属")),
        Column("promised", gettext_lazy("约定发货"), sort="promised_ship_at", phone="line"),
        Column("chase", gettext_lazy("追问")),
        Column("placed", gettext_lazy("下单时间"), sort="placed_at", hidden=True),
        Column("source", gettext_lazy("来源"), hidden=True),
    ]
    default_sort = "-placed"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("today", gettext_lazy("今天要发"), "today=true"),
        Preset("late", gettext_lazy("迟发"), "late=true", tone="late"),
        Preset("held", gettext_lazy("挂起"), "state=on_hold"),
        Preset("red", gettext_lazy("插红旗"), "flag=red"),
        Preset("unpaid", gettext_lazy("待付款"), "state=unpaid"),
        Preset("mine", gettext_lazy("我的单"), "mine=true"),
    ]
    bulk = [
        Bulk(
            "chase",
            gettext_lazy("追问仓库"),
            "orders:bulk-chase",
            icon="house",
            permission="orders.chase",
        ),
        Bulk(
            "flag",
            gettext_lazy("插红旗"),
            "orders:bulk-flag",
            icon="flag",
            permission="orders.remark",
        ),
        Bulk(
            "assign",
            gettext_lazy("改归属"),
            "orders:bulk-assign",
            icon="person",
            permission="orders.assign",
        ),
    ]
    empty = Empty(
        gettext_lazy("还没有订单"),
        gettext_lazy("先导入一份订单表，或新建一张订单。导入前会逐行检查，有问题的行单独列出。"),
        [(gettext_lazy("导入订单"), "sheets:new"), (gettext_lazy("新建订单"), "orders:new")],
    )
    export = "orders"
    export_permission = "orders.export"

    def decorate(self, rows: list[Order]) -> list[Order]:
        for brief in queries.briefs(rows, at=timezone.now()):
            brief.look = words.look_of(brief)
            if brief.promise.colour == rules.Colour.RED:
                brief.look = words.Look("late", words.late_text(brief.promise), "warn")
            brief.order.brief = brief
        return rows

    def get_context(self) -> dict[str, Any]:
        return {
            "may_create": can(self.account, "orders.edit"),
            "may_import": can(self.account, "orders.import"),
        }


@allowed("orders.view")
def order_list(request: SignedInRequest) -> HttpResponse:
    rows = queries.listed(scope(request.user, Order, "view"))
    return OrderList(request, rows).response()


def _chosen(request: SignedInRequest, action: str) -> list[int]:
    rows = scope(request.user, Order, action)
    return list(OrderList(request, rows).chosen().values_list("pk", flat=True))


@require_POST
@allowed("orders.chase")
@once("orders.bulk-chase")
def bulk_chase(request: SignedInRequest) -> HttpResponse:
    at: dt.datetime = timezone.now()
    asked, refused = 0, []
    for pk in _chosen(request, "chase"):
        try:
            actions.chase_warehouse(order_id=pk, question="", by=request.user, at=at)
        except Refusal as refusal:
            refused.append(str(refusal.message))
        else:
            asked += 1
    if asked:
        messages.success(
            request,
            ngettext("已追问 %(count)d 单。", "已追问 %(count)d 单。", asked) % {"count": asked},
        )
    for sentence in dict.fromkeys(refused):
        messages.warning(
            request,
            _("%(count)d 单没有追问：%(why)s")
            % {"count": refused.count(sentence), "why": sentence},
        )
    return redirect(reverse("orders:list"))


@require_POST
@allowed("orders.remark")
@once("orders.bulk-flag")
def bulk_flag(request: SignedInRequest) -> HttpResponse:
    changed = actions.set_flag(
        order_ids=_chosen(request, "remark"),
        flag=request.POST.get("flag", "red"),
        by=request.user,
        at=timezone.now(),
    )
    messages.success(
        request,
        ngettext("已插旗 %(count)d 单。", "已插旗 %(count)d 单。", changed) % {"count": changed},
    )
    return redirect(reverse("orders:list"))


@require_POST
@allowed("orders.assign")
@once("orders.bulk-assign")
def bulk_assign(request: SignedInRequest) -> HttpResponse:
    """Ask to whom, then give the chosen orders to that agent."""
    ids = _chosen(request, "assign")
    if "owner" not in request.POST:
        return render(
            request,
            "orders/order/assign.html",
            {
                "form": forms.AssignForm(),
                "ids": ids,
                "title": _("改 %(count)d 单的归属") % {"count": len(ids)},
                "cancel_url": reverse("orders:list"),
            },
        )
    form = forms.AssignForm(request.POST)

    def perform(values: dict[str, object]) -> int:
        owner = values["owner"]
        return actions.assign_owner(
            order_ids=ids,
            owner=owner if isinstance(owner, Employee) else None,
            reason=str(values["reason"]),
            by=request.user,
            at=timezone.now(),
        )

    return act(
        request,
        form,
        perform,
        title=_("改归属"),
        done=reverse("orders:list"),
        said=_("归属已改。"),
        back=reverse("orders:list"),
        template="orders/order/assign.html",
        context={"ids": ids},
    )
