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

from . import actions, forms
from .models import Carrier, CarrierContact, CarrierService


class CarrierFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    active = filters.BooleanFilter(label=gettext_lazy("合作中"), field_name="is_active")

    def search(self, rows: QuerySet[Carrier], name: str, value: str) -> QuerySet[Carrier]:
        value = value.strip()
        return rows.filter(
            Q(code__istartswith=value) | Q(name__icontains=value) | Q(name_en__icontains=value)
        )


class CarrierList(ListPage[Carrier]):
    name = "carriers.carrier"
    template = "carriers/carrier/list.html"
    filterset_class = CarrierFilter
    unit = pgettext_lazy("carriers", "家")
    columns = [
        Column("name", gettext_lazy("名称"), sort="name", always=True, phone="head"),
        Column("code", gettext_lazy("代码"), sort="code", phone="side"),
        Column("country", gettext_lazy("国家代码"), sort="country"),
        Column("services", gettext_lazy("物流方式"), numeric=True, phone="line"),
        Column("silent", gettext_lazy("无物流信息预警"), numeric=True),
        Column("active", gettext_lazy("状态")),
    ]
    default_sort = "code"
    empty = Empty(
        gettext_lazy("还没有承运商"),
        gettext_lazy("登记承运商和物流方式后才能发货。"),
        [(gettext_lazy("新建承运商"), "carriers:new")],
    )

    def get_context(self) -> dict[str, Any]:
        return {"may_create": can(self.account, "carriers.edit")}


@allowed("carriers.view")
def carrier_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, Carrier, "view").annotate(service_count=Count("services"))
    return CarrierList(request, rows).response()


@allowed("carriers.view")
def carrier_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    carrier = get_visible(request.user, Carrier, pk=pk)
    return render(
        request,
        "carriers/carrier/detail.html",
        {
            "carrier": carrier,
            "services": list(carrier.services.all()),
            "contacts": list(carrier.contacts.all()),
            "may_edit": can(request.user, "carriers.edit"),
        },
    )


@allowed("carriers.edit")
@once("carriers.carrier")
def carrier_new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Carrier(), reverse("carriers:list"), _("新建承运商"))


@allowed("carriers.edit")
@once("carriers.carrier")
def carrier_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    carrier = get_visible(request.user, Carrier, "change", pk=pk)
    return _edit(request, carrier, reverse("carriers:detail", args=[pk]), _("修改承运商"))


def _edit(request: SignedInRequest, carrier: Carrier, back: str, title: str) -> HttpResponse:
    key = carrier.pk
    return act(
        request,
        forms.CarrierForm(request.POST or None, instance=carrier),
        lambda values: actions.save_carrier(pk=key, by=request.user, at=timezone.now(), **values),
        title=title,
        done=lambda saved: reverse("carriers:detail", args=[saved.pk]),
        said=_("承运商已保存。"),
        back=back,
        template="carriers/carrier/edit.html",
    )


@allowed("carriers.edit")
@once("carriers.service")
def service_new(request: SignedInRequest, pk: int) -> HttpResponse:
    carrier = get_visible(request.user, Carrier, "change", pk=pk)
    return _service(request, CarrierService(carrier=carrier))


@allowed("carriers.edit")
@once("carriers.service")
def service_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, CarrierService, "change").select_related("carrier")
    return _service(request, get_visible(request.user, CarrierService, "change", rows=rows, pk=pk))


def _service(request: SignedInRequest, service: CarrierService) -> HttpResponse:
    key, carrier = service.pk, service.carrier
    back = reverse("carriers:detail", args=[carrier.pk])
    return act(
        request,
        forms.ServiceForm(request.POST or None, instance=service),
        lambda values: actions.save_service(
            carrier_id=carrier.pk, pk=key, by=request.user, at=timezone.now(), **values
        ),
        title=_("物流方式 · %s") % carrier,
        done=back,
        said=_("物流方式已保存。"),
        back=back,
        template="carriers/carrier/edit.html",
    )


@allowed("carriers.edit")
@once("carriers.contact")
def contact_new(request: SignedInRequest, pk: int) -> HttpResponse:
    carrier = get_visible(request.user, Carrier, "change", pk=pk)
    return _contact(request, CarrierContact(carrier=carrier))


@allowed("carriers.edit")
@once("carriers.contact")
def contact_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, CarrierContact, "change").select_related("carrier")
    return _contact(request, get_visible(request.user, CarrierContact, "change", rows=rows, pk=pk))


def _contact(request: SignedInRequest, contact: CarrierContact) -> HttpResponse:
    key, carrier = contact.pk, contact.carrier
    back = reverse("carriers:detail", args=[carrier.pk])
    return act(
        request,
        forms.ContactForm(request.POST or None, instance=contact, account=request.user),
        lambda values: actions.save_contact(
            carrier_id=carrier.pk, pk=key, by=request.user, at=timezone.now(), **values
        ),
        title=_("联系人 · %s") % carrier,
        done=back,
        said=_("联系人已保存。"),
        back=back,
        template="carriers/carrier/edit.html",
    )
