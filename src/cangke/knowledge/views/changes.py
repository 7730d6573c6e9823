"""Changes of the business, and who has read them (J2)."""

from __future__ import annotations

from typing import Any, cast

import django_filters as filters
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, npgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cangke.foundation.access.public import Account, allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, Search, act, once

from .. import actions, forms, queries
from ..models import ChangeNotice, ChangeReading


class ChangeFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("标题"), method="search", widget=Search(), max_length=60
    )
    unread = filters.BooleanFilter(label=gettext_lazy("待我确认"), method="only_unread")
    withdrawn = filters.BooleanFilter(
        label=gettext_lazy("已撤下"), field_name="withdrawn_at", lookup_expr="isnull", exclude=True
    )

    def search(self, rows: QuerySet[ChangeNotice], name: str, value: str) -> QuerySet[ChangeNotice]:
        return rows.filter(title__icontains=value) | rows.filter(title_en__icontains=value)

    def only_unread(
        self, rows: QuerySet[ChangeNotice], name: str, value: bool
    ) -> QuerySet[ChangeNotice]:
        mine = queries.unread_of(cast(Account, self.request.user)).order_by().values("pk")
        return rows.filter(pk__in=mine) if value else rows.exclude(pk__in=mine)


class ChangeList(ListPage[ChangeNotice]):
    name = "knowledge.change"
    template = "knowledge/change/list.html"
    filterset_class = ChangeFilter
    counted = npgettext_lazy("changes", "%(shown)s 条", "%(shown)s 条", "count")
    columns = [
        Column("title", gettext_lazy("标题"), sort="title", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("audience", gettext_lazy("读者"), sort="audience", phone="line"),
        Column("confirmed", gettext_lazy("已确认"), numeric=True, phone="line"),
        Column("due", gettext_lazy("期限"), sort="due_date", phone="line"),
        Column("by", gettext_lazy("发布人"), sort="published_by__display_name"),
        Column("at", gettext_lazy("发布时间"), sort="published_at", phone="line"),
    ]
    default_sort = "-at"
    presets = [
        Preset("unread", gettext_lazy("待我确认"), "unread=true", tone="wait"),
        Preset("all", gettext_lazy("全部"), "withdrawn=false"),
        Preset("withdrawn", gettext_lazy("已撤下"), "withdrawn=true"),
    ]
    empty = Empty(
        gettext_lazy("没有业务变化通知"),
        gettext_lazy("价格、流程、平台规则变了，在这里发布，每个人读过要确认，回答客户才不会错。"),
    )

    def decorate(self, rows: list[ChangeNotice]) -> list[ChangeNotice]:
        language = get_language() or ""
        for row in rows:
            line: Any = row
            line.shown_title = row.title_in(language)
        return rows

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "may_edit": can(self.request.user, "knowledge.edit"),
            "today": timezone.localdate(),
        }


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


@require_safe
@allowed("knowledge.view")
def change_list(request: HttpRequest) -> HttpResponse:
    read = ChangeReading.objects.filter(notice=OuterRef("pk"), account=_account(request))
    rows = scope(request.user, ChangeNotice, "view").annotate(
        confirmed=Count("readings"), i_read=Exists(read)
    )
    return ChangeList(request, rows.select_related("team", "department", "published_by")).response()


@require_safe
@allowed("knowledge.view")
def change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice with its button; who publishes sees who has not confirmed."""
    rows = scope(request.user, ChangeNotice, "view").select_related(
        "team", "department", "article", "published_by"
    )
    notice = get_visible(request.user, ChangeNotice, rows=rows, pk=pk)
    language = get_language() or ""
    may_edit = can(request.user, "knowledge.edit")
    readers = queries.readers_of(notice) if may_edit else []
    context = {
        "notice": notice,
        "title": notice.title_in(language),
        "body": notice.body_in(language),
        "asked": queries.unread_of(_account(request)).filter(pk=notice.pk).exists(),
        "i_read": notice.readings.filter(account=_account(request)).first(),
        "may_edit": may_edit,
        "readers": readers,
        "confirmed": sum(each.confirmed for each in readers),
    }
    return render(request, "knowledge/change/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("knowledge.edit")
@once("knowledge.change")
def change_new(request: HttpRequest) -> HttpResponse:
    """Publish what has changed."""
    account = _account(request)
    form = forms.ChangeForm(request.POST or None, account=account, initial={"audience": "all"})
    return act(
        request,
        form,
        lambda values: actions.publish_change(
            draft=actions.ChangeDraft(**values), by=account, at=timezone.now()
        ),
        title=_("发布业务变化"),
        done=lambda notice: reverse("knowledge:change", args=[notice.pk]),
        said=_("已发布，读者会收到通知。"),
        back=reverse("knowledge:changes"),
        submit_label=_("发布"),
    )


@require_POST
@allowed("knowledge.view")
def change_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm having read it; then the next one, if there is one."""
    actions.confirm_reading(notice_id=pk, by=_account(request), at=timezone.now())
    following = queries.unread_of(_account(request)).first()
    if following is not None:
        messages.success(request, _("已确认，还有下一条。"))
        return redirect("knowledge:change", pk=following.pk)
    messages.success(request, _("已确认，全部读完了。"))
    return redirect("knowledge:change", pk=pk)


@require_http_methods(["GET", "POST"])
@allowed("knowledge.edit")
@once("knowledge.change_withdraw")
def change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a notice down, with the reason."""
    get_visible(request.user, ChangeNotice, "change", pk=pk)
    back = reverse("knowledge:change", args=[pk])
    return act(
        request,
        forms.WithdrawForm(request.POST or None),
        lambda values: actions.withdraw_change(
            notice_id=pk, reason=values["reason"], by=_account(request), at=timezone.now()
        ),
        title=_("撤下通知"),
        done=back,
        said=_("已撤下。"),
        back=back,
        submit_label=_("撤下"),
    )


@require_safe
@allowed("knowledge.view")
def change_panel(request: HttpRequest) -> HttpResponse:
    """What I have still to read, for the home page."""
    language = get_language() or ""
    unread = list(queries.unread_of(_account(request))[:6])
    rows = [(each, each.title_in(language)) for each in unread]
    return render(request, "knowledge/change/panel.html", {"rows": rows})
