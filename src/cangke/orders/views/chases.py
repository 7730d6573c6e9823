from __future__ import annotations

import django_filters as filters
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, SignedInRequest, act, once

from .. import actions, forms
from ..models import WarehouseChase


class ChaseFilter(filters.FilterSet):
    open = filters.BooleanFilter(
        label=gettext_lazy("未答复"), field_name="answered_at", lookup_expr="isnull"
    )


class ChaseList(ListPage[WarehouseChase]):
    name = "orders.chase"
    template = "orders/chase/list.html"
    filterset_class = ChaseFilter
    columns = [
        Column("order", gettext_lazy("订单"), always=True, phone="head"),
        Column("question", gettext_lazy("追问内容"), always=True, phone="line"),
        Column("asked", gettext_lazy("追问时间"), sort="asked_at", phone="side"),
        Column("by", gettext_lazy("追问人")),
        Column("promised", gettext_lazy("约定发货"), sort="promised_ship_at"),
        Column("answer", gettext_lazy("答复"), phone="line"),
    ]
    default_sort = "asked"
    presets = [
        Preset("open", gettext_lazy("未答复"), "open=true", tone="late"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(gettext_lazy("没有追问"), gettext_lazy("客服追问仓库后会列在这里。"))


@allowed("orders.view")
def chase_list(request: SignedInRequest) -> HttpResponse:
    """The warehouse's list of questions from agents, those without an answer first."""
    rows = scope(request.user, WarehouseChase, "view").select_related(
        "order__shop", "asked_by", "answered_by"
    )
    return ChaseList(request, rows).response()


@allowed("orders.answer")
@once("orders.answer")
def chase_answer(request: SignedInRequest, chase_id: int) -> HttpResponse:
    chase = get_visible(
        request.user,
        WarehouseChase,
        rows=scope(request.user, WarehouseChase, "answer").select_related("order", "asked_by"),
        pk=chase_id,
    )
    form = forms.AnswerForm(request.POST or None)
    return act(
        request,
        form,
        lambda values: actions.answer_chase(
            chase_id=chase.pk, answer=values["answer"], by=request.user, at=timezone.now()
        ),
        title=_("答复追问 · 订单 %s") % chase.order.external_no,
        done=reverse("orders:chases"),
        said=_("已答复。"),
        back=reverse("orders:chases"),
        submit_label=_("答复"),
        template="orders/chase/edit.html",
        context={"chase": chase},
    )
