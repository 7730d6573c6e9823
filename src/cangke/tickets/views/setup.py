"""Kinds of ticket and macros, set up by the company (A13, A16)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.ui.public import Column, ListPage, SignedInRequest, act, once

from .. import actions, forms, models
from ..models import TicketKind, TicketMacro
from ..toml import write_kind


class KindFilter(filters.FilterSet):
    group = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=models.kind_group_choices)
    is_active = filters.BooleanFilter(label=gettext_lazy("启用"))


class KindList(ListPage[TicketKind]):
    name = "tickets.kind"
    template = "tickets/kind/list.html"
    filterset_class = KindFilter
    columns = [
        Column("name", gettext_lazy("名称"), sort="name", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="is_active", phone="side"),
        Column("group", gettext_lazy("类别"), sort="group", phone="line"),
        Column("team", gettext_lazy("分给哪个组"), phone="line"),
        Column("hours", gettext_lazy("时限（工作小时）"), sort="due_hours", numeric=True),
        Column("reply", gettext_lazy("关闭前要答复客户"), sort="needs_reply"),
        Column("position", gettext_lazy("次序"), sort="position", numeric=True),
    ]
    default_sort = "position"

    def decorate(self, rows: list[TicketKind]) -> list[TicketKind]:
        for row in rows:
            row.shown_name = row.name_in(get_language() or "")  # type: ignore[attr-defined]
        return rows


class MacroList(ListPage[TicketMacro]):
    name = "tickets.macro"
    template = "tickets/macro/list.html"
    columns = [
        Column("name", gettext_lazy("名称"), sort="name", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="is_active", phone="side"),
        Column("kind", gettext_lazy("只用于类别"), phone="line"),
        Column("does", gettext_lazy("做什么"), phone="line"),
        Column("position", gettext_lazy("次序"), sort="position", numeric=True),
    ]
    default_sort = "position"

    def decorate(self, rows: list[TicketMacro]) -> list[TicketMacro]:
        states = {str(code): label for code, label in models.ticket_state_choices()}
        for row in rows:
            done: list[Any] = []
            if row.take:
                done.append(_("由我处理"))
            if row.state:
                done.append(states[row.state])
            if row.priority is not None:
                done.append(row.get_priority_display())
            if row.reply:
                done.append(_("回复客户"))
            if row.comment:
                done.append(_("写备注"))
            row.shown_name = row.name_in(get_language() or "")  # type: ignore[attr-defined]
            row.does = " · ".join(str(each) for each in done)  # type: ignore[attr-defined]
        return rows


@require_GET
@allowed("tickets.setup")
def kind_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, TicketKind, "change").select_related("team")
    return KindList(request, rows).response()


@require_http_methods(["GET", "POST"])
@allowed("tickets.setup")
@once("tickets.kind")
def kind_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    row = get_visible(request.user, TicketKind, "change", pk=pk) if pk else None
    text = write_kind(row.fields, row.tasks) if row is not None else ""
    return act(
        request,
        forms.KindForm(request.POST or None, instance=row, initial={"text": text}),
        lambda values: actions.save_kind(
            kind=TicketKind.objects.get(pk=pk) if pk else None,
            by=request.user,
            at=timezone.now(),
            **values,
        ),
        title=row.name if row else _("新建工单类别"),
        done=reverse("tickets:kinds"),
        said=_("已保存。"),
        back=reverse("tickets:kinds"),
        template="tickets/kind/edit.html",
        context={"list_title": _("工单类别"), "list_url": reverse("tickets:kinds")},
    )


@require_GET
@allowed("tickets.setup")
def macro_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, TicketMacro, "change").select_related("kind")
    return MacroList(request, rows).response()


@require_http_methods(["GET", "POST"])
@allowed("tickets.setup")
@once("tickets.macro-edit")
def macro_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    row = get_visible(request.user, TicketMacro, "change", pk=pk) if pk else None
    return act(
        request,
        forms.MacroForm(request.POST or None, instance=row),
        lambda values: actions.save_macro(
            macro=TicketMacro.objects.get(pk=pk) if pk else None,
            by=request.user,
            at=timezone.now(),
            **values,
        ),
        title=row.name if row else _("新建一键处理"),
        done=reverse("tickets:macros"),
        said=_("已保存。"),
        back=reverse("tickets:macros"),
        template="tickets/kind/edit.html",
        context={"list_title": _("一键处理"), "list_url": reverse("tickets:macros")},
    )
