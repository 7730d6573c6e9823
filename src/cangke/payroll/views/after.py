"""What follows a run: notices and proposals for absence, and questions about slips."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cangke.approvals.public import case_about
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, SignedInRequest, act

from .. import actions, forms, wording
from ..models import AbsenceMeasure, SlipQuestion
from ..models.after import measure_state_choices


class MeasureFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=measure_state_choices)


class MeasureList(ListPage[AbsenceMeasure]):
    name = "payroll.measure"
    template = "payroll/measure/list.html"
    filterset_class = MeasureFilter
    unit = pgettext_lazy("notices", "份")
    columns = [
        Column("who", gettext_lazy("员工"), sort="slip__employee__name", always=True, phone="head"),
        Column("kind", gettext_lazy("类别"), sort="kind", phone="line"),
        Column("month", gettext_lazy("月份"), sort="slip__month", phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("at", gettext_lazy("起草时间"), sort="drafted_at"),
    ]
    default_sort = "-at"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("draft", gettext_lazy("草稿"), "state=draft", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("没有旷工通报"),
        gettext_lazy("锁定工资时，累计旷工达到制度规定的，这里会有草稿。"),
        [],
    )


def _measures(request: SignedInRequest, action: str = "view") -> Any:
    return scope(request.user, AbsenceMeasure, action).select_related(
        "slip__employee", "slip__run", "settled_by"
    )


@require_GET
@allowed("payroll.answer")
def measure_list(request: SignedInRequest) -> HttpResponse:
    return MeasureList(request, _measures(request)).response()


@require_GET
@allowed("payroll.answer")
def measure_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    measure = get_visible(request.user, AbsenceMeasure, rows=_measures(request), pk=pk)
    case = case_about(request.user, actions.DISMISSAL, measure.pk)
    return render(request, "payroll/measure/detail.html", {"measure": measure, "case": case})


@require_http_methods(["GET", "POST"])
@allowed("payroll.answer")
def measure_settle(request: SignedInRequest, pk: int) -> HttpResponse:
    """Publish the notice, or hand the proposal in for approval, in the words one settles on."""
    rows = _measures(request, "change")
    measure = get_visible(request.user, AbsenceMeasure, "change", rows=rows, pk=pk)
    url = reverse("payroll:measure", args=[measure.pk])
    is_notice = measure.kind == "criticism"
    perform = actions.publish_criticism if is_notice else actions.propose_dismissal
    return act(
        request,
        forms.MeasureForm(request.POST or None, initial={"text": measure.text}),
        lambda given: perform(measure_id=measure.pk, by=request.user, at=timezone.now(), **given),
        title=_("发布通报批评") if is_notice else _("提交辞退审批"),
        done=url,
        said=_("已发布给全公司。") if is_notice else _("已提交审批。"),
        back=url,
        submit_label=_("发布") if is_notice else _("提交审批"),
    )


@require_http_methods(["GET", "POST"])
@allowed("payroll.answer")
def measure_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = _measures(request, "change")
    measure = get_visible(request.user, AbsenceMeasure, "change", rows=rows, pk=pk)
    url = reverse("payroll:measure", args=[measure.pk])
    return act(
        request,
        forms.ReasonForm(request.POST or None),
        lambda given: actions.drop_measure(
            measure_id=measure.pk, by=request.user, at=timezone.now(), **given
        ),
        title=_("撤销这份草稿"),
        done=url,
        said=_("已撤销。"),
        back=url,
        submit_label=pgettext("item", "撤销"),
    )


class QuestionFilter(filters.FilterSet):
    open = filters.BooleanFilter(label=gettext_lazy("待答复"), method="still_open")

    def still_open(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(answered_at__isnull=True) if value else rows


class QuestionList(ListPage[SlipQuestion]):
    name = "payroll.question"
    template = "payroll/question/list.html"
    filterset_class = QuestionFilter
    unit = pgettext_lazy("questions", "个")
    columns = [
        Column("who", gettext_lazy("员工"), sort="slip__employee__name", phone="head"),
        Column("text", gettext_lazy("疑问"), always=True, phone="line"),
        Column("month", gettext_lazy("月份"), sort="slip__month", phone="line"),
        Column("due", gettext_lazy("答复期限"), sort="due_on", phone="line"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("asked", gettext_lazy("提问时间"), sort="asked_at"),
    ]
    default_sort = "-asked"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("open", gettext_lazy("待答复"), "open=true", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("没有工资疑问"),
        gettext_lazy("对工资条的某一项有疑问，在工资条上提出。"),
        [(gettext_lazy("我的工资条"), "payroll:mine")],
    )

    def get_context(self) -> dict[str, Any]:
        return {"today": timezone.localdate()}


def _questions(request: SignedInRequest, action: str = "view") -> Any:
    return scope(request.user, SlipQuestion, action).select_related(
        "slip__employee", "asked_by", "answered_by"
    )


@require_GET
@allowed("payroll.own")
def question_list(request: SignedInRequest) -> HttpResponse:
    return QuestionList(request, _questions(request)).response()


@require_http_methods(["GET", "POST"])
@allowed("payroll.own")
def question_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The question; personnel answers it here."""
    action = "view" if request.method == "GET" else "answer"
    question = get_visible(
        request.user, SlipQuestion, action, rows=_questions(request, action), pk=pk
    )
    may_answer = (
        can(request.user, "payroll.answer")
        and question.answered_at is None
        and question.asked_by_id != request.user.pk
    )
    url = reverse("payroll:question", args=[question.pk])
    return act(
        request,
        forms.AnswerForm(request.POST or None),
        lambda given: actions.answer_question(
            question_id=question.pk, by=request.user, at=timezone.now(), **given
        ),
        title=_("工资疑问"),
        done=url,
        said=_("已答复。"),
        back=reverse("payroll:questions"),
        submit_label=_("答复"),
        template="payroll/question/detail.html",
        context={
            "question": question,
            "may_answer": may_answer,
            "line": wording.line_label(question.code) if question.code else "",
        },
    )
