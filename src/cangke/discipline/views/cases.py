"""Cases: the list, one case with everything beside it, and the steps people take."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms as django_forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cangke.approvals.public import ApprovalCase
from cangke.foundation.access.public import Account, allowed, can, get_visible, scope
from cangke.foundation.ui.public import (
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
from cangke.people.public import Employee
from cangke.rulebook.public import explanation_url

from .. import actions, forms, models, queries
from ..models import ConductCase, Incident
from ..rules import CaseState, Effect, Source
from . import words


class CaseFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    state = filters.MultipleChoiceFilter(
        label=gettext_lazy("状态"), choices=models.case_state_choices, distinct=False
    )
    source = filters.MultipleChoiceFilter(
        label=gettext_lazy("来源"), choices=models.source_choices, distinct=False
    )
    happened = filters.DateFromToRangeFilter(
        label=gettext_lazy("发生日期"), field_name="happened_on", widget=DateRange()
    )

    def search(self, rows: QuerySet[ConductCase], name: str, value: str) -> QuerySet[ConductCase]:
        return rows.filter(employee__name__icontains=value) | rows.filter(number__icontains=value)


class CaseList(ListPage[ConductCase]):
    name = "discipline.case"
    template = "discipline/case/list.html"
    filterset_class = CaseFilter
    counted = npgettext_lazy("discipline cases", "%(shown)s 件", "%(shown)s 件", "count")
    columns = [
        Column(
            "who", pgettext_lazy("one", "员工"), sort="employee__name", always=True, phone="head"
        ),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("ground", pgettext_lazy("conduct", "事由"), phone="line"),
        Column("happened", gettext_lazy("发生日期"), sort="happened_on", phone="line"),
        Column("kind", pgettext_lazy("column", "处分"), phone="line"),
        Column("source", gettext_lazy("来源"), sort="source"),
        Column("opened", gettext_lazy("提出时间"), sort="opened_at"),
    ]
    default_sort = "-opened"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("proposed", pgettext_lazy("conduct", "线索"), "state=proposed", tone="wait"),
        Preset("hearing", pgettext_lazy("conduct", "听取说明"), "state=hearing", tone="wait"),
        Preset("appealed", pgettext_lazy("conduct", "申诉中"), "state=appealed", tone="accent"),
        Preset("final", pgettext_lazy("conduct", "已生效"), "state=final"),
    ]
    empty = Empty(
        gettext_lazy("没有案件"),
        gettext_lazy("违约的承诺、不实的证明、屡次迟到等会作为线索出现在这里；没有人被自动处分。"),
    )

    def decorate(self, rows: list[ConductCase]) -> list[ConductCase]:
        return [words.look_at(row) for row in rows]

    def get_context(self) -> dict[str, Any]:
        return {"may_report": can(self.account, "discipline.report")}


@require_GET
@allowed("discipline.view")
def case_list(request: SignedInRequest) -> HttpResponse:
    rows = queries.listed_cases(scope(request.user, ConductCase, "view"))
    return CaseList(request, rows).response()


def find(request: SignedInRequest, pk: int, action: str = "view") -> ConductCase:
    rows = scope(request.user, ConductCase, action).select_related(
        "employee__site",
        "employee__team",
        "employee__department",
        "opened_by",
        "asked_by",
        "decided_by",
        "answered_by",
        "dropped_by",
    )
    return get_visible(request.user, ConductCase, action, rows=rows, pk=pk)


def people_for(account: Account) -> QuerySet[Employee]:
    """Whom somebody may write about: those of their reach who work here, but not themselves."""
    return (
        scope(account, Employee, "view")
        .filter(pk__in=Employee.objects.at_work().values("pk"))
        .exclude(account=account)
        .order_by("name", "pk")
    )


@require_GET
@allowed("discipline.view")
def case_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Facts, the person's word, the decision, and beside it earlier help and the trend (L23)."""
    case = words.look_at(find(request, pk))
    own = case.employee.account_id == request.user.pk
    today = timezone.localdate()
    decides = not own and scope(request.user, ConductCase, "decide").filter(pk=pk).exists()
    events: list[Any] = list(case.events.select_related("by"))
    for each in events:
        each.tone = words.EVENT_TONES.get(each.kind, "")
    trend = queries.trend(case.employee, today)
    context = {
        "case": case,
        "own": own,
        "decides": decides,
        "may_ask": decides and case.state == CaseState.PROPOSED,
        "may_decide": decides and case.state == CaseState.HEARING,
        "may_drop": decides and case.state in (CaseState.PROPOSED, CaseState.HEARING),
        "may_state": own and case.state == CaseState.HEARING and not case.was_heard,
        "may_acknowledge": own and case.is_served and case.acknowledged_at is None,
        "may_appeal": own and case.may_be_appealed_on(today),
        "may_answer": _may_answer(request, case, own=own),
        "may_announce": decides
        and case.state == CaseState.FINAL
        and case.effect == Effect.CRITICISM
        and case.announced_at is None,
        "leave_url": _leave_url(request, case) if decides else "",
        "incidents": case.incidents.order_by("happened_on", "pk"),
        "why": explanation_url(case, "conduct_candidate") if _by_rule(case) else "",
        "approval": ApprovalCase.objects.filter(kind=actions.DECISION, subject_id=pk).last(),
        "coaching": [
            words.look_at_coaching(each)
            for each in queries.coaching_for(case.employee, case.ground, today)
        ],
        "help": queries.help_for(request.user, case.employee, today),
        "training": queries.training_on(case.ground, case.happened_on),
        "earlier": [words.look_at(each) for each in queries.earlier_cases(request.user, case)],
        "trend": trend,
        "most": max(1, *(each.count for each in trend)),
        "events": events,
        "may_coach": can(request.user, "discipline.report") and not own,
    }
    return render(request, "discipline/case/detail.html", context)


