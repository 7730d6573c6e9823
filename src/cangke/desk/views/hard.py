"""Hard questions: what colleagues were called in for, day by day (A9)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_safe

from cangke.foundation.access.public import allowed, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, Search, SignedInRequest

from ..models import Mention, Message


class HardFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("内容"), field_name="body", lookup_expr="icontains", widget=Search()
    )
    open = filters.BooleanFilter(
        label=gettext_lazy("还没有回应"), field_name="helped", exclude=True
    )
    day = filters.DateFromToRangeFilter(label=gettext_lazy("提出日期"), field_name="at")


class HardList(ListPage[Message]):
    name = "desk.hard"
    template = "desk/hard/list.html"
    filterset_class = HardFilter
    counted = npgettext_lazy("hard questions", "%(shown)s 条", "%(shown)s 条", "count")
    columns = [
        Column("body", gettext_lazy("问题"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("agent", gettext_lazy("提出人"), sort="agent__name", phone="line"),
        Column("asked", gettext_lazy("请教"), phone="line"),
        Column("stage", gettext_lazy("阶段"), sort="conversation__stage"),
        Column("conversation", gettext_lazy("会话"), phone="line"),
        Column("at", gettext_lazy("时间"), sort="at", phone="line"),
    ]
    default_sort = "-at"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("open", gettext_lazy("还没有回应"), "open=true", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("还没有疑难问题"),
        gettext_lazy(
            "拿不准时写一条内部备注并 @ 同事或组长：问题会到对方那里，也会记在当天的这张表上。"
        ),
    )


def hard_questions(rows: QuerySet[Message]) -> QuerySet[Message]:
    """The notes that call somebody in; ``helped`` once one of those has written behind it."""
    called = Mention.objects.filter(message=OuterRef(OuterRef("pk"))).values("employee_id")
    helped = Message.objects.filter(
        conversation=OuterRef("conversation"), seq__gt=OuterRef("seq"), agent__in=called
    )
    return rows.filter(pk__in=Mention.objects.values("message_id")).annotate(
        helped=Exists(helped), stage=F("conversation__stage")
    )


@require_safe
@allowed("desk.view")
def hard_list(request: SignedInRequest) -> HttpResponse:
    rows: Any = hard_questions(scope(request.user, Message, "view"))
    return HardList(
        request,
        rows.select_related("agent", "conversation").prefetch_related("mentions__employee"),
    ).response()
