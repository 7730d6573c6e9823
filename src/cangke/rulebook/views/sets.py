from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, can
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import once, refused

from .. import actions, forms, ports, queries
from ..models import Assignment, PolicySet, unit_choices
from . import asked


def _account(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]  # let in by `allowed`


@require_GET
@allowed("rulebook.view")
def set_list(request: HttpRequest) -> HttpResponse:
    """All policy sets side by side, with the version in force and who lives by them."""
    on = asked.today()
    lines = []
    assignments = list(Assignment.objects.in_force(on).select_related("policy_set"))
    for policy_set in queries.list_sets():
        held = queries.version_in_force(on=on, group=policy_set.key)
        units = [_unit_name(each) for each in assignments if each.policy_set_id == policy_set.pk]
        lines.append({"set": policy_set, "version": held, "units": units})
    context = {"lines": lines, "may_edit": can(request.user, "rulebook.edit")}
    return render(request, "rulebook/set/list.html", context)


def _unit_name(assignment: Assignment) -> str:
    names = {(unit.kind, unit.id): unit.name for unit in ports.units.ask()}
    kind = dict(unit_choices()).get(assignment.unit_kind, assignment.unit_kind)
    known = names.get((assignment.unit_kind, assignment.unit_id))
    return f"{kind} {known or assignment.unit_id}"


@require_http_methods(["GET", "POST"])
@allowed("rulebook.edit")
@once("rulebook.set")
def set_new(request: HttpRequest) -> HttpResponse:
    form = forms.SetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_set(**form.cleaned_data, by=_account(request), at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("已建好，草稿可以修改和发布。"))
            return redirect("rulebook:draft", made.key)
    status = 422 if request.method == "POST" else 200
    return render(request, "rulebook/set/edit.html", {"form": form}, status=status)


@require_GET
@allowed("rulebook.view")
def set_detail(request: HttpRequest, key: str) -> HttpResponse:
    return _shown(request, asked.find_set(key))


def _shown(
    request: HttpRequest,
    policy_set: PolicySet,
    *,
    form: forms.AssignForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = policy_set.assignments.order_by("-valid_from", "pk")
    today = asked.today()
    context = {
        "policy_set": policy_set,
        "assignments": [
            {
                "row": row,
                "unit": _unit_name(row),
                "open": row.until is None or row.until >= today,
            }
            for row in rows
        ],
        "form": form or forms.AssignForm(today=today),
        "today": today,
        "may_assign": can(request.user, "rulebook.publish"),
    }
    return render(request, "rulebook/set/detail.html", context, status=status)


@require_POST
@allowed("rulebook.publish")
@once("rulebook.assign")
def assign(request: HttpRequest, key: str) -> HttpResponse:
    policy_set = asked.find_set(key)
    form = forms.AssignForm(request.POST, today=asked.today())
    if form.is_valid():
        kind, _colon, unit_id = form.cleaned_data["unit"].partition(":")
        try:
            actions.assign_set(
                policy_set=policy_set,
                unit_kind=kind,
                unit_id=int(unit_id),
                valid_from=form.cleaned_data["valid_from"],
                until=form.cleaned_data["until"],
                by=_account(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("已指定适用单位。"))
            return redirect("rulebook:set", key)
    return _shown(request, policy_set, form=form, status=422)


@require_POST
@allowed("rulebook.publish")
def assignment_end(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    row = get_object_or_404(Assignment, pk=pk, policy_set__key=key)
    form = forms.EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写结束日期。"))
        return redirect("rulebook:set", key)
    actions.end_assignment(
        assignment_id=row.pk,
        until=form.cleaned_data["until"],
        by=_account(request),
        at=timezone.now(),
    )
    messages.success(request, _("已结束适用。"))
    return redirect("rulebook:set", key)
