from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, npgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, can, get_visible, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import (
    Column,
    Empty,
    ListPage,
    Preset,
    Search,
    once,
    refused,
)
from cangke.foundation.wording import either, in_english

from .. import actions, forms, models, queries
from ..models import Article


def _account(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]  # let in by `allowed`


class ArticleFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    category = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=models.category_choices)
    client = filters.NumberFilter(label=gettext_lazy("仓储客户"), field_name="client_id")
    expired = filters.BooleanFilter(label=gettext_lazy("已过期"), method="only_expired")
    mine = filters.BooleanFilter(label=gettext_lazy("我负责"), method="only_mine")

    def search(self, rows: QuerySet[Article], name: str, value: str) -> QuerySet[Article]:
        return queries.matching_articles(rows, value)

    def only_expired(self, rows: QuerySet[Article], name: str, value: bool) -> QuerySet[Article]:
        return rows.filter(valid_until__lt=timezone.localtime().date()) if value else rows

    def only_mine(self, rows: QuerySet[Article], name: str, value: bool) -> QuerySet[Article]:
        return rows.filter(owner=self.request.user) if value and self.request else rows


class ArticleList(ListPage[Article]):
    name = "knowledge.article"
    template = "knowledge/article/list.html"
    filterset_class = ArticleFilter
    counted = npgettext_lazy("articles", "%(shown)s 篇", "%(shown)s 篇", "count")
    columns = [
        Column("title", gettext_lazy("标题"), sort="title", always=True, phone="head"),
        Column("category", gettext_lazy("类别"), sort="category", phone="side"),
        Column("text", gettext_lazy("正文"), phone="line"),
        Column("audience", gettext_lazy("读者"), sort="audience"),
        Column("validity", gettext_lazy("有效期"), sort="valid_until", phone="line"),
        Column("owner", gettext_lazy("负责人")),
        Column("updated", gettext_lazy("修改时间"), sort="updated_at"),
    ]
    default_sort = "-updated"
    presets = [
        Preset("all", gettext_lazy("全部")),
        *(
            Preset(code, label, f"category={code}")
            for code, label in (
                ("service", gettext_lazy("服务范围")),
                ("procedure", gettext_lazy("操作流程")),
                ("rates", gettext_lazy("收费标准")),
                ("product", gettext_lazy("产品")),
                ("logistics", gettext_lazy("各地物流")),
            )
        ),
        Preset("expired", gettext_lazy("已过期"), "expired=true", tone="late"),
    ]
    empty = Empty(
        gettext_lazy("还没有文章"),
        gettext_lazy("先写一篇收费标准或操作流程，客服搜索时就能找到。"),
        [(gettext_lazy("写一篇"), "knowledge:article-new")],
    )

    def decorate(self, rows: list[Article]) -> list[Article]:
        today = timezone.localtime().date()
        for article in rows:
            article.standing_today = article.standing(today)  # type: ignore[attr-defined]  # row
        return rows

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "language": get_language() or "",
            "may_edit": can(self.request.user, "knowledge.edit"),
        }


@require_GET
@allowed("knowledge.view")
def article_list(request: HttpRequest) -> HttpResponse:
    rows = scope(request.user, Article, "view").filter(retired_at__isnull=True)
    return ArticleList(request, rows.select_related("owner", "team", "department")).response()


def _find(request: HttpRequest, pk: int, action: str = "view") -> Article:
    rows = scope(request.user, Article, action).select_related(
        "owner", "team", "department", "client", "shop"
    )
    return get_visible(request.user, Article, action, rows=rows, pk=pk)


@require_GET
@allowed("knowledge.view")
def article_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The article, or with ``?version=`` as it once was."""
    article = _find(request, pk)
    wanted = request.GET.get("version", "")
    if wanted and not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 9):
        raise SuspiciousOperation("no such version")
    versions = list(article.versions.select_related("by"))
    old = None
    if wanted and int(wanted) != article.number:
        old = next((each for each in versions if each.number == int(wanted)), None)
        if old is None:
            raise Http404
    shown = old or article
    context = {
        "article": article,
        "old": old,
        "title": either(shown.title, shown.title_en),
        "texts": [
            (code, name, text)
            for code, name, text in (
                ("zh-CN", _("中文"), shown.body),
                ("en", _("英文"), shown.body_en),
            )
            if text
        ][:: -1 if in_english() else 1],
        "standing": article.standing(timezone.localtime().date()),
        "versions": versions,
        "may_edit": can(request.user, "knowledge.edit") and article.retired_at is None,
    }
    return render(request, "knowledge/article/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("knowledge.edit")
@once("knowledge.article")
def article_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    account = _account(request)
    article = _find(request, pk, "change") if pk else None
    initial: dict[str, Any] = {"audience": "all"}
    if article is not None:
        initial = {
            name: getattr(article, name) for name in forms.ArticleForm.base_fields if name != "note"
        }
    form = forms.ArticleForm(request.POST or None, account=account, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(form, article, account)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("knowledge:article", saved.pk)
    back = reverse("knowledge:article", args=[pk]) if pk else reverse("knowledge:articles")
    context = {"form": form, "article": article, "cancel_url": back}
    status = 422 if request.method == "POST" else 200
    return render(request, "knowledge/article/edit.html", context, status=status)


def _save(form: forms.ArticleForm, article: Article | None, account: Account) -> Article:
    draft = actions.ArticleDraft(**form.words())
    at = timezone.now()
    if article is None:
        return actions.write_article(draft=draft, by=account, at=at)
    return actions.edit_article(
        article_id=article.pk,
        draft=draft,
        note=form.cleaned_data.get("note", ""),
        number=form.cleaned_data["number"],
        by=account,
        at=at,
    )


@require_POST
@allowed("knowledge.edit")
def article_retire(request: HttpRequest, pk: int) -> HttpResponse:
    article = _find(request, pk, "change")
    actions.retire_article(article_id=article.pk, by=_account(request), at=timezone.now())
    messages.success(request, _("已停用。"))
    return redirect("knowledge:articles")
