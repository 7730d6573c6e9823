from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy

from cangke.customers.public import Client
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import (
    Column,
    Empty,
    ListPage,
    Preset,
    Search,
    SignedInRequest,
    act,
    once,
)
from cangke.people.public import Brand

from . import actions, forms, queries
from .models import Product, ProductCard


class ProductFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    client = filters.ModelChoiceFilter(
        label=gettext_lazy("仓储客户"), queryset=Client.objects.all()
    )
    brand = filters.ModelChoiceFilter(label=gettext_lazy("品牌"), queryset=Brand.objects.all())
    category = filters.CharFilter(label=gettext_lazy("类目"), lookup_expr="istartswith")
    active = filters.BooleanFilter(label=gettext_lazy("在售"), field_name="is_active")
    unmeasured = filters.BooleanFilter(label=gettext_lazy("缺重量尺寸"), method="only_unmeasured")

    def search(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return queries.matching(rows, value)

    def only_unmeasured(self, rows: QuerySet[Product], name: str, value: bool) -> QuerySet[Product]:
        return queries.unmeasured(rows) if value else rows


class ProductList(ListPage[Product]):
    name = "catalog.product"
    template = "catalog/product/list.html"
    filterset_class = ProductFilter
    counted = npgettext_lazy("products", "%(shown)s 种", "%(shown)s 种", "count")
    columns = [
        Column("sku", "SKU", sort="sku", always=True, phone="head"),
        Column("name", gettext_lazy("名称"), phone="line"),
        Column("client", gettext_lazy("仓储客户")),
        Column("category", gettext_lazy("类目"), sort="category"),
        Column("barcode", gettext_lazy("条码"), hidden=True),
        Column("weight", gettext_lazy("重量"), sort="weight_g", numeric=True),
        Column("size", gettext_lazy("尺寸（毫米）"), numeric=True),
        Column("active", gettext_lazy("在售"), phone="side"),
    ]
    default_sort = "sku"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("unmeasured", gettext_lazy("缺重量尺寸"), "unmeasured=true", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("还没有商品"),
        gettext_lazy("导入商品表，或一个个新建。"),
        [(gettext_lazy("新建商品"), "catalog:new")],
    )
    export = "products"
    export_permission = "catalog.export"

    def get_context(self) -> dict[str, Any]:
        return {
            "may_create": can(self.account, "catalog.edit"),
            "may_import": can(self.account, "catalog.import"),
        }


@allowed("catalog.view")
def product_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, Product, "view").select_related("client")
    return ProductList(request, rows).response()


@allowed("catalog.view")
def product_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, Product, "view").select_related("client", "brand", "card")
    product = get_visible(request.user, Product, rows=rows, pk=pk)
    return render(
        request,
        "catalog/product/detail.html",
        {
            "product": product,
            "card": getattr(product, "card", None),
            "may_edit": can(request.user, "catalog.edit"),
        },
    )


@allowed("catalog.edit")
@once("catalog.product")
def product_new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Product(), reverse("catalog:list"), _("新建商品"))


@allowed("catalog.edit")
@once("catalog.product")
def product_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    product = get_visible(request.user, Product, "change", pk=pk)
    return _edit(request, product, reverse("catalog:detail", args=[pk]), _("修改商品"))


def _edit(request: SignedInRequest, product: Product, back: str, title: str) -> HttpResponse:
    key = product.pk
    return act(
        request,
        forms.ProductForm(request.POST or None, instance=product),
        lambda values: actions.save_product(pk=key, by=request.user, at=timezone.now(), **values),
        title=title,
        done=lambda saved: reverse("catalog:detail", args=[saved.pk]),
        said=_("商品已保存。"),
        back=back,
        template="catalog/product/edit.html",
    )


@allowed("catalog.edit")
@once("catalog.card")
def card_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, Product, "change").select_related("card")
    product = get_visible(request.user, Product, "change", rows=rows, pk=pk)
    card = getattr(product, "card", None) or ProductCard(product=product)
    back = reverse("catalog:detail", args=[pk])
    return act(
        request,
        forms.CardForm(request.POST or None, instance=card),
        lambda values: actions.save_card(
            product_id=pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("商品卡片 · %s") % product.sku,
        done=back,
        said=_("卡片已保存。"),
        back=back,
        template="catalog/product/edit.html",
    )
