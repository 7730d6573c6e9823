"""The list of tickets and what is done with many of them."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cangke.foundation.access.public import allowed, can, scope
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
from cangke.people.public import Team, agents

from .. import actions, forms, models, queries
from ..models import Ticket, TicketKind
from .looks import look_at


class TicketFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    state = filters.MultipleChoiceFilter(
        label=gettext_lazy("状态"), choices=models.ticket_state_choices, distinct=False
    )
    kind = filters.ModelMultipleChoiceFilter(
        label=gettext_lazy("类别"), queryset=TicketKind.objects.all(), distinct=False
    )
    group = filters.ChoiceFilter(
        label=pgettext_lazy("kinds", "分组"),
        field_name="kind__group",
        choices=models.kind_group_choices,
    )
    priority = filters.MultipleChoiceFilter(
        label=gettext_lazy("优先级"), choices=models.priority_choices, distinct=False
    )
    owner = filters.ModelChoiceFilter(
        label=pgettext_lazy("ticket", "负责人"), queryset=lambda request: agents()
    )
    team = filters.ModelChoiceFilter(
        label=pgettext_lazy("team", "组"),
        field_name="owner__team",
        queryset=lambda request: Team.objects.order_by("name"),
    )
    due = filters.DateFromToRangeFilter(
        label=gettext_lazy("期限"), field_name="due_at", widget=DateRange()
    )
    opened = filters.DateFromToRangeFilter(
        label=gettext_lazy("开单时间"), field_name="opened_at", widget=DateRange()
    )
    open = filters.BooleanFilter(label=gettext_lazy("未关闭"), method="only_open")
    mine = filters.BooleanFilter(label=gettext_lazy("由我处理"), method="only_mine")
    late = filters.BooleanFilter(label=gettext_lazy("逾期"), method="only_late")
    watched = filters.BooleanFilter(label=gettext_lazy("我关注的"), method="only_watched")

    def search(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        found = rows.filter(title__icontains=value) | rows.filter(number__icontains=value)
        named = rows.filter(customer__display_name__icontains=value)
        return found | named | rows.filter(order__external_no__iexact=value)

    def only_open(self, rows: Any, name: str, value: bool) -> QuerySet[Ticket]:
        return rows.unfinished() if value else rows.filter(closed_at__isnull=False)

    def only_mine(self, rows: Any, name: str, value: bool) -> QuerySet[Ticket]:
        return rows.filter(owner__account_id=self.request.user.pk) if value else rows

    def only_late(self, rows: Any, name: str, value: bool) -> QuerySet[Ticket]:
        return rows.overdue(timezone.now()) if value else rows

    def only_watched(self, rows: Any, name: str, value: bool) -> QuerySet[Ticket]:
        if not value:
            return rows
        watched = Ticket.watchers.through.objects.filter(account_id=self.request.user.pk)
        return rows.filter(pk__in=watched.values("ticket_id"))


class TicketList(ListPage[Ticket]):
    name = "tickets.ticket"
    template = "tickets/ticket/list.html"
    filterset_class = TicketFilter
    unit = pgettext_lazy("tickets", "张")
    columns = [
        Column("title", gettext_lazy("工单"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("due", gettext_lazy("期限"), sort="due_at", phone="line"),
        Column("owner", pgettext_lazy("ticket", "负责人"), sort="owner__name", phone="line"),
        Column("kind", gettext_lazy("类别"), sort="kind__position"),
        Column("priority", gettext_lazy("优先级"), sort="priority", phone="line"),
        Column("customer", pgettext_lazy("person", "客户"), phone="line"),
        Column("order", gettext_lazy("订单")),
        Column("opened", gettext_lazy("开单时间"), sort="opened_at", hidden=True),
        Column("updated", gettext_lazy("更新时间"), sort="updated_at", hidden=True),
    ]
    default_sort = "due"
    presets = [
        Preset("open", gettext_lazy("未关闭"), "open=true"),
        Preset("mine", gettext_lazy("由我处理"), "mine=true&open=true", tone="wait"),
        Preset("late", gettext_lazy("逾期"), "late=true", tone="late"),
        Preset("unfinished", gettext_lazy("未完结订单"), "open=true&group=unfinished"),
        Preset("requests", gettext_lazy("服务请求"), "open=true&group=request"),
        Preset("watched", gettext_lazy("我关注的"), "watched=true"),
        Preset("all", gettext_lazy("全部")),
    ]
    bulk = [
        Bulk(
            "give",
            gettext_lazy("改派"),
            "tickets:bulk-give",
            icon="person",
            permission="tickets.manage",
        )
    ]
    empty = Empty(
        gettext_lazy("没有工单"),
        gettext_lazy("当时处理不完的事，开一张工单：有负责人、有期限，跟到解决为止。"),
        [(gettext_lazy("开工单"), "tickets:catalogue")],
    )
    export = "tickets"
    export_permission = "tickets.export"

    def decorate(self, rows: list[Ticket]) -> list[Ticket]:
        at, language = timezone.now(), get_language() or ""
        for row in rows:
            look_at(row, at=at)
            row.kind_name = row.kind.name_in(language)  # type: ignore[attr-defined]
        return rows

    def row_class(self, row: Ticket) -> str:
        return "is-late" if row.clock.is_overdue(timezone.now()) and row.is_working else ""

    def get_context(self) -> dict[str, Any]:
        return {
            "may_work": can(self.account, "tickets.work"),
            "may_setup": can(self.account, "tickets.setup"),
        }


@require_GET
@allowed("tickets.view")
def ticket_list(request: SignedInRequest) -> HttpResponse:
    rows = queries.listed_tickets(scope(request.user, Ticket, "view"))
    return TicketList(request, rows).response()


@require_POST
@allowed("tickets.manage")
@once("tickets.bulk-give")
def bulk_give(request: SignedInRequest) -> HttpResponse:
    """Ask to whom and why, then give the chosen tickets to that person."""
    rows = scope(request.user, Ticket, "manage")
    ids = list(TicketList(request, rows).chosen().values_list("pk", flat=True))
    if "to" not in request.POST:
        context = {
            "form": forms.GiveTicketForm(),
            "ids": ids,
            "title": _("改派 %(count)d 张工单") % {"count": len(ids)},
            "cancel_url": reverse("tickets:list"),
        }
        return render(request, "tickets/ticket/give.html", context)

    def perform(values: dict[str, Any]) -> int:
        given = actions.give_tickets(ticket_ids=ids, by=request.user, at=timezone.now(), **values)
        messages.success(
            request,
            ngettext("已改派 %(count)d 张。", "已改派 %(count)d 张。", given) % {"count": given},
        )
        return given

    return act(
        request,
        forms.GiveTicketForm(request.POST),
        perform,
        title=_("改派工单"),
        done=reverse("tickets:list"),
        back=reverse("tickets:list"),
        template="tickets/ticket/give.html",
        context={"ids": ids},
    )


@require_GET
@allowed("tickets.work")
def catalogue(request: SignedInRequest) -> HttpResponse:
    """What kind of ticket: the first step of opening one, and the service requests (A16)."""
    language = get_language() or ""
    kinds = scope(request.user, TicketKind, "view").filter(is_active=True).select_related("team")
    groups = []
    for code, label in models.kind_group_choices():
        listed = [
            {"kind": each, "name": each.name_in(language), "hint": each.hint_in(language)}
            for each in kinds
            if each.group == code
        ]
        if listed:
            groups.append((label, listed))
    query = request.GET.urlencode()
    context = {"groups": groups, "query": query}
    if not groups:
        return redirect("tickets:list")
    return render(request, "tickets/ticket/catalogue.html", context)
