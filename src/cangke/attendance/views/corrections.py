"""Make-up punches: asking, and what became of the certificate."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.approvals.public import ApprovalCase, case_about, withdraw
from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.ui.public import (
    Column,
    Empty,
    ListPage,
    Preset,
    SignedInRequest,
    act,
    once,
)
from cangke.people.public import employee_of

from .. import actions, forms, queries
from ..actions.correcting import MATTER
from ..models import PunchCorrection
from ..models.punches import correction_state_choices
from .parts import me
from .words import CORRECTION_TONES


class CorrectionFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=correction_state_choices)


class CorrectionList(ListPage[PunchCorrection]):
    name = "attendance.correction"
    template = "attendance/correction/list.html"
    filterset_class = CorrectionFilter
    unit = pgettext_lazy("requests", "份")
    columns = [
        Column("who", gettext_lazy("员工"), sort="employee__name", always=True, phone="head"),
        Column("date", gettext_lazy("班次日期"), sort="date", phone="line"),
        Column("side", gettext_lazy("哪一次"), phone="line"),
        Column("claimed", gettext_lazy("实际到离时间"), phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("certifier", gettext_lazy("证明人"), phone="line"),
        Column("asked", gettext_lazy("提出时间"), sort="asked_at"),
    ]
    default_sort = "-asked"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("asked", gettext_lazy("等主管证明"), "state=asked", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("没有补卡"),
        gettext_lazy("漏了卡，由主管证明后可以补。"),
        [(gettext_lazy("申请补卡"), "attendance:correction-new")],
    )

    def decorate(self, rows: list[PunchCorrection]) -> list[PunchCorrection]:
        for row in rows:
            row.tone = CORRECTION_TONES.get(row.state, "")  # type: ignore[attr-defined]
            row.zone = row.employee.site.zone  # type: ignore[attr-defined]
        return rows

    def get_context(self) -> dict[str, Any]:
        return {"employee": employee_of(self.request.user)}


def _rows(request: SignedInRequest) -> Any:
    return queries.visible(request.user, PunchCorrection).select_related(
        "employee__site", "certified_by"
    )


@require_GET
@allowed("attendance.view")
def correction_list(request: SignedInRequest) -> HttpResponse:
    return CorrectionList(request, _rows(request)).response()


@require_http_methods(["GET", "POST"])
@allowed("attendance.view")
@once("attendance.correction")
def correction_new(request: SignedInRequest) -> HttpResponse:
    employee = me(request)
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = None
    side = request.GET.get("side", "in")
    form = forms.CorrectionForm(request.POST or None, initial={"date": day, "side": side})
    return act(
        request,
        form,
        lambda values: actions.ask_correction(
            employee=employee, by=request.user, at=timezone.now(), **values
        ),
        title=_("申请补卡"),
        done=lambda made: reverse("attendance:correction", args=[made.pk]),
        said=_("已提交，等直属上级证明。"),
        back=reverse("attendance:corrections"),
        submit_label=_("提交给上级"),
    )


@require_GET
@allowed("attendance.view")
def correction_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_visible(request.user, PunchCorrection, rows=_rows(request), pk=pk)
    case = case_about(request.user, MATTER, found.pk)
    may_lead = scope(request.user, PunchCorrection, "lead").filter(pk=found.pk).exists()
    context = {
        "correction": found,
        "case": case,
        "tone": CORRECTION_TONES.get(found.state, ""),
        "zone": found.employee.site.zone,
        "may_withdraw": found.state == "asked" and found.employee.account_id == request.user.pk,
        "may_prove_false": may_lead
        and found.state == "certified"
        and request.user.pk not in (found.certified_by_id, found.employee.account_id),
    }
    return render(request, "attendance/correction/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("attendance.lead")
def correction_false(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, PunchCorrection, "lead").exclude(certified_by=request.user)
    found = get_visible(request.user, PunchCorrection, rows=rows, pk=pk)
    form = forms.ReasonForm(request.POST or None)
    back = reverse("attendance:correction", args=[found.pk])
    return act(
        request,
        form,
        lambda values: actions.prove_false(
            correction_id=found.pk, note=values["reason"], by=request.user, at=timezone.now()
        ),
        title=_("认定证明不实"),
        done=back,
        said=_("已认定，补卡不再作数，证明人已收到通知。"),
        back=back,
        submit_label=_("认定不实"),
    )


@require_POST
@allowed("attendance.view")
def correction_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = PunchCorrection.objects.filter(employee__account=request.user)
    found = get_visible(request.user, PunchCorrection, rows=rows, pk=pk)
    case = ApprovalCase.objects.get(kind=MATTER, subject_id=found.pk)
    at = timezone.now()
    withdraw(case_id=case.pk, by=request.user, at=at)
    actions.drop_correction(correction_id=found.pk, state="withdrawn", at=at)
    messages.success(request, _("已撤回。"))
    return redirect("attendance:correction", found.pk)
