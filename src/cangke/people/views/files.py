"""The personnel file: abilities, contracts, the work of a month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import allowed, get_visible
from cangke.foundation.calendar.public import site_day
from cangke.foundation.files.public import IMAGES, store
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, act, once

from .. import actions, forms, models, ports, queries, rules, wording
from ..models import Contract, Employee
from .employees import visible_employee

SCANS = IMAGES | {"application/pdf"}


def chosen_month(request: SignedInRequest, employee: Employee) -> dt.date:
    """
    The month of the address (``?month=2025-04``), or the one it is where somebody works.

    :raises Http404: for a month that is none, or has not come
    """
    this = site_day(timezone.now(), employee.site.zone).replace(day=1)
    wanted = request.GET.get("month", "")
    if not wanted:
        return this
    try:
        month = dt.date.fromisoformat(f"{wanted}-01")
    except ValueError:
        raise Http404 from None
    if month > this:
        raise Http404
    return month


def neighbours(request: SignedInRequest, employee: Employee, month: dt.date) -> dict[str, Any]:
    """The months before and after, for leafing."""
    this = site_day(timezone.now(), employee.site.zone).replace(day=1)
    after = queries.month_end(month) + queries.ONE_DAY
    return {
        "month": month,
        "month_before": (month - queries.ONE_DAY).replace(day=1),
        "month_after": after if after <= this else None,
    }


@require_GET
@allowed("people.chart")
def employee_work(request: SignedInRequest, pk: int) -> HttpResponse:
    """What somebody did in a month, under the five core fields of the post (R11)."""
    employee = visible_employee(request, pk)
    month = chosen_month(request, employee)
    return render(
        request,
        "people/employee/work.html",
        {
            "employee": employee,
            **neighbours(request, employee, month),
            "fields": [
                (wording.FIELD_LABELS[key], counts)
                for key, counts in queries.work_by_field(employee, month)
            ],
            "duty": queries.duty_in(employee, month),
        },
    )


@require_GET
@allowed("people.chart")
def employee_abilities(request: SignedInRequest, pk: int) -> HttpResponse:
    """The six abilities as a figure and as a table, with what is recorded beside (R6)."""
    employee = visible_employee(request, pk)
    month = chosen_month(request, employee)
    lines = queries.abilities_of(employee, month)
    names = dict(models.ability_choices())
    radar = rules.draw_radar(
        {line.ability: line.rating.score for line in lines if line.rating is not None}
    )
    return render(
        request,
        "people/employee/abilities.html",
        {
            "employee": employee,
            **neighbours(request, employee, month),
            "lines": [(names[line.ability], line) for line in lines],
            "radar": radar,
            "spokes": [(names[spoke.ability], spoke) for spoke in radar.spokes],
            "may_rate": queries.may_rate(request.user, pk),
        },
    )


@require_http_methods(["GET", "POST"])
@allowed("people.rate")
@once("people.rate")
def employee_rate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rate somebody's abilities for this month or the last."""
    employee = visible_employee(request, pk, "rate")
    if employee.account_id == request.user.pk:
        raise Refusal(_("不能评价自己。"))
    this = site_day(timezone.now(), employee.site.zone).replace(day=1)
    form = forms.AbilityForm(
        request.POST or None,
        lines=queries.abilities_of(employee, this),
        months=[this, (this - queries.ONE_DAY).replace(day=1)],
    )
    back = reverse("people:abilities", args=[pk])
    return act(
        request,
        form,
        lambda _values: actions.rate_abilities(
            employee_id=employee.pk, by=request.user, at=timezone.now(), **form.said()
        ),
        title=_("评价能力 · %s") % employee.name,
        done=back,
        said=_("评价已记下，以前的评价保留。"),
        back=back,
        template="people/employee/rate.html",
    )


@require_http_methods(["GET", "POST"])
@allowed("people.contracts")
@once("people.contract")
def contract_new(request: SignedInRequest, pk: int) -> HttpResponse:
    employee = visible_employee(request, pk)
    back = reverse("people:detail", args=[pk])
    initial = {"from_date": employee.employed_from}

    def perform(values: dict[str, Any]) -> Contract:
        at, upload = timezone.now(), values.pop("scan")
        scan = None
        if upload:
            scan = store(
                upload, purpose="people.contract", by=request.user, at=at, allowed_types=SCANS
            )
        return actions.add_contract(
            employee_id=employee.pk, by=request.user, at=at, scan=scan, **values
        )

    return act(
        request,
        forms.ContractForm(request.POST or None, request.FILES or None, initial=initial),
        perform,
        title=_("登记合同 · %s") % employee.name,
        done=back,
        said=_("合同已登记。"),
        back=back,
        template="people/employee/edit.html",
    )


@require_http_methods(["GET", "POST"])
@allowed("people.contracts")
@once("people.contract-void")
def contract_void(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = get_visible(request.user, Contract, "change", pk=pk)
    back = reverse("people:detail", args=[contract.employee_id])
    return act(
        request,
        forms.VoidForm(request.POST or None),
        lambda values: actions.void_contract(
            contract_id=contract.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("作废合同 · %s") % contract.number,
        done=back,
        said=_("合同已作废，记录保留。"),
        back=back,
        submit_label=_("作废"),
    )


@require_http_methods(["GET", "POST"])
@allowed("people.rate")
@once("people.handover")
def employee_handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """What somebody has in hand, giving it to a colleague, and the lists of before (Q8)."""
    employee = visible_employee(request, pk, "rate")
    back = reverse("people:handover", args=[pk])
    form = forms.HandoverForm(request.POST or None, employee=employee)
    return act(
        request,
        form,
        lambda values: actions.hand_work_over(
            employee_id=employee.pk,
            to_id=values["to"].pk,
            reason=values["reason"],
            by=request.user,
            at=timezone.now(),
        ),
        title=_("工作交接 · %s") % employee.name,
        done=back,
        said=_("已交接，接手人会收到通知。"),
        back=reverse("people:detail", args=[pk]),
        submit_label=_("全部交给他"),
        template="people/employee/handover.html",
        context={
            "employee": employee,
            "held": ports.held_work.ask(employee_id=employee.pk),
            "lists": list(employee.handovers.select_related("to", "by")),
        },
    )


@require_http_methods(["GET", "POST"])
@allowed("people.evidence")
@once("people.evidence")
def employee_evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Extracts of what somebody looked up and took out, saved as evidence (Q9)."""
    employee = visible_employee(request, pk, "evidence")
    today = site_day(timezone.now(), employee.site.zone)
    initial = {"first_date": today - dt.timedelta(days=30), "last_date": today}
    back = reverse("people:evidence", args=[pk])
    return act(
        request,
        forms.EvidenceForm(request.POST or None, initial=initial),
        lambda values: actions.save_evidence(
            employee_id=employee.pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("访问记录 · %s") % employee.name,
        done=back,
        said=_("已保存为证据文件。"),
        back=reverse("people:detail", args=[pk]),
        submit_label=_("提取并保存"),
        template="people/employee/evidence.html",
        context={
            "employee": employee,
            "saved": list(employee.evidence.select_related("file", "by")),
        },
    )
