from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import allowed, can, scope
from cangke.foundation.ui.public import SignedInRequest, act, once

from .. import actions, forms, queries
from ..models import Employee


@allowed("people.chart")
def org_chart(request: SignedInRequest) -> HttpResponse:
    """Departments as a tree with teams and posts: planned against actual (R1)."""
    return render(
        request,
        "people/chart/detail.html",
        {
            "roots": queries.org_chart(),
            "may_organise": can(request.user, "people.organise"),
            "may_view": can(request.user, "people.view"),
            "visible": _visible(request),
        },
    )


@allowed("people.chart")
def reporting_lines(request: SignedInRequest) -> HttpResponse:
    """Who reports to whom, from the top down (R1)."""
    return render(
        request,
        "people/chart/lines.html",
        {"lines": queries.reporting_lines(), "visible": _visible(request)},
    )


def _visible(request: SignedInRequest) -> set[int]:
    """Whose files the account may open: others are names only."""
    return set(scope(request.user, Employee, "view").values_list("pk", flat=True))


@allowed("people.organise")
@once("people.headcount")
def headcount_edit(request: SignedInRequest) -> HttpResponse:
    """Plan how many people of a post a unit has."""
    initial = {
        name: request.GET[name]
        for name in ("department", "team", "post", "planned")
        if request.GET.get(name, "").isdigit()
    }
    form = forms.HeadcountForm(request.POST or None, initial=initial)

    def perform(values: dict[str, Any]) -> None:
        team = values["team"]
        actions.set_headcount(
            department_id=values["department"].pk,
            team_id=team.pk if team else None,
            post_id=values["post"].pk,
            planned=values["planned"],
            by=request.user,
            at=timezone.now(),
        )

    return act(
        request,
        form,
        perform,
        title=_("编制"),
        done=reverse("people:chart"),
        said=_("编制已保存。"),
        back=reverse("people:chart"),
        template="people/employee/edit.html",
    )
