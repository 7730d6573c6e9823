"""The inbox and a case's page."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

import django_filters as filters
from django.apps import apps
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, npgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, can, may_enter, scope
from cangke.foundation.ui.public import (
    Column,
    Empty,
    ListPage,
    Preset,
    Search,
    act,
    once,
    refused,
)
from cangke.foundation.wording import listed
from cangke.rulebook.public import default_set_key

from .. import actions, forms, models, queries, registry, wording
from ..actions.asking import KIND
from ..models import ApprovalCase, ApprovalTask, Request
from ..rules import Action, CaseState, Flow, Mode, Step, TaskState

TONES = {
    CaseState.RUNNING: "wait",
    CaseState.RETURNED: "block",
    CaseState.APPROVED: "done",
    CaseState.REFUSED: "late",
    CaseState.WITHDRAWN: "",
}


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def _kinds() -> list[tuple[str, Any]]:
    return [(kind.code, kind.label) for kind in registry.KINDS.values()]


class CaseFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    kind = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=_kinds)
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=models.case_state_choices)
    part = filters.ChoiceFilter(
        label=gettext_lazy("与我有关"),
        method="of_part",
        choices=[
            ("waiting", gettext_lazy("待我处理")),
            ("mine", gettext_lazy("我提交的")),
            ("done", gettext_lazy("我处理过的")),
        ],
    )

    def search(self, rows: QuerySet[ApprovalCase], name: str, value: str) -> QuerySet[ApprovalCase]:
        found = rows.filter(title__icontains=value) | rows.filter(title_en__icontains=value)
        found |= rows.filter(number__icontains=value)
        return found | rows.filter(applicant__display_name__icontains=value)

    def of_part(
        self, rows: QuerySet[ApprovalCase], name: str, value: str
    ) -> QuerySet[ApprovalCase]:
        account = cast(Account, self.request.user)
        if value == "mine":
            return rows.filter(applicant=account) | rows.filter(submitted_by=account)
        if value == "done":
            decided = models.ApprovalDecision.objects.filter(
                by=account,
                action__in=[Action.APPROVE, Action.REFUSE, Action.RETURN, Action.OPINION],
            )
            return rows.filter(pk__in=decided.values("case"))
        waiting = queries.waiting_tasks(account, at=timezone.now())
        return rows.filter(pk__in=waiting.values("case"))


class CaseList(ListPage[ApprovalCase]):
    name = "approvals.case"
    template = "approvals/case/list.html"
    filterset_class = CaseFilter
    counted = npgettext_lazy("approval cases", "%(shown)s 张", "%(shown)s 张", "count")
    per_page = 25  # what somebody decides in one sitting; each row says where it is and until when
    columns = [
        Column("title", gettext_lazy("事项"), sort="title", always=True, phone="head"),
        Column("kind", gettext_lazy("类别"), sort="kind", phone="line"),
        Column("applicant", gettext_lazy("申请人"), sort="applicant__display_name", phone="line"),
        Column("step", gettext_lazy("现在到"), phone="line"),
        Column("due", gettext_lazy("期限"), phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("submitted", gettext_lazy("提交时间"), sort="submitted_at"),
        Column("number", gettext_lazy("编号"), sort="number"),
    ]
    default_sort = "-submitted"
    presets = [
        Preset("waiting", gettext_lazy("待我处理"), "part=waiting", tone="wait"),
        Preset("mine", gettext_lazy("我提交的"), "part=mine"),
        Preset("done", gettext_lazy("我处理过的"), "part=done"),
        Preset("all", gettext_lazy("全部")),
    ]
    empty = Empty(
        gettext_lazy("没有审批"),
        gettext_lazy("要别人同意的事会出现在这里。制度没有写到的事，可以先请示。"),
        [(gettext_lazy("提出请示"), "approvals:ask")],
    )

    def decorate(self, rows: list[ApprovalCase]) -> list[ApprovalCase]:
        """Where each case is now, with whom, until when: one query."""
        now: dict[int, list[ApprovalTask]] = {}
        open_tasks = ApprovalTask.objects.filter(case__in=rows, state=TaskState.OPEN)
        for task in open_tasks.select_related("account"):
            now.setdefault(task.case_id, []).append(task)
        flows: dict[int, Flow] = {}
        kinds = {kind: str(registry.kind_label(kind)) for kind in {row.kind for row in rows}}
        states = {code: str(label) for code, label in models.case_state_choices()}
        for row in rows:
            row.kind_label = kinds[row.kind]  # type: ignore[attr-defined]
            row.state_label = states[row.state]  # type: ignore[attr-defined]
            row.tone = TONES[CaseState(row.state)]  # type: ignore[attr-defined]
            tasks = now.get(row.pk, [])
            row.due_at = min((t.due_at for t in tasks if t.due_at), default=None)  # type: ignore[attr-defined]
            row.here = ""  # type: ignore[attr-defined]
            if tasks:
                if row.flow_id not in flows:
                    flows[row.flow_id] = row.flow.flow
                step = flows[row.flow_id].step(tasks[0].step)
                people = listed(dict.fromkeys(t.account.display_name for t in tasks))
                row.here = f"{_step_name(step)} · {people}"  # type: ignore[attr-defined]
        return rows

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "now": timezone.now(),
            "may_ask": can(self.request.user, "approvals.ask"),
        }


@require_GET
@allowed("approvals.view")
def case_list(request: HttpRequest) -> HttpResponse:
    return CaseList(request, queries.listed_cases(_account(request))).response()


@require_GET
@allowed("approvals.view")
def panel(request: HttpRequest) -> HttpResponse:
    """What waits for me, for the home page."""
    waiting = queries.waiting_cases(_account(request), at=timezone.now())
    rows = list(waiting.select_related("applicant")[:6])
    context = {"rows": rows[:5], "more": len(rows) > 5, "now": timezone.now()}
    return render(request, "approvals/case/panel.html", context)


@require_GET
@allowed("approvals.view")
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, queries.case_of(_account(request), pk))


def _back(case: ApprovalCase, step_key: str) -> list[tuple[str, str]]:
    """The earlier steps a task may give the matter back to."""
    flow = case.flow.flow
    stage = flow.step(step_key).stage
    return [(step.key, _step_name(step)) for step in flow.steps if step.stage < stage]


def _form(case: ApprovalCase, task: ApprovalTask, data: Any = None) -> forms.DecideForm:
    step = case.flow.flow.step(task.step)
    return forms.DecideForm(data, step=step, back=_back(case, task.step), prefix=f"t{task.pk}")


def _step_name(step: Step) -> str:
    return step.name_in(get_language() or "")


def _subject_url(case: ApprovalCase, account: Account) -> str:
    """The subject's own page, for whoever may open it."""
    kind = registry.KINDS.get(case.kind)
    if kind is None or not kind.url_name:
        return ""
    try:
        url = reverse(kind.url_name, args=[case.subject_id])
    except NoReverseMatch:
        return ""
    if not may_enter(account, url):
        return ""
    if kind.model:
        seen = scope(account, apps.get_model(kind.model), "view")
        return url if seen.filter(pk=case.subject_id).exists() else ""
    return url


