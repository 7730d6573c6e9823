from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Search, SignedInRequest, act, once

from .. import actions, forms, models
from ..models import Client


class ClientFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=models.client_state_choices)
    level = filters.ChoiceFilter(
        label=gettext_lazy("级别"), choices=lambda: [c for c in models.level_choices() if c[0]]
    )

    def search(self, rows: QuerySet[Client], name: str, value: str) -> QuerySet[Client]:
        value = value.strip()
        return rows.filter(
            Q(code__istartswith=value) | Q(name__icontains=value) | Q(english_name__icontains=value)
        )


class ClientList(ListPage[Client]):
    name = "customers.client"
    template = "customers/client/list.html"
    filterset_class = ClientFilter
    unit = pgettext_lazy("clients", "家")
    columns = [
        Column("name", gettext_lazy("名称"), sort="name", always=True, phone="head"),
        Column("code", gettext_lazy("代码"), sort="code", phone="side"),
        Column("level", gettext_lazy("级别"), sort="level"),
        Column("state", gettext_lazy("状态"), phone="line"),
        Column("settlement", gettext_lazy("结算周期")),
        Column("keeper", gettext_lazy("对接客服"), phone="line"),
        Column("contract", gettext_lazy("合同止"), sort="contract_to"),
    ]
    default_sort = "code"
    empty = Empty(
        gettext_lazy("还没有仓储客户"),
        gettext_lazy("在我们仓里存货的公司登记在这里。"),
        [(gettext_lazy("新建仓储客户"), "customers:client-new")],
    )

    def get_context(self) -> dict[str, Any]:
        return {"may_create": can(self.account, "customers.clients_edit")}


@allowed("customers.clients")
def client_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, Client, "view").select_related("keeper")
    return ClientList(request, rows).response()


@allowed("customers.clients")
def client_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = (
        scope(request.user, Client, "view")
        .select_related("keeper")
        .annotate(file_count=Count("customers"))
    )
    client = get_visible(request.user, Client, rows=rows, pk=pk)
    return render(
        request,
        "customers/client/detail.html",
        {
            "client": client,
            "members": list(client.members.select_related("account")),
            "may_edit": can(request.user, "customers.clients_edit"),
        },
    )


@allowed("customers.clients_edit")
@once("customers.client")
def client_new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Client(), reverse("customers:clients"), _("新建仓储客户"))


@allowed("customers.clients_edit")
@once("customers.client")
def client_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    client = get_visible(request.user, Client, "change", pk=pk)
    return _edit(request, client, reverse("customers:client", args=[pk]), _("修改仓储客户"))


def _edit(request: SignedInRequest, client: Client, back: str, title: str) -> HttpResponse:
    key = client.pk
    form = forms.ClientForm(request.POST or None, instance=client, account=request.user)
    return act(
        request,
        form,
        lambda values: actions.save_client(pk=key, by=request.user, at=timezone.now(), **values),
        title=title,
        done=lambda saved: reverse("customers:client", args=[saved.pk]),
        said=_("仓储客户已保存。"),
        back=back,
        template="customers/customer/edit.html",
    )
