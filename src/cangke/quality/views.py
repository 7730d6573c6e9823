"""Pages of quality inspection."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from cangke.desk import public as desk
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.refusal import Refusal
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
    refused,
)
from cangke.foundation.wording import either
from cangke.rulebook.public import explanation_url

from . import actions, forms, models, queries
from .models import Check
from .rules import CheckState

TONES = {
    CheckState.OPEN: "wait",
    CheckState.SCORED: "done",
    CheckState.APPEALED: "accent",
    CheckState.SKIPPED: "",
}
EVENT_TONES = {"scored": "done", "appealed": "wait", "changed": "accent"}


def look_at(check: Check) -> Check:
    """Attach what templates draw."""
    row: Any = check
    row.tone = TONES[CheckState(check.state)]
    row.is_late = check.state == CheckState.OPEN and check.due_date < timezone.localdate()
    return check


class CheckFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    state = filters.MultipleChoiceFilter(
        label=gettext_lazy("状态"), choices=models.check_state_choices, distinct=False
    )
    reason = filters.MultipleChoiceFilter(
        label=gettext_lazy("来由"), choices=models.reason_choices, distinct=False
    )
    scored = filters.DateFromToRangeFilter(
        label=gettext_lazy("评分时间"), field_name="scored_at", widget=DateRange()
    )
    late = filters.BooleanFilter(label=gettext_lazy("过期未评"), method="only_late")

    def search(self, rows: QuerySet[Check], name: str, value: str) -> QuerySet[Check]:
        found = rows.filter(agent__name__icontains=value) | rows.filter(number__icontains=value)
        return found | rows.filter(conversation__number__icontains=value)

    def only_late(self, rows: QuerySet[Check], name: str, value: bool) -> QuerySet[Check]:
        if not value:
            return rows
        return rows.filter(state=CheckState.OPEN, due_date__lt=timezone.localdate())


class CheckList(ListPage[Check]):
    name = "quality.check"
    template = "quality/check/list.html"
    filterset_class = CheckFilter
    columns = [
        Column("conversation", gettext_lazy("会话"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("agent", gettext_lazy("客服"), sort="agent__name", phone="line"),
        Column("total", gettext_lazy("总分"), sort="total", numeric=True, phone="line"),
        Column("reason", gettext_lazy("来由"), sort="reason", phone="line"),
        Column("due", gettext_lazy("评分期限"), sort="due_date", phone="line"),
        Column("week", gettext_lazy("所属周"), sort="week"),
        Column("inspector", gettext_lazy("质检人"), sort="inspector__display_name"),
        Column("scored", gettext_lazy("评分时间"), sort="scored_at"),
    ]
    default_sort = "due"
    presets = [
        Preset("open", pgettext_lazy("check", "待评分"), "state=open", tone="wait"),
        Preset("appealed", pgettext_lazy("check", "申诉中"), "state=appealed", tone="accent"),
        Preset("scored", pgettext_lazy("check", "已评分"), "state=scored"),
        Preset("late", gettext_lazy("过期未评"), "late=true", tone="late"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有质检"),
        gettext_lazy("每周一自动从上周结束的会话里抽样；也可以在会话右侧指定一个。"),
    )

    def decorate(self, rows: list[Check]) -> list[Check]:
        return [look_at(row) for row in rows]

    def get_context(self) -> dict[str, Any]:
        return {"may_inspect": can(self.account, "quality.inspect")}


@require_GET
@allowed("quality.view")
def check_list(request: SignedInRequest) -> HttpResponse:
    return CheckList(request, queries.listed_checks(scope(request.user, Check, "view"))).response()


def _find(request: SignedInRequest, pk: int, action: str = "view") -> Check:
    rows = scope(request.user, Check, action).select_related(
        "agent__team",
        "agent__site",
        "conversation__customer",
        "conversation__channel__site",
        "inspector",
        "decided_by",
    )
    return get_visible(request.user, Check, action, rows=rows, pk=pk)


def _may_decide(request: SignedInRequest, check: Check) -> bool:
    """Whoever inspects, but neither the one who scored nor the one judged."""
    return (
        check.state == CheckState.APPEALED
        and can(request.user, "quality.inspect")
        and request.user.pk not in (check.inspector_id, check.agent.account_id)
    )


def _score_form(request: SignedInRequest, check: Check) -> forms.ScoreForm:
    policy = queries.inspection_policy(timezone.localdate())
    initial: dict[str, Any] = {f"item_{code}": points for code, points in check.scores.items()}
    initial["fatal"] = check.fatal
    return forms.ScoreForm(
        request.POST or None,
        items=queries.sheet_for(check, policy),
        fatal=policy.fatal,
        initial=initial,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("quality.view")
@once("quality.score")
def check_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The conversation on one side, the score sheet on the other."""
    check = look_at(_find(request, pk))
    inspects = can(request.user, "quality.inspect") and check.agent.account_id != request.user.pk
    may_score = inspects and check.state == CheckState.OPEN
    may_decide = _may_decide(request, check)
    form = _score_form(request, check) if may_score or may_decide else None
    if request.method == "POST":
        _find(request, pk, "inspect")
        if form is None:
            raise actions.CheckOver(_("这个会话已经评过，或不再评分。"))
        if form.is_valid():
            try:
                _take(request, check, form, decides=may_decide)
            except Refusal as refusal:
                refused(form, refusal)
            else:
                messages.success(request, _("已评分。"))
                return redirect("quality:check", pk=pk)
    context = {
        "check": check,
        "form": form,
        "may_score": may_score,
        "may_decide": may_decide,
        "may_skip": may_score,
        "may_appeal": check.agent.account_id == request.user.pk
        and check.may_be_appealed_on(timezone.localdate()),
        "may_open": can(request.user, "desk.view"),
        "lines": _lines(check),
        "why": explanation_url(check, "quality_total") if check.total is not None else "",
        "events": _events(check),
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "quality/check/detail.html", context, status=status)


