"""A team's month: to read, to plan, to publish."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed, get_visible
from cangke.foundation.ui.public import SignedInRequest, act, once
from cangke.people.public import Team, employee_of

from .. import actions, forms, queries
from ..actions import Edit
from ..actions.publishing import warning_of
from ..models import Roster, ShiftAssignment, ShiftType
from ..queries.rosters import choice_of, month_span, needs_of, people_of, versions_of
from .parts import asked_month, finding_text, months_around, region_of, today_at

ONE_DAY = dt.timedelta(days=1)
MOST_SHOWN = 40


def _teams() -> Any:
    return Team.objects.select_related("site", "department", "leader")


def _team(pk: int) -> Team:
    found = _teams().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _planned_team(request: SignedInRequest, pk: int) -> Team:
    rows = queries.teams_within(request.user, "attendance.plan")
    return get_visible(
        request.user,
        Team,
        rows=rows.select_related("site", "department", "leader"),
        pk=pk,
    )


def _address(name: str, team: Team, month: dt.date) -> str:
    return f"{reverse(f'attendance:{name}', args=[team.pk])}?month={month:%Y-%m}"


@require_GET
@allowed("attendance.view")
def roster_first(request: SignedInRequest) -> HttpResponse:
    """One's own team's roster; who is in none sees the first that there is."""
    employee = employee_of(request.user)
    team_id = employee.team_id if employee else None
    if team_id is None:
        team_id = (
            queries.teams_within(request.user, "attendance.plan")
            .values_list("pk", flat=True)
            .first()
            or Team.objects.values_list("pk", flat=True).first()
        )
    if team_id is None:
        return render(request, "attendance/roster/none.html")
    return redirect("attendance:roster", team_id)


@require_GET
@allowed("attendance.view")
def roster(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is published, for everybody."""
    team = _team(pk)
    return render(request, "attendance/roster/detail.html", _context(request, team, working=False))


def _span(request: SignedInRequest, month: dt.date) -> tuple[dt.date, dt.date, str]:
    """The month, or the seven days around the day asked for."""
    first, last = month_span(month)
    if request.GET.get("view") != "week":
        return first, last, "month"
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = first
    day = min(max(day, first), last)
    monday = day - dt.timedelta(days=day.weekday())
    return max(monday, first), min(monday + dt.timedelta(days=6), last), "week"


def _context(request: SignedInRequest, team: Team, *, working: bool) -> dict[str, Any]:
    zone = team.site.zone
    month = asked_month(request, zone)
    first, last, view = _span(request, month)
    found = Roster.objects.filter(team=team, month=month).first()
    grid = queries.grid_of(team, first, last, working=working, region=region_of(team))
    planned = queries.teams_within(request.user, "attendance.plan")
    may_plan = working or planned.filter(pk=team.pk).exists()
    return {
        "team": team,
        "teams": planned.select_related("department") if working else _teams(),
        "month": month,
        "first": first,
        "last": last,
        "week_before": first - ONE_DAY,
        "week_after": last + ONE_DAY,
        "has_week_before": first.day > 1,
        "has_week_after": (last + ONE_DAY).month == month.month,
        "view": view,
        "around": months_around(month),
        "roster": found,
        "grid": grid,
        "today": today_at(zone),
        "may_plan": may_plan,
        "may_call": queries.teams_within(request.user, "attendance.lead")
        .filter(pk=team.pk)
        .exists(),
        "me": employee_of(request.user),
        "versions": versions_of(found)[:6] if found else [],
        "on_duty": _on_duty(team),
    }


def _on_duty(team: Team) -> list[Any]:
    """Who is at work right now, for the head of the page (K2)."""
    now = timezone.now()
    rows = queries.assignments_between(
        team, now.date() - ONE_DAY, now.date() + ONE_DAY, working=False
    ).filter(starts_at__lte=now, ends_at__gt=now)
    return list(rows.order_by("starts_at", "-published_leads", "employee__number"))


def _kinds() -> list[ShiftType]:
    return list(ShiftType.objects.filter(active=True))


def _plan_context(request: SignedInRequest, team: Team) -> dict[str, Any]:
    context = _context(request, team, working=True)
    grid = context["grid"]
    names = {line.employee.pk: line.employee.name for line in grid.lines}
    kinds = _kinds()
    labels = {kind.code: str(kind) for kind in ShiftType.objects.all()}
    findings = queries.findings_of(team, context["month"])
    context |= {
        "kinds": kinds,
        "was": json.dumps(
            {
                f"{line.employee.pk}.{cell.date.isoformat()}": cell.value
                for line in grid.lines
                for cell in line.cells
                if cell.value
            }
        ),
        "blocking": [
            finding_text(warning_of(each), names=names, kinds=labels)
            for each in findings
            if each.problem.blocks
        ],
        "warnings": [
            finding_text(warning_of(each), names=names, kinds=labels)
            for each in findings
            if not each.problem.blocks
        ][:MOST_SHOWN],
        "planned": any(line.count for line in grid.lines),
    }
    return context


