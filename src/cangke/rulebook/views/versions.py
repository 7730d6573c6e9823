from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cangke.foundation.access.public import Account, allowed, can
from cangke.foundation.ui.public import once

from .. import actions, forms, queries
from ..models import UNPUBLISHED, PolicySet, RulebookVersion
from . import asked


def _find(request: HttpRequest, policy_set: PolicySet, number: int) -> RulebookVersion:
    version = (
        policy_set.versions.select_related("policy_set", "created_by", "published_by")
        .filter(number=number)
        .first()
    )
    if version is None or (version.state in UNPUBLISHED and not can(request.user, "rulebook.edit")):
        raise Http404
    return version


@require_GET
@allowed("rulebook.view")
def version_list(request: HttpRequest, key: str) -> HttpResponse:
    policy_set = asked.find_set(key)
    context = {
        "policy_set": policy_set,
        "versions": queries.list_versions(policy_set, on=asked.today()),
        "may_edit": can(request.user, "rulebook.edit"),
    }
    return render(request, "rulebook/version/list.html", context)


@require_GET
@allowed("rulebook.view")
def version_detail(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version and what it changed, against the one before or ``?against=``."""
    policy_set = asked.find_set(key)
    version = _find(request, policy_set, number)
    against = request.GET.get("against", "")
    if against and not (against.isascii() and against.isdecimal() and len(against) < 10):
        raise SuspiciousOperation("no such version")
    older = _find(request, policy_set, int(against)) if against else queries.before(version)
    code, tone, words = queries.standing_of(version, on=asked.today())
    context = {
        "policy_set": policy_set,
        "version": version,
        "older": older,
        "standing": code,
        "tone": tone,
        "standing_words": words,
        "differences": queries.list_differences(older.body if older else None, version.body),
        "others": [
            line
            for line in queries.list_versions(policy_set, on=asked.today())
            if line.version.number != number and line.standing != "draft"
        ],
        "form": forms.WithdrawForm(),
        "may_see_readers": version.published_at is not None
        and can(request.user, "rulebook.readers"),
        "may_withdraw": code == "coming" and can(request.user, "rulebook.publish"),
    }
    return render(request, "rulebook/version/detail.html", context)


@require_GET
@allowed("rulebook.view")
def version_export(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The version as a TOML file."""
    version = _find(request, asked.find_set(key), number)
    response = HttpResponse(
        actions.export_version(version), content_type="application/toml; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="rulebook-{key}-v{number}.toml"'
    return response


@require_POST
@allowed("rulebook.publish")
@once("rulebook.withdraw")
def version_withdraw(request: HttpRequest, key: str, number: int) -> HttpResponse:
    version = _find(request, asked.find_set(key), number)
    form = forms.WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明理由。"))
        return redirect("rulebook:version", key, number)
    account: Account = request.user  # type: ignore[assignment]  # let in by `allowed`
    actions.withdraw_version(
        version_id=version.pk,
        reason=form.cleaned_data["reason"],
        by=account,
        at=timezone.now(),
    )
    messages.success(request, _("第 %d 版已撤回。") % number)
    return redirect("rulebook:version", key, number)


def _by_id(request: HttpRequest, pk: int) -> RulebookVersion:
    version = RulebookVersion.objects.select_related("policy_set").filter(pk=pk).first()
    if version is None:
        raise Http404
    return _find(request, version.policy_set, version.number)


@require_GET
@allowed("rulebook.view")
def by_id(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a version is read: the draft's page while it is one, its own afterwards."""
    version = _by_id(request, pk)
    if version.state in UNPUBLISHED:
        return redirect("rulebook:draft", version.policy_set.key)
    return redirect("rulebook:version", version.policy_set.key, version.number)


@require_GET
@allowed("rulebook.view")
def impact(request: HttpRequest, pk: int) -> HttpResponse:
    """
    What the version would have changed in the last month that is over.

    Whoever decides about it need not be one who drafts; figures are those one may see anyway.
    """
    version = get_object_or_404(RulebookVersion.objects.select_related("policy_set"), pk=pk)
    account: Account = request.user  # type: ignore[assignment]  # let in by `allowed`
    found = queries.impact_of(version, account=account, at=timezone.now())
    return render(request, "rulebook/version/impact.html", {"impact": found, "version": version})
