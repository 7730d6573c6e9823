"""All conversations, those that have ended and the spam among them (A1, AMB-34)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy, npgettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from cangke.foundation.access.public import allowed, scope
from cangke.foundation.search.public import matching_ids
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, Search, SignedInRequest

from .. import queries
from ..forms import spoken_name
from ..models import OPEN, Channel, Conversation
from ..models.choices import close_reason_choices, stage_choices
from ..permissions import kept_near


class ConversationFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("会话编号、客户、订单号"),
        method="search",
        widget=Search(),
        max_length=60,
    )
    channel = filters.ModelChoiceFilter(label=gettext_lazy("渠道"), queryset=Channel.objects.all())
    open = filters.BooleanFilter(label=gettext_lazy("未结束"), method="by_end")
    reason = filters.ChoiceFilter(
        label=gettext_lazy("结束原因"), field_name="close_reason", choices=close_reason_choices
    )
    stage = filters.ChoiceFilter(label=gettext_lazy("阶段"), choices=stage_choices)
    opened = filters.DateFromToRangeFilter(label=gettext_lazy("开始日期"), field_name="opened_at")

    def search(self, rows: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        return rows.filter(
            Q(number=value.upper())
            | Q(pk__in=matching_ids("conversation", value))
            | Q(order__in=matching_ids("order", value))
        )

    def by_end(
        self, rows: QuerySet[Conversation], name: str, value: bool
    ) -> QuerySet[Conversation]:
        return rows.filter(OPEN if value else Q(closed_at__isnull=False))


class ConversationList(ListPage[Conversation]):
    name = "desk.conversation"
    template = "desk/conversation/list.html"
    filterset_class = ConversationFilter
    counted = npgettext_lazy("conversations", "%(shown)s 个", "%(shown)s 个", "count")
    columns = [
        Column("customer", gettext_lazy("客户"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("channel", gettext_lazy("渠道"), phone="line"),
        Column("order", gettext_lazy("订单"), phone="line"),
        Column("agent", gettext_lazy("客服"), phone="line"),
        Column("type", gettext_lazy("问题类型")),
        Column("result", gettext_lazy("处理结果"), phone="line"),
        Column("opened", gettext_lazy("开始"), sort="opened_at", phone="line"),
        Column("closed", pgettext_lazy("moment", "结束"), sort="closed_at"),
        Column("newest", gettext_lazy("最近消息"), sort="last_message_at"),
        Column("number", gettext_lazy("编号"), hidden=True),
    ]
    default_sort = "-newest"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("open", gettext_lazy("未结束"), "open=true", tone="wait"),
        Preset("closed", gettext_lazy("已结束"), "open=false"),
        Preset("spam", gettext_lazy("垃圾与屏蔽"), "reason=spam"),
    ]
    empty = Empty(
        gettext_lazy("没有会话"),
        gettext_lazy("客户从任何渠道联系过来，都会记在这张表上，结束之后也查得到。"),
    )

    def decorate(self, rows: list[Conversation]) -> list[Conversation]:
        for row in rows:
            line: Any = queries.with_icon(row)
            line.type_name = spoken_name(row.question_type) if row.question_type else ""
            line.result_name = spoken_name(row.handling_result) if row.handling_result else ""
        return rows


@require_safe
@allowed("desk.view")
def conversation_list(request: SignedInRequest) -> HttpResponse:
    rows: Any = scope(request.user, Conversation, "view")
    near = kept_near(request.user)
    if near is not None:
        rows = rows.filter(near)
    # Those each row has are read apart: joined, they would lure the planner from the list's order.
    rows = rows.select_related("order", "assignee", "question_type", "handling_result")
    rows = rows.prefetch_related("channel", "customer")
    return ConversationList(request, rows).response()