def _by_rule(case: ConductCase) -> bool:
    return case.source not in (Source.MANUAL, Source.POOR)


def _may_answer(request: SignedInRequest, case: ConductCase, *, own: bool) -> bool:
    return (
        not own
        and case.state == CaseState.APPEALED
        and case.decided_by_id != request.user.pk
        and scope(request.user, ConductCase, "appeals").filter(pk=case.pk).exists()
    )


def _leave_url(request: SignedInRequest, case: ConductCase) -> str:
    """Where personnel carries a dismissal out: by people, never by the machine."""
    if case.state != CaseState.FINAL or case.effect != Effect.DISMISSAL:
        return ""
    return (
        reverse("people:detail", args=[case.employee_id])
        if can(request.user, "people.manage")
        else ""
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.report")
@once("discipline.report")
def case_new(request: SignedInRequest) -> HttpResponse:
    """Put a matter forward; the list of what is allowed stands beside the form (L19)."""
    today = timezone.localdate()
    facts = scope(request.user, Incident, "view").filter(case__isnull=True, cleared_at__isnull=True)
    form = forms.CaseForm(
        request.POST or None,
        people=people_for(request.user),
        grounds=queries.ground_policy(today).entries,
        incidents=facts.select_related("employee")[:60]
        if not request.POST
        else facts.select_related("employee"),
        today=today,
        initial={"employee": request.GET.get("employee", "")},
    )
    return act(
        request,
        form,
        lambda given: actions.report_case(
            by=request.user,
            at=timezone.now(),
            incidents=tuple(each.pk for each in given.pop("incidents", ())),
            **given,
        ),
        title=_("登记违规"),
        done=lambda case: reverse("discipline:case", args=[case.pk]),
        said=_("已登记，等待决定人处理。"),
        back=reverse("discipline:list"),
        submit_label=_("登记"),
        template="discipline/case/new.html",
        context={"manners": queries.manners(today)},
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.decide")
@once("discipline.ask")
def case_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    case = find(request, pk, "decide")
    url = reverse("discipline:case", args=[pk])
    return act(
        request,
        django_forms.Form(request.POST if request.method == "POST" else None),
        lambda _given: actions.ask_person(case_id=case.pk, by=request.user, at=timezone.now()),
        title=_("请本人说明"),
        done=url,
        said=_("已通知本人。"),
        back=url,
        submit_label=_("请本人说明"),
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.view")
@once("discipline.state")
def case_state(request: SignedInRequest, pk: int) -> HttpResponse:
    case = find(request, pk)
    url = reverse("discipline:case", args=[pk])
    return act(
        request,
        forms.StatementForm(request.POST or None),
        lambda given: actions.state_view(
            case_id=case.pk, text=given["text"], by=request.user, at=timezone.now()
        ),
        title=_("我的说明"),
        done=url,
        said=_("已提交，作决定的人会看到。"),
        back=url,
        submit_label=_("提交说明"),
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.decide")
@once("discipline.decide")
def case_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    case = words.look_at(find(request, pk, "decide"))
    policy = queries.conduct_policy(case.employee, timezone.localdate())
    url = reverse("discipline:case", args=[pk])
    return act(
        request,
        forms.DecisionForm(
            request.POST or None, kinds=policy.kinds, initial={"kind": words.proposed_kind(case)}
        ),
        lambda given: actions.decide_case(
            case_id=case.pk,
            measure=actions.Measure(**given),
            by=request.user,
            at=timezone.now(),
        ),
        title=_("作出决定"),
        done=url,
        said=_("已记下；需要审批的批准后才通知本人。"),
        back=url,
        submit_label=_("决定"),
        template="discipline/case/decide.html",
        context={"case": case, "policy": policy},
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.decide")
@once("discipline.drop")
def case_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    case = find(request, pk, "decide")
    url = reverse("discipline:case", args=[pk])
    return act(
        request,
        forms.ReasonForm(request.POST or None),
        lambda given: actions.drop_case(
            case_id=case.pk, reason=given["reason"], by=request.user, at=timezone.now()
        ),
        title=_("不予处分"),
        done=url,
        said=_("已记下。"),
        back=url,
        submit_label=_("不予处分"),
    )


@require_http_methods(["POST"])
@allowed("discipline.view")
def case_acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    case = find(request, pk)
    url = reverse("discipline:case", args=[pk])
    return act(
        request,
        django_forms.Form(request.POST),
        lambda _given: actions.acknowledge(case_id=case.pk, by=request.user, at=timezone.now()),
        title=_("签收"),
        done=url,
        said=_("已签收。签收只表示收到，不表示同意。"),
        back=url,
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.view")
@once("discipline.appeal")
def case_appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    case = find(request, pk)
    url = reverse("discipline:case", args=[pk])
    return act(
        request,
        forms.AppealForm(request.POST or None),
        lambda given: actions.appeal_case(
            case_id=case.pk, text=given["text"], by=request.user, at=timezone.now()
        ),
        title=_("申诉"),
        done=url,
        said=_("已提交申诉，由作出决定以外的人决定。"),
        back=url,
        submit_label=_("提交申诉"),
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.appeals")
@once("discipline.answer")
def case_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    case = words.look_at(find(request, pk, "appeals"))
    policy = queries.conduct_policy(case.employee, timezone.localdate())
    url = reverse("discipline:case", args=[pk])
    return act(
        request,
        forms.AnswerForm(request.POST or None, kinds=words.milder_kinds(case, policy)),
        lambda given: actions.answer_appeal(
            case_id=case.pk, by=request.user, at=timezone.now(), **given
        ),
        title=_("决定申诉"),
        done=url,
        said=_("已决定，本人会收到通知。"),
        back=url,
        submit_label=_("决定"),
        context={"case": case},
    )


@require_http_methods(["GET", "POST"])
@allowed("discipline.decide")
@once("discipline.announce")
def case_announce(request: SignedInRequest, pk: int) -> HttpResponse:
    case = words.look_at(find(request, pk, "decide"))
    url = reverse("discipline:case", args=[pk])
    text = f"{case.employee.department.name} {case.employee.name}：{case.matter}"
    return act(
        request,
        forms.NoticeForm(request.POST or None, initial={"text": text}),
        lambda given: actions.announce_case(
            case_id=case.pk, text=given["text"], by=request.user, at=timezone.now()
        ),
        title=_("发布通报批评"),
        done=url,
        said=_("已发布给全公司。"),
        back=url,
        submit_label=_("发布"),
    )
