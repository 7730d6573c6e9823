from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, can
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import once, refused

from .. import actions, forms, queries, rules
from ..models import PolicySet, RulebookVersion
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
    form: forms.PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    held = queries.get_draft(policy_set)
    older = queries.before(held) if held else None
    if form is None and held is not None:
        initial = {
            "revision": held.revision,
            "effective_from": asked.today(),
            "note": held.note,
        }
        form = forms.PublishForm(initial=initial)
    context = {
        "policy_set": policy_set,
        "draft": held,
        "older": older,
        "differences": queries.list_differences(older.body if older else None, held.body)
        if held
        else [],
        "own": [c for c in held.body["clauses"] if c["code"].startswith("own.")] if held else [],
        "form": form,
        "may_publish": can(request.user, "rulebook.publish"),
        "who": queries.who_changes(),
    }
    return render(request, "rulebook/draft/detail.html", context, status=status)


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
@allowed("rulebook.publish")
@once("rulebook.publish")
def draft_publish(request: HttpRequest, key: str) -> HttpResponse:
    policy_set = asked.find_set(key)
    held = _draft_of(policy_set)
    form = forms.PublishForm(request.POST)
    if form.is_valid():
        try:
            version = actions.publish_version(
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
            day = form.cleaned_data["effective_from"].isoformat()
            text = _("第 %(number)d 版已发布，%(day)s 起执行。")
            messages.success(request, text % {"number": version.number, "day": day})
            return redirect("rulebook:version", policy_set.key, version.number)
    return _shown(request, policy_set, form=form, status=422)


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
    initial = {**(clause or {"chapter": "general"}), "revision": held.revision if held else 0}
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
    context = {
        "policy_set": policy_set,
        "form": form,
        "code": code,
        "clause": clause,
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
