"""The question log (J4)."""

from __future__ import annotations

from typing import Any, cast

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cangke.foundation.access.public import Account, allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, Search, act, once

from .. import actions, forms
from ..models import Question


class QuestionFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("疑问、答案"), method="search", widget=Search(), max_length=60
    )
    open = filters.BooleanFilter(
        label=gettext_lazy("待解答"), field_name="answered_at", lookup_expr="isnull"
    )
    mine = filters.BooleanFilter(label=gettext_lazy("我提出的"), method="only_mine")
    asked = filters.DateFromToRangeFilter(label=gettext_lazy("提出日期"), field_name="asked_at")

    def search(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        return rows.filter(text__icontains=value) | rows.filter(answer__icontains=value)

    def only_mine(self, rows: QuerySet[Question], name: str, value: bool) -> QuerySet[Question]:
        mine = {"asked_by": cast(Account, self.request.user)}
        return rows.filter(**mine) if value else rows.exclude(**mine)


class QuestionList(ListPage[Question]):
    name = "knowledge.question"
    template = "knowledge/question/list.html"
    filterset_class = QuestionFilter
    counted = npgettext_lazy("hard questions", "%(shown)s 条", "%(shown)s 条", "count")
    columns = [
        Column("text", gettext_lazy("疑问"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="answered_at", phone="side"),
        Column("about", gettext_lazy("关于"), sort="about", phone="line"),
        Column("answer", gettext_lazy("答案"), phone="line"),
        Column("asked_by", gettext_lazy("提出人"), sort="asked_by__display_name", phone="line"),
        Column("asked", gettext_lazy("提出时间"), sort="asked_at", phone="line"),
    ]
    default_sort = "-asked"
    presets = [
        Preset("open", gettext_lazy("待解答"), "open=true", tone="wait"),
        Preset("mine", gettext_lazy("我提出的"), "mine=true"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("还没有疑问"),
        gettext_lazy("当天没弄明白的地方当天记下来，找到答案后补上；有用的可以做成知识文章。"),
        [(gettext_lazy("记一条疑问"), "knowledge:question-new")],
    )


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


@require_safe
@allowed("knowledge.view")
def question_list(request: HttpRequest) -> HttpResponse:
    rows = scope(request.user, Question, "view").select_related("asked_by", "article")
    return QuestionList(request, rows).response()


@require_http_methods(["GET", "POST"])
@allowed("knowledge.ask")
@once("knowledge.question")
def question_new(request: HttpRequest) -> HttpResponse:
    """Note what one did not understand."""
    form = forms.QuestionForm(
        request.POST or None, initial={"about": request.GET.get("about", "")[:120]}
    )
    return act(
        request,
        form,
        lambda values: actions.ask_question(**values, by=_account(request), at=timezone.now()),
        title=_("记一条疑问"),
        done=lambda question: reverse("knowledge:question", args=[question.pk]),
        said=_("已记下，组长和同事可以解答。"),
        back=reverse("knowledge:questions"),
        submit_label=_("记下"),
    )


@require_http_methods(["GET", "POST"])
@allowed("knowledge.view")
@once("knowledge.answer")
def question_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The question; below it the answer, or the field for it."""
    rows = scope(request.user, Question, "view").select_related(
        "asked_by", "answered_by", "article"
    )
    question = get_visible(request.user, Question, rows=rows, pk=pk)
    open_to_me = question.answered_at is None and can(request.user, "knowledge.ask")
    form = forms.AnswerForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "question": question,
        "may_answer": open_to_me,
        "may_keep": question.answered_at is not None
        and question.article is None
        and can(request.user, "knowledge.edit"),
        "form": form,
    }
    if request.method != "POST":
        return render(request, "knowledge/question/detail.html", context)
    return act(
        request,
        form,
        lambda values: actions.answer_question(
            question_id=pk, answer=values["answer"], by=_account(request), at=timezone.now()
        ),
        title=_("疑问"),
        done=reverse("knowledge:question", args=[pk]),
        said=_("已写下答案。"),
        template="knowledge/question/detail.html",
        context=context,
    )


@require_http_methods(["GET", "POST"])
@allowed("knowledge.edit")
@once("knowledge.question_keep")
def question_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an answered question become an article."""
    question = get_visible(request.user, Question, "publish", pk=pk)
    form = forms.KeepForm(request.POST or None, initial={"title": question.text[:120]})
    return act(
        request,
        form,
        lambda values: actions.make_article_of(
            question_id=pk, **values, by=_account(request), at=timezone.now()
        ),
        title=_("做成知识文章"),
        done=lambda article: reverse("knowledge:article-edit", args=[article.pk]),
        said=_("已做成文章，请再润色。"),
        back=reverse("knowledge:question", args=[pk]),
        submit_label=_("做成文章"),
    )
