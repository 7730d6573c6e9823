"""The draft's own examples."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import once, refused

from .. import actions, forms, queries
from ..models import RulebookVersion
from . import asked


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def _draft_of(key: str) -> RulebookVersion:
    draft = queries.get_draft(asked.find_set(key))
    if draft is None:
        raise Http404
    return draft


@require_http_methods(["GET", "POST"])
@allowed("rulebook.edit")
@once("rulebook.case")
def case_new(request: HttpRequest, key: str, rule: str) -> HttpResponse:
    if rule not in queries.catalogue().evaluators:
        raise Http404
    return _edit(request, _draft_of(key), rule, number=None, case=None)


@require_http_methods(["GET", "POST"])
@allowed("rulebook.edit")
def case_edit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    held = _draft_of(key)
    case = _case_of(held, number)
    return _edit(request, held, case["rule"], number=number, case=case)


def _case_of(held: RulebookVersion, number: int) -> dict[str, Any]:
    cases = held.body.get("cases", [])
    if not 1 <= number <= len(cases):
        raise Http404
    return cast(dict[str, Any], cases[number - 1])


def _edit(
    request: HttpRequest,
    held: RulebookVersion,
    rule: str,
    *,
    number: int | None,
    case: dict[str, Any] | None,
) -> HttpResponse:
    evaluator = queries.catalogue().evaluators[rule]
    form = forms.CaseForm(
        request.POST or None, evaluator=evaluator, case=case, revision=held.revision
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_case(
                draft_id=held.pk,
                number=number,
                case=form.case(),
                revision=form.cleaned_data["revision"],
                by=_account(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.data = {**request.POST.dict(), "revision": str(held.revision)}
            refused(form, refusal)
        else:
            messages.success(request, _("案例已存入草稿。"))
            return redirect("rulebook:draft", held.policy_set.key)
    context = {
        "policy_set": held.policy_set,
        "form": form,
        "number": number,
        "rule": evaluator.label_in(queries.reading_language()),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rulebook/case/edit.html", context, status=status)


@require_POST
@allowed("rulebook.edit")
def case_remove(request: HttpRequest, key: str, number: int) -> HttpResponse:
    held = _draft_of(key)
    _case_of(held, number)
    actions.remove_case(
        draft_id=held.pk,
        number=number,
        revision=asked.read_revision(request),
        by=_account(request),
        at=timezone.now(),
    )
    messages.success(request, _("案例已删去。"))
    return redirect("rulebook:draft", key)


@require_POST
@allowed("rulebook.edit")
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Let the examples expect what the draft's values come to."""
    held = _draft_of(key)
    actions.accept_results(
        draft_id=held.pk,
        revision=asked.read_revision(request),
        by=_account(request),
        at=timezone.now(),
    )
    messages.success(request, _("案例的期望值已改为试算结果，请核对。"))
    return redirect("rulebook:draft", key)