def _rule_url(case: ApprovalCase, account: Account) -> str:
    """Where an answered request for instruction is written down as a rule (S5)."""
    if case.kind != KIND or case.state != CaseState.APPROVED or not can(account, "rulebook.edit"):
        return ""
    key = default_set_key()
    if key is None:
        return ""
    asked = [value for _label, value in case.points]
    answers = [each.comment for each in queries.decisions_of(case) if each.comment]
    query = urlencode(
        {"title": case.heading, "text": "\n".join([*answers, *asked])[:1000], "source": case.number}
    )
    return f"{reverse('rulebook:clause-new', args=[key])}?{query}"


def _panel_url(case: ApprovalCase) -> str:
    kind = registry.KINDS.get(case.kind)
    return reverse(kind.panel, args=[case.subject_id]) if kind and kind.panel else ""


def _decided_elsewhere(case: ApprovalCase, account: Account) -> bool:
    """Whether the subject's own page holds the forms; one that cannot be opened does not."""
    kind = registry.KINDS.get(case.kind)
    return kind is not None and kind.own_page and bool(_subject_url(case, account))


def _shown(
    request: HttpRequest,
    case: ApprovalCase,
    *,
    bound: tuple[int, forms.DecideForm] | None = None,
    said: forms.CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    account = _account(request)
    at = timezone.now()
    language = get_language() or ""
    tasks = queries.open_tasks_for(account, case, at=at)
    asked = [
        {
            "task": task,
            "step": case.flow.flow.step(task.step),
            "name": _step_name(case.flow.flow.step(task.step)),
            "opinion": case.flow.flow.step(task.step).mode == Mode.OPINION,
            "delegated": task.account_id != account.pk,
            "reason": wording.REASONS.get(task.reason, ""),
            "form": bound[1] if bound and bound[0] == task.pk else _form(case, task),
        }
        for task in tasks
    ]
    own = account.pk in (case.applicant_id, case.submitted_by_id)
    context = {
        "case": case,
        "kind": registry.kind_label(case.kind),
        "flow": f"{case.flow.name_in(language)} v{case.flow.number}",
        "tone": TONES[CaseState(case.state)],
        "steps": queries.steps_of(case, language=language),
        "decisions": queries.decisions_of(case),
        "modes": wording.MODES,
        "reasons": wording.REASONS,
        "asked": asked,
        "now": at,
        "own": own,
        "may_copy": queries.may_copy(account, case),
        "may_withdraw": own and case.is_open,
        "may_complete": own and case.state == CaseState.RETURNED and case.kind == KIND,
        "subject_url": _subject_url(case, account),
        "panel_url": _panel_url(case) if tasks else "",
        "rule_url": _rule_url(case, account),
        "elsewhere": bool(tasks) and not bound and _decided_elsewhere(case, account),
        "watchers": case.watchers.all(),
        "comment_form": said or forms.CommentForm(),
    }
    return render(request, "approvals/case/detail.html", context, status=status)


def _task(case: ApprovalCase, task_id: int) -> ApprovalTask:
    found = case.tasks.filter(pk=task_id).first()
    if found is None:
        raise Http404
    return found


@require_POST
@allowed("approvals.view")
@once("approvals.decide")
def decide(request: HttpRequest, pk: int, task_id: int) -> HttpResponse:
    """Agree, object or give back (``decision``)."""
    account = _account(request)
    case = queries.case_of(account, pk)
    task = _task(case, task_id)
    form = _form(case, task, request.POST)
    choice = request.POST.get("decision", "")
    if choice not in (Action.APPROVE, Action.REFUSE, Action.RETURN):
        raise Http404
    if form.is_valid():
        try:
            decided = actions.decide(
                task_id=task.pk,
                action=choice,
                by=account,
                at=timezone.now(),
                seen=request.POST.get("seen", ""),
                comment=form.cleaned_data["comment"],
                answers=form.answers(),
                back_to=form.cleaned_data.get("back_to", ""),
            )
        except (actions.BadAnswers, actions.StaleMatter) as refusal:
            # The page comes back with the matter as it is now and every word that was typed.
            refused(form, refusal)
        else:
            said = {
                Action.APPROVE: _("已同意。"),
                Action.REFUSE: _("已记下不同意。"),
                Action.RETURN: _("已退回。"),
            }
            messages.success(request, said[Action(choice)])
            return redirect("approvals:case", decided.pk)
    return _shown(request, case, bound=(task.pk, form), status=422)


@require_http_methods(["GET", "POST"])
@allowed("approvals.view")
@once("approvals.pass")
def pass_on(request: HttpRequest, pk: int, task_id: int) -> HttpResponse:
    account = _account(request)
    case = queries.case_of(account, pk)
    task = _task(case, task_id)
    return act(
        request,
        forms.PassOnForm(request.POST or None),
        lambda data: actions.pass_on(task_id=task.pk, by=account, at=timezone.now(), **data),
        title=_("转交"),
        done=reverse("approvals:case", args=[pk]),
        said=_("已转交。"),
        back=reverse("approvals:case", args=[pk]),
        submit_label=_("转交"),
    )


@require_http_methods(["GET", "POST"])
@allowed("approvals.view")
@once("approvals.signer")
def add_signer(request: HttpRequest, pk: int, task_id: int) -> HttpResponse:
    account = _account(request)
    case = queries.case_of(account, pk)
    task = _task(case, task_id)
    return act(
        request,
        forms.AddSignerForm(request.POST or None),
        lambda data: actions.add_signer(task_id=task.pk, by=account, at=timezone.now(), **data),
        title=_("加签"),
        done=reverse("approvals:case", args=[pk]),
        said=_("已加签。"),
        back=reverse("approvals:case", args=[pk]),
        submit_label=_("加签"),
    )


@require_POST
@allowed("approvals.view")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request)
    case = queries.case_of(account, pk)
    actions.withdraw(case_id=case.pk, by=account, at=timezone.now())
    messages.success(request, _("已撤回。"))
    return redirect("approvals:case", case.pk)


