"""The walk-in register (A3)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cangke.foundation.access.public import allowed, can, get_visible, scope, shown
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

from .. import actions
from ..forms import SignOutForm, VisitForm
from ..models import Visit
from ..models.choices import visit_purpose_choices
from .workbench import me


class VisitFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("来访人、单位、车牌"), method="search", widget=Search(), max_length=60
    )
    inside = filters.BooleanFilter(
        label=gettext_lazy("现在在场"), field_name="left_at", lookup_expr="isnull"
    )
    purpose = filters.ChoiceFilter(
        label=gettext_lazy("来访类别"), field_name="purpose_kind", choices=visit_purpose_choices
    )
    came = filters.DateFromToRangeFilter(label=gettext_lazy("进入日期"), field_name="came_at")

    def search(self, rows: QuerySet[Visit], name: str, value: str) -> QuerySet[Visit]:
        return rows.filter(
            Q(visitor_name__icontains=value)
            | Q(company__icontains=value)
            | Q(plate__icontains=value)
            | Q(badge=value)
        )


class VisitList(ListPage[Visit]):
    name = "desk.visit"
    template = "desk/visit/list.html"
    filterset_class = VisitFilter
    counted = npgettext_lazy("visits", "%(shown)s 次", "%(shown)s 次", "count")
    columns = [
        Column("visitor", gettext_lazy("来访人"), sort="visitor_name", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="left_at", phone="side"),
        Column("company", gettext_lazy("单位"), sort="company", phone="line"),
        Column("purpose", gettext_lazy("事由"), phone="line"),
        Column("host", gettext_lazy("接待人"), sort="host__name", phone="line"),
        Column("came", gettext_lazy("进入"), sort="came_at", phone="line"),
        Column("left", gettext_lazy("离开"), sort="left_at"),
        Column("minutes", gettext_lazy("在场分钟"), numeric=True, phone="line"),
        Column("site", gettext_lazy("站点"), sort="site__name", hidden=True),
        Column("plate", gettext_lazy("车牌"), hidden=True),
    ]
    default_sort = "-came"
    presets = [
        Preset("inside", gettext_lazy("现在在场"), "inside=true", tone="wait"),
        Preset("all", gettext_lazy("全部")),
    ]
    export = "visits"
    export_permission = "desk.export"
    empty = Empty(
        gettext_lazy("还没有来访登记"),
        gettext_lazy("有人进出仓库或办公室时在这里登记：谁、哪个单位、找谁、为什么。"),
        [(gettext_lazy("登记来访"), "desk:visit-new")],
    )

    def decorate(self, rows: list[Visit]) -> list[Visit]:
        now = timezone.now()
        for row in rows:
            line: Any = row
            line.shown_name = shown(self.request.user, row, "visitor_name")
            line.on_site = row.minutes(at=now)
        return rows


@require_safe
@allowed("desk.visit")
def visit_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, Visit, "view").select_related("host", "site", "conversation")
    return VisitList(request, rows).response()


@require_http_methods(["GET", "POST"])
@allowed("desk.visit")
@once("desk.visit")
def visit_new(request: SignedInRequest) -> HttpResponse:
    """Register somebody who enters."""
    account = request.user
    employee = me(request)
    form = VisitForm(
        request.POST or None,
        initial={"site": employee.site_id if employee else None, "people": 1},
        may_talk=can(account, "desk.reply"),
    )
    return act(
        request,
        form,
        lambda values: actions.sign_in_visitor(**values, by=account, at=timezone.now()),
        title=_("登记来访"),
        done=lambda visit: reverse("desk:visit", args=[visit.pk]),
        said=_("来访已登记。"),
        back=reverse("desk:visits"),
        submit_label=_("登记进入"),
    )


@require_safe
@allowed("desk.visit")
def visit_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, Visit, "view").select_related(
        "host", "site", "conversation", "registered_by", "signed_out_by"
    )
    visit = get_visible(request.user, Visit, rows=rows, pk=pk)
    context = {
        "visit": visit,
        "shown_name": shown(request.user, visit, "visitor_name"),
        "shown_phone": shown(request.user, visit, "phone"),
        "on_site": visit.minutes(at=timezone.now()),
        "may_talk": visit.conversation_id is None and can(request.user, "desk.reply"),
    }
    return render(request, "desk/visit/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("desk.visit")
@once("desk.visit_out")
def visit_sign_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that somebody left, and what came of it."""
    account = request.user
    visit = get_visible(account, Visit, "change", pk=pk)
    back = reverse("desk:visit", args=[pk])
    return act(
        request,
        SignOutForm(request.POST or None, talked=visit.conversation_id is not None),
        lambda values: actions.sign_out_visitor(
            visit_id=pk, **values, by=account, at=timezone.now()
        ),
        title=_("登记离开"),
        done=back,
        said=_("已登记离开。"),
        back=back,
        submit_label=_("登记离开"),
    )


@require_POST
@allowed("desk.visit")
def visit_talk(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin a conversation for what a visitor asks."""
    visit = actions.open_visit_conversation(visit_id=pk, by=request.user, at=timezone.now())
    messages.success(request, _("已建立会话，由你接待。"))
    return redirect("desk:conversation", pk=visit.conversation_id)