@require_http_methods(["GET", "POST"])
@allowed("attendance.plan")
@once("attendance.plan")
def roster_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """The planner's grid; one form holds every cell."""
    team = _planned_team(request, pk)
    month = asked_month(request, team.site.zone)
    if request.method == "POST":
        count = actions.plan_cells(
            team=team, month=month, edits=_edits(request), by=request.user, at=timezone.now()
        )
        said = ngettext("已保存 %d 格。", "已保存 %d 格。", count) % count
        messages.success(request, said if count else _("没有改动。"))
        return redirect(_plan_address(request, team, month))
    return render(request, "attendance/roster/plan.html", _plan_context(request, team))


def _plan_address(request: SignedInRequest, team: Team, month: dt.date) -> str:
    address = _address("plan", team, month)
    if request.GET.get("view") == "week":
        day = request.GET.get("day", "")
        address += f"&view=week&day={day}" if len(day) <= 10 else "&view=week"
    return address


def _edits(request: SignedInRequest) -> list[Edit]:
    """The cells of the form that differ from what the planner saw."""
    try:
        was = json.loads(request.POST.get("was") or "{}")
    except json.JSONDecodeError:
        was = {}
    if not isinstance(was, dict):
        was = {}
    edits = []
    for name, value in request.POST.items():
        who, dot, day = name.partition(".")
        if not dot or not who.isdecimal():
            continue
        try:
            date = dt.date.fromisoformat(day)
        except ValueError:
            continue
        seen = was.get(name, "")
        if value != seen:
            edits.append(Edit(int(who), date, str(value), str(seen)))
    return edits


@require_http_methods(["GET", "POST"])
@allowed("attendance.plan")
def cell(request: SignedInRequest, pk: int, employee_id: int, day: str) -> HttpResponse:
    """One person's day, for the phone."""
    team = _planned_team(request, pk)
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    month = date.replace(day=1)
    person = people_of(team, *month_span(month)).filter(pk=employee_id).first()
    if person is None:
        raise Http404
    row = (
        queries.assignments_between(team, date, date, working=True).filter(employee=person).first()
    )
    now = _choice(row)
    form = forms.CellForm(request.POST or None, kinds=_kinds(), initial={"choice": now})
    return act(
        request,
        form,
        lambda values: actions.plan_cells(
            team=team,
            month=month,
            edits=[Edit(person.pk, date, values["choice"])],
            by=request.user,
            at=timezone.now(),
        ),
        title=f"{person.name} · {date:%m-%d}",
        done=_address("plan", team, month),
        said=_("已保存。"),
        back=_address("plan", team, month),
        submit_label=_("保存"),
    )


def _choice(row: ShiftAssignment | None) -> str:
    return choice_of(row.shift_type.code, row.leads) if row else ""


@require_http_methods(["GET", "POST"])
@allowed("attendance.plan")
def roster_fill(request: SignedInRequest, pk: int) -> HttpResponse:
    team = _planned_team(request, pk)
    month = asked_month(request, team.site.zone)
    first, last = month_span(month)
    form = forms.FillForm(
        request.POST or None,
        kinds=_kinds(),
        people=people_of(team, first, last),
        initial={"first": first, "last": last},
    )
    return act(
        request,
        form,
        lambda values: actions.fill(
            team=team,
            month=month,
            employee_ids=[person.pk for person in values["people"]],
            choice=values["choice"],
            first=values["first"],
            last=values["last"],
            weekdays=values["weekdays"],
            by=request.user,
            at=timezone.now(),
        ),
        title=_("批量排班 · %s") % f"{month:%Y-%m}",
        done=_address("plan", team, month),
        said=_("已填好。"),
        back=_address("plan", team, month),
        submit_label=_("填入"),
    )


@require_POST
@allowed("attendance.plan")
@once("attendance.propose")
def roster_propose(request: SignedInRequest, pk: int) -> HttpResponse:
    team = _planned_team(request, pk)
    month = asked_month(request, team.site.zone)
    count = actions.propose_month(team=team, month=month, by=request.user, at=timezone.now())
    if count:
        said = ngettext("已排好 %d 格，请看过再发布。", "已排好 %d 格，请看过再发布。", count)
        messages.success(request, said % count)
    else:
        messages.info(request, _("没有可以自动排的人：每个人都已经有班次。"))
    return redirect(_address("plan", team, month))


@require_http_methods(["GET", "POST"])
@allowed("attendance.plan")
def roster_needs(request: SignedInRequest, pk: int) -> HttpResponse:
    team = _planned_team(request, pk)
    month = asked_month(request, team.site.zone)
    form = forms.NeedsForm(request.POST or None, kinds=_kinds(), needs=needs_of(team))
    return act(
        request,
        form,
        lambda values: actions.save_needs(
            team=team, least=form.least(), by=request.user, at=timezone.now()
        ),
        title=_("每天最少人数"),
        done=_address("plan", team, month),
        said=_("已保存。"),
        back=_address("plan", team, month),
        submit_label=_("保存"),
    )


@require_POST
@allowed("attendance.plan")
@once("attendance.publish")
def roster_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    team = _planned_team(request, pk)
    month = asked_month(request, team.site.zone)
    made = actions.publish_roster(team=team, month=month, by=request.user, at=timezone.now())
    messages.success(request, _("已发布第 %d 版，相关的人会收到通知。") % made.number)
    return redirect(_address("roster", team, month))