@require_POST
@allowed("approvals.view")
@once("approvals.comment")
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request)
    case = queries.case_of(account, pk)
    form = forms.CommentForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["comment"]
        actions.comment_on(case_id=case.pk, by=account, at=timezone.now(), comment=text)
        return redirect("approvals:case", case.pk)
    return _shown(request, case, said=form, status=422)


@require_http_methods(["GET", "POST"])
@allowed("approvals.view")
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request)
    case = queries.case_of(account, pk)
    return act(
        request,
        forms.CopyForm(request.POST or None),
        lambda data: actions.copy_to(case_id=case.pk, by=account, at=timezone.now(), **data),
        title=_("抄送"),
        done=reverse("approvals:case", args=[pk]),
        said=_("已抄送。"),
        back=reverse("approvals:case", args=[pk]),
        submit_label=_("抄送"),
    )


@require_http_methods(["GET", "POST"])
@allowed("approvals.ask")
@once("approvals.ask")
def ask(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    return act(
        request,
        forms.RequestForm(request.POST or None),
        lambda data: actions.ask(by=account, at=timezone.now(), **data),
        title=_("提出请示"),
        done=lambda case: reverse("approvals:case", args=[case.pk]),
        said=_("已提交，答复后会通知您。"),
        back=reverse("approvals:list"),
        submit_label=_("提交"),
        template="approvals/case/ask.html",
        context={"ahead": _ahead(account)},
    )


def _ahead(account: Account) -> list[tuple[str, actions.Ahead]]:
    """The way a request for instruction would go, for the form; nothing where no flow is."""
    try:
        found = actions.foresee(kind=KIND, applicant=account)
    except actions.NoFlow:
        return []
    return [(_step_name(each.step), each) for each in found]


@require_http_methods(["GET", "POST"])
@allowed("approvals.ask")
@once("approvals.complete")
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Complete one's returned request and hand it in again."""
    account = _account(request)
    case = queries.case_of(account, pk)
    found = Request.objects.filter(pk=case.subject_id, by=account).first()
    if case.kind != KIND or found is None:
        raise Http404
    initial = {
        "title": found.title,
        "body": found.body,
        "amount": found.amount,
        "currency": found.currency or "CNY",
    }

    def perform(data: dict[str, Any]) -> ApprovalCase:
        words = {name: data[name] for name in ("title", "body", "amount", "currency")}
        return actions.complete_request(case_id=case.pk, by=account, at=timezone.now(), **words)

    return act(
        request,
        forms.RequestForm(request.POST or None, initial=initial),
        perform,
        title=_("补充后重新提交"),
        done=reverse("approvals:case", args=[pk]),
        said=_("已重新提交。"),
        back=reverse("approvals:case", args=[pk]),
        submit_label=_("重新提交"),
    )
