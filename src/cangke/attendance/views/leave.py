"""Leave and rest days: asking with the rules in view, and what became of it."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.approvals.public import ApprovalCase, case_about, withdraw
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import (
    Column,
    DateRange,
    Empty,
    ListPage,
    Preset,
    Refusal,
    SignedInRequest,
    act,
    go_to,
    once,
    refused,
)
from cangke.people.public import Employee, employee_of

from .. import actions, forms, queries, wording
from ..actions.leave import MATTER
from ..models import EmergencyCall, LeaveEntry, LeaveRequest
from ..models.leave import request_state_choices
from ..queries.rosters import kind_names
from ..queries.today import standing_of
from .parts import NotAnEmployee, asked_month, today_at
from .words import LEAVE_TONES


class LeaveFilter(filters.FilterSet):
    q = filters.CharFilter(
        label=gettext_lazy("员工"), field_name="employee__name", lookup_expr="icontains"
    )
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=request_state_choices)
    first = filters.DateFromToRangeFilter(label=gettext_lazy("日期"), widget=DateRange())
    part = filters.ChoiceFilter(
        label=gettext_lazy("与我有关"),
        method="of_part",
        choices=[("mine", gettext_lazy("我的"))],
    )

    def of_part(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(employee__account=self.request.user)


class LeaveList(ListPage[LeaveRequest]):
    name = "attendance.leave"
    template = "attendance/leave/list.html"
    filterset_class = LeaveFilter
    unit = pgettext_lazy("requests", "份")
    columns = [
        Column("who", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("kind", gettext_lazy("假别"), sort="kind", phone="line"),
        Column("first", gettext_lazy("日期"), sort="first", phone="line"),
        Column("days", gettext_lazy("天数"), sort="days", numeric=True, phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("reason", gettext_lazy("原因")),
        Column("asked", gettext_lazy("申请时间"), sort="asked_at"),
    ]
    default_sort = "-asked"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("mine", gettext_lazy("我的"), "part=mine"),
        Preset("asked", gettext_lazy("等审批"), "state=asked", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("没有请假"),
        gettext_lazy("休假至少提前两天、请假至少提前一天申请，批准才算。"),
        [(gettext_lazy("申请请假"), "attendance:leave-new")],
    )

    def decorate(self, rows: list[LeaveRequest]) -> list[LeaveRequest]:
        names = kind_names(timezone.localdate())
        for row in rows:
            row.kind_name = names.get(row.kind, row.kind)  # type: ignore[attr-defined]
            row.tone = LEAVE_TONES.get(row.state, "")  # type: ignore[attr-defined]
        return rows

    def get_context(self) -> dict[str, Any]:
        employee = employee_of(self.request.user)
        return {
            "may_lead": can(self.account, "attendance.lead"),
            "employee": employee,
        }


def _rows(request: SignedInRequest) -> Any:
    return queries.visible(request.user, LeaveRequest).select_related(
        "employee__site", "employee__team", "asked_by", "call__recorded_by"
    )


@require_GET
@allowed("attendance.view")
def leave_list(request: SignedInRequest) -> HttpResponse:
    return LeaveList(request, _rows(request)).response()


def _for_whom(request: SignedInRequest) -> tuple[Employee, bool]:
    """
    Whose leave the form is about: one's own, or somebody's one looks after (``for``).

    :raises NotAnEmployee: if it would be one's own and there is no employee
    """
    other = request.GET.get("for", "")
    if other.isdecimal() and can(request.user, "attendance.lead"):
        rows = queries.looked_after(request.user, "attendance.lead")
        person = get_visible(request.user, Employee, rows=rows, pk=int(other))
        return person, person.account_id != request.user.pk
    own = employee_of(request.user)
    if own is None:
        raise NotAnEmployee(_("您的账户还没有对应的员工档案，请联系人事。"))
    return own, False


@require_http_methods(["GET", "POST"])
@allowed("attendance.view")
@once("attendance.leave")
def leave_new(request: SignedInRequest) -> HttpResponse:
    """The form; "look first" shows what the rules say without handing it in."""
    employee, on_behalf = _for_whom(request)
    at = timezone.now()
    today = today_at(employee.site.zone)
    initial: dict[str, Any] = {"emergency": request.GET.get("emergency") == "1", "kind": "rest"}
    if initial["emergency"]:
        initial["kind"] = "personal"
    with contextlib.suppress(ValueError):
        initial["first"] = initial["last"] = dt.date.fromisoformat(request.GET.get("day", ""))
    form = forms.LeaveForm(
        request.POST or None, kinds=kind_names(today), on_behalf=on_behalf, initial=initial
    )
    looked: list[str] | None = None
    is_fine = True
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        values = form.cleaned_data
        try:
            if "look" in request.POST:
                looked, is_fine = _look(employee, values, at)
            else:
                made = actions.ask_leave(employee=employee, by=request.user, at=at, **values)
                messages.success(request, _("已提交，等直属上级审批。批准前不算请假。"))
                url = reverse("attendance:leave-request", args=[made.pk])
                return go_to(url) if request.htmx else redirect(url)
        except Refusal as refusal:
            refused(form, refusal)
            status = 422
    month = today.replace(day=1)
    context = {
        "form": form,
        "employee": employee,
        "on_behalf": on_behalf,
        "looked": looked,
        "is_fine": is_fine,
        "standing": standing_of(employee, month, at=at),
    }
    return render(request, "attendance/leave/edit.html", context, status=status)


def _look(employee: Employee, values: dict[str, Any], at: dt.datetime) -> tuple[list[str], bool]:
    """What the rules say about a request, before it is handed in."""
    days = actions.days_asked(
        employee, values["kind"], values["first"], values["last"], half=values["half"]
    )
    if not days:
        return [_("这些天没有排班，不用请假。")], False
    call = None
    if values["emergency"]:
        call = EmergencyCall.objects.filter(
            employee=employee, date__gte=values["first"], date__lte=values["last"]
        ).first()
    matters = actions.matters_of(
        employee=employee,
        kind=values["kind"],
        days=days,
        at=at,
        call=call,
        emergency=values["emergency"],
    )
    total = sum(share for _day, share in days)
    texts = [_("共 %s 天") % wording.plain(str(total))]
    texts += [wording.asked_text(wording.asked_fact(each)) for each in matters]
    return texts, not any(each.matter.refuses for each in matters)


@require_GET
@allowed("attendance.view")
def leave_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_visible(request.user, LeaveRequest, rows=_rows(request), pk=pk)
    own = found.employee.account_id == request.user.pk
    today = today_at(found.employee.site.zone)
    may_lead = scope(request.user, LeaveRequest, "lead").filter(pk=found.pk).exists()
    context = {
        "leave": found,
        "kind": kind_names(found.first).get(found.kind, found.kind),
        "days": ngettext("%(count)s 天", "%(count)s 天", wording.counted(found.days))
        % {"count": wording.plain(found.days)},
        "tone": LEAVE_TONES.get(found.state, ""),
        "warnings": [wording.asked_text(each) for each in found.warnings],
        "case": case_about(request.user, MATTER, found.pk),
        "entries": found.entries.select_related("recorded_by").order_by("pk"),
        "may_withdraw": own and found.state == "asked",
        "may_cancel": found.state == "approved"
        and ((own and found.first > today) or (may_lead and not own)),
        "zone": found.employee.site.zone,
    }
    return render(request, "attendance/leave/detail.html", context)


@require_POST
@allowed("attendance.view")
def leave_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = LeaveRequest.objects.filter(employee__account=request.user)
    found = get_visible(request.user, LeaveRequest, rows=rows, pk=pk)
    case = ApprovalCase.objects.get(kind=MATTER, subject_id=found.pk)
    at = timezone.now()
    withdraw(case_id=case.pk, by=request.user, at=at)
    actions.drop_leave(request_id=found.pk, state="withdrawn", at=at)
    messages.success(request, _("已撤回。"))
    return redirect("attendance:leave-request", found.pk)


@require_http_methods(["GET", "POST"])
@allowed("attendance.view")
def leave_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_visible(request.user, LeaveRequest, rows=_rows(request), pk=pk)
    own = found.employee.account_id == request.user.pk
    led = scope(request.user, LeaveRequest, "lead").filter(pk=found.pk).exists()
    if not own and not led:
        found = get_visible(request.user, LeaveRequest, rows=LeaveRequest.objects.none(), pk=pk)
    form = forms.ReasonForm(request.POST or None)
    back = reverse("attendance:leave-request", args=[found.pk])
    return act(
        request,
        form,
        lambda values: actions.cancel_leave(
            request_id=found.pk,
            reason=values["reason"],
            by=request.user,
            at=timezone.now(),
            anytime=led and not own,
        ),
        title=_("取消请假"),
        done=back,
        said=_("已取消，天数已退回。"),
        back=back,
        submit_label=_("取消请假"),
    )


@require_http_methods(["GET", "POST"])
@allowed("attendance.lead")
@once("attendance.call")
def call_new(request: SignedInRequest) -> HttpResponse:
    """The supervisor notes that somebody called (K14)."""
    rows = queries.looked_after(request.user, "attendance.lead")
    form = forms.CallForm(
        request.POST or None,
        people=rows.filter(employed_to__isnull=True),
        initial={"date": timezone.localdate(), "called_at": timezone.localtime()},
    )
    return act(
        request,
        form,
        lambda values: actions.log_call(by=request.user, at=timezone.now(), **values),
        title=_("登记紧急来电"),
        done=reverse("attendance:leave"),
        said=_("来电已登记，员工返岗后补申请。"),
        back=reverse("attendance:leave"),
    )


@require_GET
@allowed("attendance.view")
def ledger(request: SignedInRequest) -> HttpResponse:
    """One's own rows of the ledger, or those of somebody one looks after."""
    employee, _on_behalf = _for_whom(request)
    month = asked_month(request, employee.site.zone)
    rows = LeaveEntry.objects.filter(employee=employee, date__year=month.year)
    names = kind_names(month)
    entries = list(rows.select_related("recorded_by", "request"))
    for entry in entries:
        entry.kind_name = names.get(entry.kind, entry.kind)  # type: ignore[attr-defined]
    context = {"employee": employee, "entries": entries, "year": month.year}
    return render(request, "attendance/leave/ledger.html", context)
