from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import Step, once, refused

from .. import actions, forms, queries, rules
from ..models import EDITABLE, PolicySet, RulebookVersion, State
from . import asked


def _account(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]  # let in by `allowed`


def _draft_of(policy_set: PolicySet) -> RulebookVersion:
    draft = queries.get_draft(policy_set)
    if draft is None:
        raise Http404
    return draft


@require_GET
@allowed("rulebook.edit")
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """The draft: what it changes, and the way to publish it."""
    return _shown(request, asked.find_set(key))


def _shown(
    request: HttpRequest,
    policy_set: PolicySet,
    *,
    form: forms.AskForm | None = None,
    status: int = 200,
) -> HttpResponse:
    held = queries.get_draft(policy_set)
    older = queries.before(held) if held else None
    if form is None and held is not None:
        initial = {
            "revision": held.revision,
            "effective_from": held.effective_from or asked.today(),
            "note": held.note,
        }
        form = forms.AskForm(initial=initial)
    known = queries.catalogue()
    outcomes = rules.run_cases(held.body, known.evaluators) if held else []
    language = queries.reading_language()
    context = {
        "policy_set": policy_set,
        "draft": held,
        "older": older,
        "differences": queries.list_differences(older.body if older else None, held.body)
        if held
        else [],
        "own": [c for c in held.body["clauses"] if c["code"].startswith("own.")] if held else [],
        "outcomes": [queries.told_outcome(each) for each in outcomes],
        "failed": sum(not each.passed for each in outcomes),
        "evaluators": [(each.code, each.label_in(language)) for each in known.evaluators.values()],
        "editable": held is not None and held.state in EDITABLE,
        "track": _track(held) if held else [],
        "month": queries.last_month(timezone.now()),
        "form": form,
    }
    return render(request, "rulebook/draft/detail.html", context, status=status)


def _track(held: RulebookVersion) -> list[Step]:
    """How far the draft has come."""
    order = [State.DRAFT, State.TESTED, State.ASKED, State.APPROVED, State.PUBLISHED]
    here = order.index(State(held.state))
    words = [_("起草"), _("试算"), _("审批"), _("批准"), _("发布")]
    tones = ["done" if n < here else "now" if n == here else "todo" for n in range(len(order))]
    if held.state == State.TESTED:
        tones[1] = "done"
    return [Step(word, "", tone) for word, tone in zip(words, tones, strict=True)]


@require_POST
@allowed("rulebook.edit")
@once("rulebook.draft")
def draft_new(request: HttpRequest, key: str) -> HttpResponse:
    policy_set = asked.find_set(key)
    actions.open_draft(policy_set=policy_set, by=_account(request), at=timezone.now())
    return redirect("rulebook:draft", policy_set.key)


@require_POST
@allowed("rulebook.edit")
def draft_discard(request: HttpRequest, key: str) -> HttpResponse:
    held = _draft_of(asked.find_set(key))
    actions.discard_draft(draft_id=held.pk, by=_account(request), at=timezone.now())
    messages.success(request, _("草稿已丢弃。"))
    return redirect("rulebook:draft", key)


@require_POST
@allowed("rulebook.edit")
def draft_test(request: HttpRequest, key: str) -> HttpResponse:
    """Hold the draft against its own examples."""
    held = _draft_of(asked.find_set(key))
    outcomes = actions.run_examples(draft_id=held.pk, by=_account(request), at=timezone.now())
    failed = sum(not each.passed for each in outcomes)
    if failed:
        text = _("%(failed)d 个案例没有通过，共 %(all)d 个。")
        messages.error(request, text % {"failed": failed, "all": len(outcomes)})
    else:
        messages.success(request, _("%d 个案例全部通过。") % len(outcomes))
    return redirect("rulebook:draft", key)


