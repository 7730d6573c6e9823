"""The board of probations, one file, and what people do with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, npgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.approvals import public as approvals
from cangke.foundation.access.public import allowed, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import (
    Column,
    Empty,
    ListPage,
    Preset,
    Search,
    SignedInRequest,
    act,
    once,
    refused,
)
from cangke.people.public import Employee, Team

from .. import actions, forms, models, queries, rules
from ..models import ProcessTemplate, RegularizationFile
from ..rules import FileState, Kind
from . import showing

TONES = {
    FileState.OPEN: "",
    FileState.RUNNING: "wait",
    FileState.RETURNED: "block",
    FileState.PASSED: "done",
    FileState.REJECTED: "late",
    FileState.ENDED: "",
}


class FileFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    team = filters.ModelChoiceFilter(
        label=gettext_lazy("组"), field_name="employee__team", queryset=Team.objects.all()
    )
    template = filters.ModelChoiceFilter(
        label=gettext_lazy("转正流程"),
        field_name="version__template",
        queryset=ProcessTemplate.objects.all(),
    )
    state = filters.MultipleChoiceFilter(
        label=gettext_lazy("状态"), choices=models.file_state_choices, distinct=False
    )
    part = filters.ChoiceFilter(
        label=gettext_lazy("范围"),
        method="of_part",
        choices=[
            ("soon", gettext_lazy("14 天内届满")),
            ("over", gettext_lazy("已过届满日")),
            ("late", gettext_lazy("审批逾期")),
        ],
    )

    def search(
        self, rows: QuerySet[RegularizationFile], name: str, value: str
    ) -> QuerySet[RegularizationFile]:
        return rows.filter(
            Q(employee__name__icontains=value)
            | Q(employee__number__iexact=value)
            | Q(number__icontains=value)
        )

    def of_part(
        self, rows: QuerySet[RegularizationFile], name: str, value: str
    ) -> QuerySet[RegularizationFile]:
        today = timezone.localdate()
        rows = rows.filter(state__in=models.OPEN_STATES)
        if value == "soon":
            return rows.filter(ends_on__gte=today, ends_on__lte=today + dt.timedelta(days=14))
        if value == "over":
            return rows.filter(ends_on__lt=today)
        late = approvals.ApprovalTask.objects.filter(state="open", due_at__lt=timezone.now())
        return rows.filter(case__in=late.values("case"))


class Board(ListPage[RegularizationFile]):
    """Who is due, in which step, with whom, and what is overdue (N15)."""

    name = "regularization.file"
    template = "regularization/file/list.html"
    filterset_class = FileFilter
    counted = npgettext_lazy("probations", "%(shown)s 人", "%(shown)s 人", "count")
    columns = [
        Column("employee", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("team", gettext_lazy("组"), sort="employee__team_id", phone="line"),
        Column("ends", gettext_lazy("试用期至"), sort="ends_on", phone="line"),
        Column("left", gettext_lazy("剩余"), phone="line"),
        Column("step", gettext_lazy("现在到"), phone="line"),
        Column("owner", gettext_lazy("等谁"), phone="line"),
        Column("due", gettext_lazy("步骤期限")),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("superior", gettext_lazy("直属上级"), hidden=True),
        Column("template", gettext_lazy("转正流程"), sort="version__template_id"),
        Column("number", gettext_lazy("编号"), sort="number", hidden=True),
    ]
    default_sort = "ends"
    presets = [
        Preset("pending", gettext_lazy("试用中"), "state=open&state=running&state=returned"),
        Preset("soon", gettext_lazy("快届满"), "part=soon", tone="wait"),
        Preset("over", gettext_lazy("过期未定"), "part=over", tone="late"),
        Preset("late", gettext_lazy("审批逾期"), "part=late", tone="late"),
        Preset("closed", gettext_lazy("已结束"), "state=passed&state=rejected&state=ended"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有人在试用期"),
        gettext_lazy("办理入职后，试用期员工的转正档案会自动出现在这里。"),
        [],
    )

    export = "regularization"
    export_permission = "regularization.export"

    def decorate(self, rows: list[RegularizationFile]) -> list[RegularizationFile]:
        """Where each file is and with whom: one query for all."""
        cases = [row.case_id for row in rows if row.case_id and row.state == FileState.RUNNING]
        waiting: dict[int, list[approvals.ApprovalTask]] = {}
        for task in approvals.ApprovalTask.objects.filter(
            case__in=cases, state="open", round=F("case__round")
        ).select_related("account"):
            waiting.setdefault(task.case_id, []).append(task)
        at, language = timezone.now(), get_language() or ""
        for row in rows:
            showing.dress(row, waiting.get(row.case_id or 0, []), at=at, language=language)
            row.tone = TONES[FileState(row.state)]  # type: ignore[attr-defined]
        return rows


@require_GET
@allowed("regularization.view")
def board(request: SignedInRequest) -> HttpResponse:
    return Board(request, queries.visible_files(request.user)).response()


@require_GET
@allowed("regularization.view")
def panel(request: SignedInRequest) -> HttpResponse:
    """My own probation and those who are due soon, for the home page."""
    today = timezone.localdate()
    rows = queries.visible_files(request.user).filter(state__in=models.OPEN_STATES)
    own = rows.filter(employee__account=request.user).first()
    due = rows.filter(ends_on__lte=today + dt.timedelta(days=14)).exclude(
        employee__account=request.user
    )
    found = list(due[:6])
    for row in [*found, own] if own else found:
        showing.count_down(row, today)
    context = {
        "own": own,
        "rows": found[:5],
        "more": len(found) > 5,
    }
    return render(request, "regularization/file/panel.html", context)


@require_GET
@allowed("regularization.view")
def employee_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The files of somebody, for their page in personnel."""
    rows = list(queries.visible_files(request.user).filter(employee=pk).order_by("-begins_on"))
    if not rows:  # somebody who came without a probation here; only who may see them is told so
        get_visible(request.user, Employee, "view", pk=pk)
    for row in rows:
        row.tone = TONES[FileState(row.state)]  # type: ignore[attr-defined]
    return render(request, "regularization/file/employee.html", {"rows": rows})


