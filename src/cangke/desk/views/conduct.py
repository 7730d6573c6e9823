"""Replies that were stopped for what they said: the leaders' list (A11)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cangke.foundation.access.public import allowed, get_visible, scope
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
from ..forms import ReviewForm
from ..models import ConductAlert


class ConductFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("客服或内容"), method="search", widget=Search(), max_length=60
    )
    open = filters.BooleanFilter(
        label=gettext_lazy("待处理"), field_name="reviewed_at", lookup_expr="isnull"
    )

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(agent__name__icontains=value) | rows.filter(text__icontains=value)


class ConductList(ListPage[ConductAlert]):
    name = "desk.conduct"
    template = "desk/conduct/list.html"
    filterset_class = ConductFilter
    counted = npgettext_lazy("conduct alerts", "%(shown)s 条", "%(shown)s 条", "count")
    columns = [
        Column("text", gettext_lazy("被拦下的内容"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="reviewed_at", phone="side"),
        Column("agent", gettext_lazy("客服"), sort="agent__name", phone="line"),
        Column("words", gettext_lazy("用语"), phone="line"),
        Column("attempts", gettext_lazy("次数"), sort="attempts", numeric=True, phone="line"),
        Column("conversation", gettext_lazy("会话"), phone="line"),
        Column("at", gettext_lazy("时间"), sort="at", phone="line"),
    ]
    default_sort = "-at"
    presets = [
        Preset("open", gettext_lazy("待处理"), "open=true", tone="wait"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有被拦下的回复"),
        gettext_lazy("回复里有禁用语时不会发给客户，会记在这里，由组长或主管处理。"),
    )

    def decorate(self, rows: list[ConductAlert]) -> list[ConductAlert]:
        account = self.request.user
        for row in rows:
            row.mine = row.agent.account_id == account.pk  # type: ignore[attr-defined]
        return rows


@require_safe
@allowed("desk.conduct")
def conduct_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, ConductAlert, "view")
    return ConductList(
        request, rows.select_related("agent", "conversation", "reviewed_by")
    ).response()


@require_http_methods(["GET", "POST"])
@allowed("desk.conduct")
@once("desk.conduct_review")
def conduct_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what came of it."""
    alert = get_visible(request.user, ConductAlert, "review", pk=pk)
    back = reverse("desk:conduct")
    return act(
        request,
        ReviewForm(request.POST or None),
        lambda values: actions.review_alert(
            alert_id=pk, note=values["note"], by=request.user, at=timezone.now()
        ),
        title=_("处理用语提醒"),
        done=back,
        said=_("已记下。"),
        back=back,
        submit_label=_("记下"),
        template="desk/conduct/review.html",
        context={"alert": alert},
    )