@require_POST
@allowed("rulebook.edit")
@once("rulebook.ask")
def draft_ask(request: HttpRequest, key: str) -> HttpResponse:
    """Hand the draft in for approval."""
    policy_set = asked.find_set(key)
    held = _draft_of(policy_set)
    form = forms.AskForm(request.POST)
    if form.is_valid():
        try:
            version = actions.ask_approval(
                draft_id=held.pk,
                effective_from=form.cleaned_data["effective_from"],
                note=form.cleaned_data["note"],
                revision=form.cleaned_data["revision"],
                by=_account(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.data = {**request.POST.dict(), "revision": str(held.revision)}
            refused(form, refusal)
        else:
            text = _("第 %d 版已提交审批，批准后自动发布。")
            messages.success(request, text % version.number)
            return redirect("rulebook:draft", policy_set.key)
    return _shown(request, policy_set, form=form, status=422)


@require_POST
@allowed("rulebook.edit")
def draft_reopen(request: HttpRequest, key: str) -> HttpResponse:
    """An approved version that missed its day is handed in anew."""
    held = _draft_of(asked.find_set(key))
    actions.reopen_version(version_id=held.pk, by=_account(request), at=timezone.now())
    messages.success(request, _("已转回草稿，请另定生效日期重新提交。"))
    return redirect("rulebook:draft", key)


@require_http_methods(["GET", "POST"])
@allowed("rulebook.edit")
def words(request: HttpRequest, key: str, code: str = "") -> HttpResponse:
    """Reword a clause, or add one of the company's own."""
    policy_set = asked.find_set(key)
    held = queries.get_draft(policy_set)
    body = held.body if held else _latest_body(policy_set)
    clause = queries.clause_of(body, code) if code else None
    if code and clause is None:
        raise Http404
    given = {name: request.GET.get(name, "")[:2000] for name in ("title", "text", "source")}
    initial = {
        **(clause or {"chapter": "general", **given}),
        "revision": held.revision if held else 0,
    }
    form = forms.WordsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_words(
                policy_set=policy_set,
                code=code or _own_code(),
                words=form.words(),
                revision=form.cleaned_data["revision"] or 0,
                by=_account(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.data = {**request.POST.dict(), "revision": str(held.revision if held else 0)}
            refused(form, refusal)
        else:
            messages.success(request, _("已存入草稿。"))
            return redirect("rulebook:draft", policy_set.key)
    shipped = queries.catalogue().clauses.get(code)
    values: Any = body["values"] if body else {}
    context = {
        "policy_set": policy_set,
        "form": form,
        "code": code,
        "clause": clause,
        "name": queries.read_clause(clause, values).title if clause else "",
        "parameters": [
            (parameter.key, parameter.label_in(queries.reading_language()))
            for parameter in (shipped.parameters.values() if shipped else ())
        ],
        "own": not shipped,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rulebook/clause/edit.html", context, status=status)


def _latest_body(policy_set: PolicySet) -> dict[str, object] | None:
    latest = actions.latest_version(policy_set)
    return latest.body if latest else None


def _own_code() -> str:
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return f"own.{get_random_string(8, letters)}"


@require_POST
@allowed("rulebook.edit")
def clause_remove(request: HttpRequest, key: str, code: str) -> HttpResponse:
    held = _draft_of(asked.find_set(key))
    actions.remove_clause(draft_id=held.pk, code=code, by=_account(request), at=timezone.now())
    messages.success(request, _("已从草稿中删去。"))
    return redirect("rulebook:draft", key)


@require_http_methods(["GET", "POST"])
@allowed("rulebook.edit")
def draft_import(request: HttpRequest, key: str) -> HttpResponse:
    """Take a TOML file over into the draft."""
    policy_set = asked.find_set(key)
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            actions.import_version(
                policy_set=policy_set,
                text=upload.read(rules.LIMIT_BYTES + 1),
                by=_account(request),
                at=timezone.now(),
            )
        except actions.Refused as refusal:
            problems = [actions.problem_words(problem) for problem in refusal.problems]
        else:
            messages.success(request, _("已读入草稿，请核对改动后发布。"))
            return redirect("rulebook:draft", policy_set.key)
    context = {"policy_set": policy_set, "form": form, "problems": problems, "multipart": True}
    status = 422 if request.method == "POST" else 200
    return render(request, "rulebook/draft/import.html", context, status=status)