@require_GET
@allowed("regularization.view")
def file_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _shown(request, queries.file_of(request.user, pk))


def _form(
    file: RegularizationFile, task: approvals.ApprovalTask, step: rules.Step, data: Any = None
) -> forms.DecideForm:
    assert file.case is not None  # a task belongs to one
    flow = file.case.flow.flow
    asked = flow.step(step.key)
    language = get_language() or ""
    names = {each.key: each.name_in(language) for each in file.version.parsed.steps}
    back = [(each.key, names[each.key]) for each in flow.steps if each.stage < asked.stage]
    if step.kind == Kind.OPINIONS:
        back = []
    return forms.DecideForm(data, step=step, fields=asked.fields, back=back, prefix=f"t{task.pk}")


def _shown(
    request: SignedInRequest,
    file: RegularizationFile,
    *,
    bound: tuple[int, forms.DecideForm] | None = None,
    outcome: str = "",
    status: int = 200,
) -> HttpResponse:
    account, at, language = request.user, timezone.now(), get_language() or ""
    asked = [
        {
            "task": task,
            "step": step,
            "name": step.name_in(language),
            "final": step.kind == Kind.FINAL,
            "evaluate": step.kind == Kind.EVALUATE,
            "opinion": step.kind == Kind.OPINIONS,
            "delegated": task.account_id != account.pk,
            "form": bound[1] if bound and bound[0] == task.pk else _form(file, task, step),
        }
        for task, step in queries.open_tasks(account, file, at=at)
    ]
    own = file.employee.account_id == account.pk
    manages = queries.may_manage(account, file)
    superior = file.employee.superior
    leads = superior is not None and superior.account_id == account.pk
    today = queries.today_of(file.employee, at)
    sheet = showing.sheet_of(file, today, account=account)
    context = {
        "file": file,
        "employee": file.employee,
        "template": file.version.template.name_in(language),
        "tone": TONES[FileState(file.state)],
        "today": today,
        "left": file.days_left(today),
        "line": showing.timeline_of(file, today),
        "track": showing.track(file, language=language),
        "sheet": sheet,
        "words": showing.application_of(file),
        "opinions": showing.opinions_of(file, language=language),
        "conclusions": queries.conclusions_of(file),
        "asked": asked,
        "outcome": outcome,
        "months": [("1", 1), ("2", 2), ("3", 3)],
        "departments": list(file.asked.all()),
        "own": own,
        "may_apply": own and file.may_be_written,
        "may_ask": (manages or leads)
        and not own
        and file.is_pending
        and file.version.parsed.opinions is not None,
        "may_move": manages and file.state == FileState.OPEN,
        "effective": rules.effective_day(None, ends_on=file.ends_on, decided_on=today),
        "case_visible": file.case is not None
        and approvals.visible_cases(request.user).contains(file.case),
    }
    return render(request, "regularization/file/detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allowed("regularization.view")
@once("regularization.apply")
def application(request: SignedInRequest, pk: int) -> HttpResponse:
    """The employee's own application: kept as a draft, or handed in (``do``)."""
    file = queries.own_file(request.user, pk)
    form = forms.ApplicationForm(request.POST or None, file=file)
    done = redirect("regularization:file", file.pk)
    if request.method == "POST" and form.is_valid():
        words, at = form.cleaned_data, timezone.now()
        try:
            if request.POST.get("do") == "submit":
                actions.submit_application(file_id=file.pk, by=request.user, at=at, **words)
                messages.success(request, _("已提交，有进展会通知您。"))
            else:
                actions.write_application(file_id=file.pk, by=request.user, at=at, **words)
                messages.success(request, _("草稿已保存。"))
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return done
    elif not file.may_be_written:
        return done
    context = {
        "form": form,
        "file": file,
        "left": file.days_left(queries.today_of(file.employee, timezone.now())),
        "returned": showing.last_return(file),
        "cancel_url": reverse("regularization:file", args=[file.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "regularization/file/edit.html", context, status=status)


@require_POST
@allowed("regularization.view")
@once("regularization.decide")
def decide(request: SignedInRequest, pk: int, task_id: int) -> HttpResponse:
    """Agree, object, give back; in the final step pass, extend or reject (``decision``)."""
    account = request.user
    file = queries.file_of(account, pk)
    if file.case is None:
        raise Http404
    task = file.case.tasks.filter(pk=task_id).first()
    steps = {step.key: step for step in file.version.parsed.steps}
    if task is None or task.step not in steps:
        raise Http404
    step = steps[task.step]
    form = _form(file, task, step, request.POST)
    decision = request.POST.get("decision", "")
    outcome = request.POST.get("outcome", "")
    action = _action(step, decision, outcome)
    if form.is_valid() and action == "approve":
        form.ask_all()
    if form.is_valid():
        answers = form.answers()
        if action == "approve" and step.kind == Kind.FINAL:
            answers["outcome"] = outcome
        try:
            if not action:
                raise approvals.BadAnswers(_("请选择结论。"), field="comment")
            approvals.decide(
                task_id=task.pk,
                action=action,
                by=account,
                at=timezone.now(),
                seen=request.POST.get("seen", ""),
                comment=form.cleaned_data["comment"],
                answers=answers if action == "approve" else None,
                back_to=form.cleaned_data.get("back_to", ""),
            )
        except (approvals.BadAnswers, approvals.StaleMatter) as refusal:
            # The page comes back with every word that was typed.
            refused(form, refusal)
        else:
            messages.success(request, _("已记下。"))
            return redirect("regularization:file", file.pk)
    return _shown(request, file, bound=(task.pk, form), outcome=outcome, status=422)


def _action(step: rules.Step, decision: str, outcome: str) -> str:
    """What approvals is told; "" where nothing was chosen."""
    if decision not in ("approve", "refuse", "return"):
        raise Http404
    if step.kind != Kind.FINAL or decision == "return":
        return decision
    return {"pass": "approve", "extend": "approve", "reject": "refuse"}.get(outcome, "")


@require_http_methods(["GET", "POST"])
@allowed("regularization.view")
def ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which departments are asked for an opinion."""
    file = queries.file_of(request.user, pk)
    return act(
        request,
        forms.AskForm(request.POST or None, file=file),
        lambda data: actions.ask_departments(
            file_id=file.pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("跨部门意见"),
        done=reverse("regularization:file", args=[pk]),
        said=_("已保存。"),
        back=reverse("regularization:file", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@allowed("regularization.manage")
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a file go by another template."""
    file = queries.managed_file(request.user, pk)
    return act(
        request,
        forms.MoveForm(request.POST or None, initial={"template": file.version.template_id}),
        lambda data: actions.change_template(
            file_id=file.pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("换转正流程"),
        done=reverse("regularization:file", args=[pk]),
        said=_("已更换。"),
        back=reverse("regularization:file", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@allowed("regularization.manage")
def period(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the last day of a probation."""
    file = queries.managed_file(request.user, pk)
    return act(
        request,
        forms.PeriodForm(request.POST or None, initial={"ends_on": file.ends_on}),
        lambda data: actions.set_period(
            file_id=file.pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("改试用期"),
        done=reverse("regularization:file", args=[pk]),
        said=_("已保存。"),
        back=reverse("regularization:file", args=[pk]),
    )


@require_GET
@allowed("regularization.view")
def print_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole file on paper, with lines to sign on (N2, N16)."""
    file = queries.file_of(request.user, pk)
    language = get_language() or ""
    at = timezone.now()
    today = queries.today_of(file.employee, at)
    context = {
        "file": file,
        "employee": file.employee,
        "template": file.version.template.name_in(language),
        "words": showing.application_of(file, blank=True),
        "sheet": showing.sheet_of(file, today),
        "signatures": [
            (line.step.name_in(language), line.people, line.at if line.state == "done" else None)
            for line in queries.track_of(file, language=language)
            if line.step.decides
        ],
        "opinions": showing.opinions_of(file, language=language),
        "conclusions": queries.conclusions_of(file),
        "at": at,
    }
    return render(request, "regularization/file/print.html", context)


@require_GET
@allowed("regularization.view")
def export_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole file as one document for programs; giving it out is recorded (N16)."""
    file = queries.file_of(request.user, pk)
    at = timezone.now()
    document = showing.document_of(file, at=at)
    record(
        "regularization.exported",
        obj=file,
        by=request.user,
        at=at,
        changes={"fingerprint": approvals.fingerprint(document)},
    )
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{file.number}.json"'
    return answer
