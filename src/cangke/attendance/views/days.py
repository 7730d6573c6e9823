"""Day records: what each shift came to, and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import allowed, can, get_visible
from cangke.foundation.ui.public import (
    Column,
    DateRange,
    Empty,
    ListPage,
    Preset,
    Search,
    SignedInRequest,
)
from cangke.people.public import Team
from cangke.rulebook.public import explanation_url

from .. import queries, wording
from ..actions.days import FIGURES
from ..models import DayRecord, LeaveRequest, PunchCorrection, RawPunch, RedPacket
from ..models.days import day_state_choices
from ..queries.months import employed_in
from ..queries.rosters import kind_names
from ..rules import Side
from .parts import asked_month, months_around, today_at
from .words import DAY_TONES, PACKET_TONES

ONE_DAY = dt.timedelta(days=1)
REACH = dt.timedelta(hours=12)


class DayFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("搜索"), field_name="employee__name", lookup_expr="icontains",
        widget=Search(),
    )  # fmt: skip
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=day_state_choices)
    what = filters.ChoiceFilter(
        label=gettext_lazy("事项"),
        method="of_what",
        choices=[
            ("late", gettext_lazy("迟到")),
            ("early", gettext_lazy("早退")),
            ("absent", gettext_lazy("旷工")),
            ("missed", gettext_lazy("漏卡")),
            ("extended", gettext_lazy("延长")),
        ],
    )
    team = filters.ModelChoiceFilter(
        label=gettext_lazy("组"), field_name="employee__team", queryset=Team.objects.all()
    )
    date = filters.DateFromToRangeFilter(label=gettext_lazy("日期"), widget=DateRange())

    def of_what(self, rows: QuerySet[DayRecord], name: str, value: str) -> QuerySet[DayRecord]:
        if value == "late":
            return rows.filter(minutes_late__gt=0)
        if value == "early":
            return rows.filter(minutes_early__gt=0)
        if value == "absent":
            return rows.filter(absent_days__gt=0)
        if value == "extended":
            return rows.filter(extension_minutes__gt=0)
        return rows.filter(missed_in=True) | rows.filter(missed_out=True)


class DayList(ListPage[DayRecord]):
    name = "attendance.day"
    template = "attendance/day/list.html"
    filterset_class = DayFilter
    unit = pgettext_lazy("unit", "天")
    columns = [
        Column("who", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("date", gettext_lazy("日期"), sort="date", phone="line"),
        Column("shift", gettext_lazy("班次"), phone="line"),
        Column("in", gettext_lazy("上班打卡"), sort="in_at"),
        Column("out", gettext_lazy("下班打卡"), sort="out_at"),
        Column("says", gettext_lazy("判定"), phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("team", gettext_lazy("组"), hidden=True),
    ]
    default_sort = "-date"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("open", gettext_lazy("漏卡待处理"), "state=open", tone="wait"),
        Preset("marked", gettext_lazy("有违规"), "state=marked", tone="late"),
        Preset("waiting", gettext_lazy("等打卡数据"), "state=waiting"),
    ]
    empty = Empty(
        gettext_lazy("还没有考勤记录"),
        gettext_lazy("班次结束后会自动判定。先发布排班表。"),
        [(gettext_lazy("排班表"), "attendance:rosters")],
    )
    export = "attendance.days"
    export_permission = "attendance.export"

    def decorate(self, rows: list[DayRecord]) -> list[DayRecord]:
        for row in rows:
            decorate_day(row)
        return rows

    def get_context(self) -> dict[str, Any]:
        return {"may_look": can(self.account, "attendance.look")}


def decorate_day(row: DayRecord) -> DayRecord:
    """Attach what a template says about a day."""
    texts = [wording.verdict_text(each) for each in row.verdicts]
    if row.missed_in:
        texts.append(_("上班漏卡"))
    if row.missed_out:
        texts.append(_("下班漏卡"))
    if row.leave_days:
        away = wording.counted(row.leave_days)
        said = ngettext("请假 %s 天", "请假 %s 天", away) % wording.plain(row.leave_days)
        texts.append(said)
    row.says = "；".join(text for text in texts if text)  # type: ignore[attr-defined]
    row.tone = DAY_TONES.get(row.state, "")  # type: ignore[attr-defined]
    row.zone = row.employee.site.zone  # type: ignore[attr-defined]
    return row


@require_GET
@allowed("attendance.view")
def day_list(request: SignedInRequest) -> HttpResponse:
    rows = queries.visible(request.user, DayRecord).select_related(
        "employee__team", "employee__site", "shift_type"
    )
    return DayList(request, rows).response()


@require_GET
@allowed("attendance.view")
def day_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = queries.visible(request.user, DayRecord).select_related(
        "employee__team", "employee__site", "shift_type"
    )
    day = decorate_day(get_visible(request.user, DayRecord, rows=rows, pk=pk))
    own = day.employee.account_id == request.user.pk
    verdicts = [
        {
            **each,
            "says": wording.verdict_text(each),
            "url": explanation_url(day, FIGURES[Side(each["side"])])
            if each["clause"] in wording.CLAUSES
            else "",
        }
        for each in day.verdicts
    ]
    packets = list(RedPacket.objects.filter(employee=day.employee, date=day.date))
    for packet in packets:
        packet.tone = PACKET_TONES.get(packet.state, "")  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "day": day,
        "own": own,
        "verdicts": [each for each in verdicts if each["says"] or each["packet"]],
        "punches": RawPunch.objects.filter(
            employee=day.employee,
            minute__gte=day.starts_at - REACH,
            minute__lte=day.ends_at + REACH,
        ),
        "corrections": PunchCorrection.objects.filter(employee=day.employee, date=day.date),
        "packets": packets,
        "leave": LeaveRequest.objects.filter(
            employee=day.employee, first__lte=day.date, last__gte=day.date, state="approved"
        ),
        "kinds": kind_names(day.date),
        "may_correct": (own or can(request.user, "attendance.lead"))
        and (day.missed_in or day.missed_out or day.absent_days),
    }
    return render(request, "attendance/day/detail.html", context)


@require_GET
@allowed("attendance.look")
def month_table(request: SignedInRequest) -> HttpResponse:
    """Everybody's month in one table: what the pay run will be told."""
    month = asked_month(request, "Asia/Shanghai")
    people = queries.looked_after(request.user, "attendance.look")
    chosen = request.GET.get("team", "")
    teams = Team.objects.filter(pk__in=people.values("team_id"))
    team = teams.filter(pk=chosen).first() if chosen.isdecimal() else teams.first()
    rows = list(employed_in(month).filter(pk__in=people.values("pk"), team=team))
    judged = queries.judge_months(rows, month, at=timezone.now())
    entitled = queries.rest_entitled(rows, month)
    beyond = queries.off_shift_online(rows, month, at=timezone.now())
    owed: dict[int, Decimal] = {}
    for who, amount in RedPacket.objects.filter(
        employee__in=rows, state__in=["due", "overdue"]
    ).values_list("employee_id", "owed"):
        owed[who] = owed.get(who, Decimal(0)) + amount
    lines = [
        {
            "person": each.employee,
            "shifts": len(each.days),
            "late": sum(bool(v.minutes_late) for v in each.verdict.verdicts),
            "late_minutes": sum(v.minutes_late for v in each.verdict.verdicts),
            "early": sum(bool(v.minutes_early) for v in each.verdict.verdicts),
            "absent": each.verdict.absent_days,
            "leave": each.verdict.leave.days,
            "rest": each.rest_taken,
            "rest_entitled": entitled[each.employee.pk][0],
            "open": len(each.verdict.exceptions),
            "waiting": each.waiting,
            "owed": owed.get(each.employee.pk),
            "off_shift": beyond.get(each.employee.pk),
            "currency": each.employee.site.currency,
            "whole": each.verdict.is_clean and not each.verdict.exceptions,
        }
        for each in judged
    ]
    context = {
        "lines": lines,
        "teams": teams,
        "team": team,
        "month": month,
        "around": months_around(month),
        "today": today_at("Asia/Shanghai"),
    }
    return render(request, "attendance/day/month.html", context)
