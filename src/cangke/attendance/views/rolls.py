"""The roll call of a team's morning meeting (K25)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cangke.foundation.access.public import allowed, get_visible
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, once, refused
from cangke.people.public import Team

from .. import actions, forms, queries
from ..models import RollCall
from ..queries.rolls import Expected, expected_on
from .parts import today_at

ONE_DAY = dt.timedelta(days=1)


def _day(request: SignedInRequest, today: dt.date) -> dt.date:
    try:
        return min(today, dt.date.fromisoformat(request.GET.get("day", "")))
    except ValueError:
        return today


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("attendance.lead")
@once("attendance.roll")
def roll_call(request: SignedInRequest, pk: int) -> HttpResponse:
    """Today's list to fill in, prefilled from the punches; other days as they were kept."""
    teams = queries.teams_within(request.user, "attendance.lead").select_related("site")
    team = get_visible(request.user, Team, rows=teams, pk=pk)
    today = today_at(team.site.zone)
    day = _day(request, today)
    kept = RollCall.objects.filter(team=team, date=day).select_related("held_by").first()
    people = expected_on(team, day, at=timezone.now()) if day == today else []
    form = forms.RollForm(request.POST or None, people=people, initial=_initial(kept, people))
    if request.method == "POST" and day == today and form.is_valid():
        try:
            actions.hold_roll(
                team=team,
                date=today,
                lines=[actions.Called(**each) for each in form.lines()],
                note=form.cleaned_data["note"],
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("已点名。"))
            return redirect(reverse("attendance:roll", args=[pk]))
    context = {
        "team": team,
        "teams": teams,
        "day": day,
        "today": today,
        "before": day - ONE_DAY,
        "after": day + ONE_DAY if day < today else None,
        "kept": kept,
        "lines": kept.lines.select_related("employee") if kept and day != today else [],
        "form": form,
        "rows": form.rows(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "attendance/roll/detail.html", context, status=status)


def _initial(kept: RollCall | None, people: list[Expected]) -> dict[str, Any]:
    """What was kept before, or what the records suggest."""
    values: dict[str, Any] = {}
    for each in people:
        pk = each.employee.pk
        values |= {f"state_{pk}": each.state, f"reason_{pk}": each.reason}
    if kept is not None:
        values["note"] = kept.note
        for line in kept.lines.all():
            came = next((p.came_at for p in people if p.employee.pk == line.employee_id), None)
            state = "present" if came is not None else line.state
            values |= {
                f"state_{line.employee_id}": state,
                f"mood_{line.employee_id}": line.mood,
                f"reason_{line.employee_id}": line.reason,
            }
    return values
