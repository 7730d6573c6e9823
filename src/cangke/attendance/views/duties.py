"""The week's chores and duties of a team (K26, K27)."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.ui.public import SignedInRequest, act
from cangke.people.public import Employee, Team, employee_of

from .. import actions, forms, queries
from ..models import DutyTurn
from ..queries.rosters import day_list
from .parts import region_of, today_at

ONE_DAY = dt.timedelta(days=1)


def _team(request: SignedInRequest) -> Team | None:
    teams = Team.objects.select_related("site")
    chosen = request.GET.get("team", "")
    if chosen.isdecimal():
        return teams.filter(pk=chosen).first()
    own = employee_of(request.user)
    if own is not None and own.team_id is not None:
        return teams.get(pk=own.team_id)
    return teams.first()


def _monday(request: SignedInRequest, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today
    return day - dt.timedelta(days=day.weekday())


def _address(team: Team, monday: dt.date) -> str:
    return f"{reverse('attendance:duties')}?team={team.pk}&day={monday}"


@require_GET
@allowed("attendance.view")
def duty_week(request: SignedInRequest) -> HttpResponse:
    """Who has which turn this week, and what was missed."""
    team = _team(request)
    if team is None:
        return render(request, "attendance/roster/none.html")
    today = today_at(team.site.zone)
    monday = _monday(request, today)
    rows = DutyTurn.objects.filter(team=team, date__gte=monday, date__lte=monday + 6 * ONE_DAY)
    turns = list(rows.select_related("employee__account"))
    days = [
        {"day": day, "turns": [each for each in turns if each.date == day.date]}
        for day in day_list(monday, monday + 6 * ONE_DAY, region=region_of(team))
    ]
    context = {
        "team": team,
        "teams": Team.objects.select_related("department"),
        "days": days,
        "monday": monday,
        "sunday": monday + 6 * ONE_DAY,
        "before": monday - 7 * ONE_DAY,
        "after": monday + 7 * ONE_DAY,
        "today": today,
        "may_plan": queries.teams_within(request.user, "attendance.plan")
        .filter(pk=team.pk)
        .exists(),
        "missed": DutyTurn.objects.filter(
            team=team, date__lt=today, date__gte=today - 14 * ONE_DAY, done_at__isnull=True
        ).select_related("employee"),
    }
    return render(request, "attendance/duty/week.html", context)


def _planned(request: SignedInRequest, pk: int) -> Team:
    rows = queries.teams_within(request.user, "attendance.plan").select_related("site")
    return get_visible(request.user, Team, rows=rows, pk=pk)


@require_http_methods(["GET", "POST"])
@allowed("attendance.plan")
def duty_new(request: SignedInRequest, pk: int) -> HttpResponse:
    team = _planned(request, pk)
    today = today_at(team.site.zone)
    form = forms.DutyForm(
        request.POST or None,
        people=Employee.objects.at_work().filter(team=team),
        initial={"date": request.GET.get("day") or today},
    )
    return act(
        request,
        form,
        lambda values: actions.assign_duty(team=team, by=request.user, at=timezone.now(), **values),
        title=_("安排值日或值班"),
        done=lambda made: _address(team, made.date),
        said=_("已安排，本人会收到通知。"),
        back=_address(team, today),
    )


@require_POST
@allowed("attendance.plan")
def duty_rotate(request: SignedInRequest, pk: int) -> HttpResponse:
    team = _planned(request, pk)
    monday = _monday(request, today_at(team.site.zone))
    count = actions.rotate_chores(team=team, monday=monday, by=request.user, at=timezone.now())
    said = ngettext("已排好 %d 天的值日。", "已排好 %d 天的值日。", count) % count
    messages.success(request, said if count else _("没有要排的：先发布排班表，或这一周已经排满。"))
    return redirect(_address(team, monday))


@require_http_methods(["GET", "POST"])
@allowed("attendance.view")
def duty_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person whose turn it is ticks it, or hands over."""
    rows = DutyTurn.objects.filter(employee__account=request.user).select_related("team")
    turn = get_visible(request.user, DutyTurn, rows=rows, pk=pk)
    form = forms.HandOverForm(request.POST or None)
    back = _address(turn.team, turn.date)
    return act(
        request,
        form,
        lambda values: actions.finish_duty(
            turn_id=turn.pk, note=values["note"], by=request.user, at=timezone.now()
        ),
        title=f"{turn.date:%m-%d} {turn.get_kind_display()}",
        done=back,
        said=_("已完成。"),
        back=back,
        submit_label=_("完成"),
    )


@require_POST
@allowed("attendance.plan")
def duty_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, DutyTurn, "change").select_related("team")
    turn = get_visible(request.user, DutyTurn, "change", rows=rows, pk=pk)
    actions.drop_duty(turn_id=turn.pk, by=request.user, at=timezone.now())
    messages.success(request, _("已取消。"))
    return redirect(_address(turn.team, turn.date))
