"""One's payslip, and what one does with it; on paper too."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.attendance.public import DayRecord
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import SignedInRequest, act, once
from cangke.people.public import employee_of
from cangke.rulebook.public import explanation_url

from .. import actions, forms, queries, wording
from ..models import SETTLED, PayItem, PaySlip
from ..queries import ShownLine, month_span

ONE_DAY = dt.timedelta(days=1)


def _slips(request: SignedInRequest) -> QuerySet[PaySlip]:
    return scope(request.user, PaySlip, "view").select_related(
        "employee__site", "employee__post", "employee__team", "employee__department", "run__site",
        "confirmed_by",
    )  # fmt: skip


def _slip(request: SignedInRequest, pk: int) -> PaySlip:
    return get_visible(request.user, PaySlip, rows=_slips(request), pk=pk)


def lines_of(slip: PaySlip) -> list[ShownLine]:
    """The lines with their names and the addresses of their reasons."""
    return [
        ShownLine(line, str(wording.line_label(line.code)), explanation_url(slip, line.code))
        for line in slip.lines.all()
    ]


def _shown(slip: PaySlip) -> dict[str, Any]:
    lines = lines_of(slip)
    return {
        "slip": slip,
        "run": slip.run,
        "employee": slip.employee,
        "given": [each for each in lines if not each.taken],
        "taken": [each for each in lines if each.taken],
        "taken_total": slip.deductions + slip.insurance_employee + slip.tax,
        "totals": queries.month_totals(slip),
        "problems": [wording.problem_text(each) for each in slip.problems],
        "settled": slip.run.state in SETTLED,
    }


@require_GET
@allowed("payroll.own")
def slip_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The slip beside the month it was earned in; each line opens its reason (S6)."""
    slip = _slip(request, pk)
    own = slip.employee.account_id == request.user.pk
    context = {
        **_shown(slip),
        "own": own,
        "may_look": can(request.user, "payroll.look"),
        "may_confirm": can(request.user, "payroll.check") and slip.run.is_open,
        "weeks": weeks_of(slip),
        "may_days": scope(request.user, DayRecord, "view").filter(employee=slip.employee).exists(),
        "questions": slip.questions.select_related("answered_by"),
        "others": _others(request, slip),
        "owed": queries.owed_by(slip.employee) if slip.run.kind == "final" else [],
    }
    return render(request, "payroll/slip/detail.html", context)


def _others(request: SignedInRequest, slip: PaySlip) -> list[PaySlip]:
    """The slips of the same person that may be seen, newest first."""
    rows = scope(request.user, PaySlip, "view").filter(employee=slip.employee)
    return list(rows.select_related("run").order_by("-month", "-part")[:24])


def weeks_of(slip: PaySlip) -> list[list[dict[str, Any]]]:
    """The month in weeks from Monday, with what each day came to."""
    first, last = month_span(slip.month)
    start, end = first - first.weekday() * ONE_DAY, last + (6 - last.weekday()) * ONE_DAY
    zone = ZoneInfo(slip.employee.site.zone)
    rows = DayRecord.objects.filter(
        employee=slip.employee, date__gte=first, date__lte=last
    ).select_related("shift_type")
    records = {row.date: row for row in rows}
    leave = {day: float(share) for day, share, _kind in slip.facts.get("leave", [])}
    days = []
    for n in range((end - start).days + 1):
        day = start + n * ONE_DAY
        row = records.get(day)
        clock = ""
        if row is not None and (row.in_at or row.out_at):
            clock = "–".join(
                f"{each.astimezone(zone):%H:%M}" if each else "…"
                for each in (row.in_at, row.out_at)
            )
        days.append(
            {
                "date": day,
                "in_month": first <= day <= last,
                "record": row,
                "clock": clock,
                "leave": leave.get(day.isoformat()),
            }
        )
    return [days[n : n + 7] for n in range(0, len(days), 7)]


@require_GET
@allowed("payroll.own")
def slip_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The slip on paper, with clause and arithmetic of each line."""
    context = {**_shown(_slip(request, pk)), "at": timezone.now()}
    return render(request, "payroll/slip/print.html", context)


@require_GET
@allowed("payroll.own")
def mine(request: SignedInRequest) -> HttpResponse:
    """One's own slips, and what is proposed to be deducted before the next lock (L10)."""
    rows = scope(request.user, PaySlip, "view").filter(employee__account=request.user)
    settled = rows.filter(run__state__in=SETTLED).select_related("run").order_by("-month", "-part")
    locked = settled.values("month")
    proposed = (
        scope(request.user, PayItem, "view")
        .filter(employee__account=request.user, kind="recovery", state="counted")
        .exclude(month__in=locked)
        .select_related("employee__site")
    )
    person = employee_of(request.user)
    owed = queries.owed_by(person) if person else []
    context = {"slips": settled[:60], "proposed": proposed, "owed": owed}
    return render(request, "payroll/slip/mine.html", context)


@require_GET
@allowed("payroll.own")
def panel(request: SignedInRequest) -> HttpResponse:
    """The newest slip, for the home page, until it is acknowledged."""
    slip = (
        scope(request.user, PaySlip, "view")
        .filter(
            employee__account=request.user, run__state__in=SETTLED, acknowledged_at__isnull=True
        )
        .select_related("run")
        .order_by("-month")
        .first()
    )
    if slip is None:
        return HttpResponse(status=204)
    return render(request, "payroll/slip/panel.html", {"slip": slip})


@require_POST
@allowed("payroll.own")
def slip_acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    slip = _slip(request, pk)
    actions.acknowledge(slip_id=slip.pk, by=request.user, at=timezone.now())
    messages.success(request, _("已确认。仍可以提出疑问。"))
    return redirect("payroll:slip", slip.pk)


@require_http_methods(["GET", "POST"])
@allowed("payroll.own")
@once("payroll.ask")
def slip_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    slip = _slip(request, pk)
    lines = [(each.line.code, f"{each.label} {each.line.amount}") for each in lines_of(slip)]
    form = forms.QuestionForm(
        request.POST or None, lines=lines, initial={"code": request.GET.get("code", "")}
    )
    url = reverse("payroll:slip", args=[slip.pk])
    return act(
        request,
        form,
        lambda given: actions.ask_question(
            slip_id=slip.pk, by=request.user, at=timezone.now(), **given
        ),
        title=_("对 %s 的工资条提出疑问") % f"{slip.month:%Y-%m}",
        done=url,
        said=_("已提交给人事，会在期限内答复。"),
        back=url,
        submit_label=_("提交"),
    )


@require_http_methods(["GET", "POST"])
@allowed("payroll.check")
def slip_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm that a slip stays as it is though the guard warns (L12)."""
    slip = _slip(request, pk)
    url = reverse("payroll:slip", args=[slip.pk])
    return act(
        request,
        forms.ReasonForm(request.POST or None),
        lambda given: actions.confirm_guard(
            slip_id=slip.pk, by=request.user, at=timezone.now(), **given
        ),
        title=_("确认 %s 的工资条") % slip.employee.name,
        done=url,
        said=_("已确认。"),
        back=url,
        submit_label=_("确认"),
    )