def _take(request: SignedInRequest, check: Check, form: forms.ScoreForm, *, decides: bool) -> None:
    values = form.cleaned_data
    if decides:
        actions.decide_appeal(
            check_id=check.pk,
            scores=form.points(),
            fatal=values["fatal"],
            reason=values["comment"],
            by=request.user,
            at=timezone.now(),
        )
        return
    actions.score_check(
        check_id=check.pk,
        scores=form.points(),
        fatal=values["fatal"],
        comment=values["comment"],
        by=request.user,
        at=timezone.now(),
    )


def _lines(check: Check) -> list[dict[str, Any]]:
    return [
        {
            "name": either(item.name, item.name_en),
            "points": check.scores.get(item.code),
            "most": item.points,
            "tone": "late" if check.scores.get(item.code, 0) * 2 < item.points else "",
        }
        for item in check.sheet
    ]


def _events(check: Check) -> list[Any]:
    rows: list[Any] = list(check.events.select_related("by"))
    for row in rows:
        row.tone = EVENT_TONES.get(row.kind, "")
    return rows


@require_http_methods(["GET", "POST"])
@allowed("quality.inspect")
@once("quality.skip")
def check_skip(request: SignedInRequest, pk: int) -> HttpResponse:
    check = _find(request, pk, "inspect")
    back = reverse("quality:check", args=[pk])
    return act(
        request,
        forms.ReasonForm(request.POST or None),
        lambda values: actions.skip_check(
            check_id=check.pk, reason=values["reason"], by=request.user, at=timezone.now()
        ),
        title=_("不评这个会话"),
        done=reverse("quality:list"),
        said=_("已记下。"),
        back=back,
        submit_label=_("不评"),
    )


@require_http_methods(["GET", "POST"])
@allowed("quality.inspect")
@once("quality.uphold")
def check_uphold(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the score stand, with the reason."""
    check = _find(request, pk, "inspect")
    back = reverse("quality:check", args=[pk])
    return act(
        request,
        forms.ReasonForm(request.POST or None),
        lambda values: actions.decide_appeal(
            check_id=check.pk, reason=values["reason"], by=request.user, at=timezone.now()
        ),
        title=_("维持原分"),
        done=back,
        said=_("已决定。"),
        back=back,
        submit_label=_("维持原分"),
    )


@require_http_methods(["GET", "POST"])
@allowed("quality.view")
@once("quality.appeal")
def check_appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    check = _find(request, pk)
    back = reverse("quality:check", args=[pk])
    return act(
        request,
        forms.AppealForm(request.POST or None),
        lambda values: actions.appeal_check(
            check_id=check.pk, text=values["text"], by=request.user, at=timezone.now()
        ),
        title=_("申诉"),
        done=back,
        said=_("已提交申诉。"),
        back=back,
        submit_label=_("提交申诉"),
    )


@require_http_methods(["GET", "POST"])
@allowed("quality.inspect")
@once("quality.add")
def check_add(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """Have a conversation read that was not drawn."""
    found = get_visible(request.user, desk.Conversation, "view", pk=conversation_id)
    agents = queries.agents_of(found).exclude(account=request.user)
    return act(
        request,
        forms.AddForm(request.POST or None, agents=agents),
        lambda values: actions.add_check(
            conversation=found,
            agent=values["agent"],
            reason=values["reason"],
            by=request.user,
            at=timezone.now(),
        ),
        title=_("指定质检"),
        done=lambda check: reverse("quality:check", args=[check.pk]),
        back=reverse("desk:conversation", args=[conversation_id]),
        submit_label=_("开始质检"),
    )


@require_safe
@allowed("quality.view")
def conversation_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """What of a conversation was checked, beside it."""
    found = get_visible(request.user, desk.Conversation, "view", pk=pk)
    may_add = can(request.user, "quality.inspect") and queries.agents_of(found).exclude(
        account=request.user
    )
    context = {
        "checks": [look_at(each) for each in queries.checks_of(request.user, found)],
        "conversation": found,
        "may_add": bool(may_add),
    }
    return render(request, "quality/check/panel.html", context)


@require_safe
@allowed("quality.view")
def figures(request: SignedInRequest) -> HttpResponse:
    """Each agent's number and average in a month, opened down to the checks."""
    today = timezone.localdate()
    text = request.GET.get("month", "")
    try:
        month = dt.date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError:
        month = today.replace(day=1)
    after = (month + dt.timedelta(days=32)).replace(day=1)
    rows = scope(request.user, Check, "view").filter(week__gte=month, week__lt=after)
    context = {
        "month": month,
        "before": (month - dt.timedelta(days=1)).replace(day=1),
        "after": after if after <= today else None,
        "rows": queries.table_of(rows),
        "last": after - dt.timedelta(days=1),
    }
    return render(request, "quality/check/figures.html", context)
