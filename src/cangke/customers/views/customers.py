from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_POST

from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import (
    Column,
    Empty,
    Happening,
    ListPage,
    Preset,
    Search,
    SignedInRequest,
    act,
    once,
)
from cangke.people.public import Shop

from .. import actions, forms, models, queries, rules
from ..models import Client, Customer

TIMELINE_DAYS = 90
STALE_DAYS = 180


class CustomerFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    shop = filters.ModelMultipleChoiceFilter(
        label=gettext_lazy("店铺"), queryset=Shop.objects.all(), distinct=False
    )
    client = filters.ModelChoiceFilter(
        label=gettext_lazy("仓储客户"), queryset=Client.objects.all()
    )
    level = filters.ChoiceFilter(
        label=gettext_lazy("级别"), choices=lambda: [c for c in models.level_choices() if c[0]]
    )
    incomplete = filters.BooleanFilter(label=gettext_lazy("不完整"), method="only_incomplete")
    stale = filters.BooleanFilter(label=gettext_lazy("久未核实"), method="only_stale")
    muted = filters.BooleanFilter(label=gettext_lazy("静音中"), method="only_muted")

    def search(self, rows: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        return queries.matching(rows, value)

    def only_incomplete(
        self, rows: QuerySet[Customer], name: str, value: bool
    ) -> QuerySet[Customer]:
        return rows.filter(completeness__lt=100) if value else rows

    def only_stale(self, rows: QuerySet[Customer], name: str, value: bool) -> QuerySet[Customer]:
        before = timezone.now() - dt.timedelta(days=STALE_DAYS)
        return queries.unverified_since(rows, before) if value else rows

    def only_muted(self, rows: QuerySet[Customer], name: str, value: bool) -> QuerySet[Customer]:
        return rows.filter(muted_until__gt=timezone.now()) if value else rows


class CustomerList(ListPage[Customer]):
    name = "customers.customer"
    template = "customers/customer/list.html"
    filterset_class = CustomerFilter
    counted = npgettext_lazy("customers", "%(shown)s 位", "%(shown)s 位", "count")
    columns = [
        Column("name", gettext_lazy("名称"), sort="display_name", always=True, phone="head"),
        Column("number", gettext_lazy("编号"), sort="number"),
        Column("identities", gettext_lazy("身份"), phone="line"),
        Column("shop", gettext_lazy("店铺")),
        Column("client", gettext_lazy("仓储客户")),
        Column("country", gettext_lazy("国家或地区"), sort="country"),
        Column("level", gettext_lazy("级别"), sort="level", phone="side"),
        Column("complete", gettext_lazy("完整度"), sort="completeness", numeric=True),
        Column("verified", gettext_lazy("核实"), sort="verified_at"),
        Column("created", gettext_lazy("建档"), sort="created_at", hidden=True),
    ]
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("incomplete", gettext_lazy("不完整"), "incomplete=true", tone="wait"),
        Preset("stale", gettext_lazy("久未核实"), "stale=true"),
        Preset("muted", gettext_lazy("静音中"), "muted=true"),
    ]
    empty = Empty(
        gettext_lazy("还没有客户档案"),
        gettext_lazy("客户来咨询、下单或导入订单时会自动建档，也可以手工新建。"),
        [(gettext_lazy("新建客户"), "customers:new")],
    )
    export = "customers"
    export_permission = "customers.export"

    def get_context(self) -> dict[str, Any]:
        return {"may_create": can(self.account, "customers.edit")}


@allowed("customers.view")
def customer_list(request: SignedInRequest) -> HttpResponse:
    rows = (
        scope(request.user, Customer, "view")
        .filter(merged_into__isnull=True)
        .select_related("shop", "client")
        .prefetch_related("identities")
        .order_by("-pk")
    )
    return CustomerList(request, rows).response()


@allowed("customers.view")
def customer_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One customer: who it is, what it wants, and everything that happened (G1, G3)."""
    rows = scope(request.user, Customer, "view").select_related("shop", "client", "merged_into")
    customer = get_visible(request.user, Customer, rows=rows, pk=pk)
    if customer.merged_into_id is not None:
        messages.info(request, _("这份档案已并入 %s。") % customer.merged_into)
        return redirect("customers:detail", pk=customer.merged_into_id)
    now = timezone.now()
    kind = request.GET.get("kind", "")
    days = {"90": TIMELINE_DAYS, "365": 365, "all": 36500}.get(
        request.GET.get("days", "90"), TIMELINE_DAYS
    )
    rows_of_time = queries.timeline(
        request.user,
        customer,
        since=max(now - dt.timedelta(days=days), queries.ALL_TIME),
        until=now,
        kinds=[kind] if kind else (),
    )
    parts = queries.parts_of(customer)
    context = {
        "customer": customer,
        "identities": list(customer.identities.all()),
        "addresses": list(customer.addresses.all()),
        "missing": [PART_NAMES[part] for part in rules.missing_parts(parts)],
        "stale": customer.verified_at is None
        or customer.verified_at < now - dt.timedelta(days=STALE_DAYS),
        "muted": customer.is_muted(now),
        "timeline": [
            Happening(
                at=row.at,
                title=row.title,
                note=" · ".join(part for part in (row.text, row.who) if part),
                tone=row.tone,
                url=row.url,
            )
            for row in rows_of_time
        ],
        "kinds": queries.timeline_kinds(request.user),
        "kind": kind,
        "days": request.GET.get("days", "90"),
        "duplicates": list(
            scope(request.user, Customer, "view").filter(
                pk__in=[other.pk for other in queries.likely_duplicates(customer)]
            )
        ),
        "may_edit": can(request.user, "customers.edit"),
        "may_merge": can(request.user, "customers.merge"),
        "may_mute": can(request.user, "customers.mute"),
    }
    return render(request, "customers/customer/detail.html", context)


PART_NAMES = {
    "name": gettext_lazy("名称"),
    "phone": gettext_lazy("电话"),
    "email": gettext_lazy("邮箱"),
    "address": gettext_lazy("地址"),
    "preferences": gettext_lazy("需求偏好"),
}


@allowed("customers.edit")
@once("customers.new")
def customer_new(request: SignedInRequest) -> HttpResponse:
    form = forms.NewCustomerForm(request.POST or None, account=request.user)

    def perform(values: dict[str, Any]) -> Customer:
        shop = values.get("shop")
        return actions.create_customer(
            im_channel=shop.im_scope if shop else "", by=request.user, at=timezone.now(), **values
        )

    return act(
        request,
        form,
        perform,
        title=_("新建客户"),
        done=lambda customer: reverse("customers:detail", args=[customer.pk]),
        said=_("客户档案已建立。"),
        back=reverse("customers:list"),
        template="customers/customer/edit.html",
    )


@allowed("customers.edit")
@once("customers.edit")
def customer_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = get_visible(request.user, Customer, "change", pk=pk)
    form = forms.CustomerForm(request.POST or None, instance=customer, account=request.user)
    back = reverse("customers:detail", args=[pk])
    return act(
        request,
        form,
        lambda values: actions.edit_customer(
            customer_id=pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("修改客户档案"),
        done=back,
        said=_("客户档案已保存。"),
        back=back,
        template="customers/customer/edit.html",
    )


@require_POST
@allowed("customers.edit")
@once("customers.verify")
def customer_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = get_visible(request.user, Customer, "change", pk=pk)
    actions.verify_customer(customer_id=customer.pk, by=request.user, at=timezone.now())
    messages.success(request, _("已记为今天核实。"))
    return redirect("customers:detail", pk=pk)
