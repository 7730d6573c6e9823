"""What people are paid by, and where their pay goes."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import allowed, can, get_visible, held_everywhere, scope
from cangke.foundation.ui.public import Column, Empty, ListPage, Preset, SignedInRequest, act, once
from cangke.people.public import Employee

from .. import actions, forms, queries
from ..models import BankAccount, PayTerm


class PayeeFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("员工"), method="of_person")
    missing = filters.BooleanFilter(label=gettext_lazy("还没有登记"), method="without")

    def of_person(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(number__icontains=value))

    def without(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(base_pay__isnull=True) if value else rows


class PayeeList(ListPage[Employee]):
    name = "payroll.term"
    template = "payroll/term/list.html"
    filterset_class = PayeeFilter
    counted = npgettext_lazy("terms of pay", "%(shown)s 人", "%(shown)s 人", "count")
    columns = [
        Column("number", gettext_lazy("工号"), sort="number"),
        Column("who", gettext_lazy("姓名"), sort="name", always=True, phone="head"),
        Column("post", gettext_lazy("岗位"), sort="post__name", phone="line"),
        Column("site", gettext_lazy("站点"), sort="site__name"),
        Column("base", gettext_lazy("底薪"), sort="base_pay", numeric=True, phone="side"),
        Column("insurance", gettext_lazy("每月保险合计"), numeric=True),
        Column("since", gettext_lazy("生效日"), sort="since", phone="line"),
        Column("bank", gettext_lazy("收款账户")),
    ]
    default_sort = "number"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("missing", gettext_lazy("还没有登记"), "missing=true", tone="wait"),
    ]
    empty = Empty(gettext_lazy("没有员工"), gettext_lazy("先在人事里办理入职。"), [])
    export = "payroll.terms"
    export_permission = "payroll.export"

    def get_context(self) -> dict[str, Any]:
        return {
            "may_import": can(self.account, "payroll.import"),
            "may_answer": can(self.account, "payroll.answer"),
        }


def payees(request: SignedInRequest, code: str) -> QuerySet[Employee]:
    """Everybody, for those who look after pay everywhere; nobody else's terms are shown."""
    rows = Employee.objects.select_related("post", "site", "team", "department", "account")
    return rows if code in held_everywhere(request.user) else rows.none()


@require_GET
@allowed("payroll.look")
def term_list(request: SignedInRequest) -> HttpResponse:
    newest = PayTerm.objects.filter(
        employee=OuterRef("pk"),
        replaced_at__isnull=True,
        from_date__lte=timezone.localdate(),
    ).order_by("-from_date")
    rows = (
        payees(request, "payroll.look")
        .employed()  # type: ignore[attr-defined]
        .annotate(
            base_pay=Subquery(newest.values("base_pay")[:1]),
            insurance=Subquery(newest.values("insurance_total")[:1]),
            since=Subquery(newest.values("from_date")[:1]),
            warning=Subquery(newest.values("warning")[:1]),
            bank=Subquery(BankAccount.objects.filter(employee=OuterRef("pk")).values("bank")[:1]),
        )
    )
    return PayeeList(request, rows).response()


@require_GET
@allowed("payroll.look")
def term_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything somebody was and is paid by; corrected rows stay in sight."""
    employee = get_visible(request.user, Employee, rows=payees(request, "payroll.look"), pk=pk)
    terms = PayTerm.objects.filter(employee=employee).select_related("recorded_by")
    context = {
        "employee": employee,
        "terms": terms,
        "bank": BankAccount.objects.filter(employee=employee).first(),
        "owed": queries.owed_by(employee),
        "may_keep": can(request.user, "payroll.keep"),
        "today": timezone.localdate(),
    }
    return render(request, "payroll/term/detail.html", context)


@require_GET
@allowed("payroll.look")
def term_row(request: SignedInRequest, pk: int) -> HttpResponse:
    """The terms a fact of an explanation refers to, on the page of the person."""
    term = get_visible(request.user, PayTerm, rows=scope(request.user, PayTerm, "view"), pk=pk)
    return redirect(reverse("payroll:terms", args=[term.employee_id]) + f"#term-{term.pk}")


@require_http_methods(["GET", "POST"])
@allowed("payroll.keep")
@once("payroll.terms")
def term_new(request: SignedInRequest, pk: int) -> HttpResponse:
    employee = get_visible(request.user, Employee, rows=payees(request, "payroll.keep"), pk=pk)
    url = reverse("payroll:terms", args=[employee.pk])
    last = (
        PayTerm.objects.filter(employee=employee, replaced_at__isnull=True)
        .order_by("-from_date")
        .first()
    )
    initial: dict[str, Any] = {"from_date": timezone.localdate(), "tax": "none"}
    if last is not None:
        for name in ("base_pay", "insurance_total", "tax", "special_additional", "scheme"):
            initial[name] = getattr(last, name)
    else:
        initial["from_date"] = employee.employed_from

    def perform(given: dict[str, Any]) -> PayTerm:
        given["special_additional"] = given["special_additional"] or 0
        return actions.set_terms(employee=employee, by=request.user, at=timezone.now(), **given)

    return act(
        request,
        forms.TermsForm(request.POST or None, initial=initial),
        perform,
        title=_("%s 的薪资") % employee.name,
        done=url,
        said=_("已登记。"),
        back=url,
    )


@require_http_methods(["GET", "POST"])
@allowed("payroll.keep")
def bank_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    employee = get_visible(request.user, Employee, rows=payees(request, "payroll.keep"), pk=pk)
    url = reverse("payroll:terms", args=[employee.pk])
    known = BankAccount.objects.filter(employee=employee).first()
    initial = {"holder": employee.name}
    if known is not None:
        initial = {"holder": known.holder, "bank": known.bank}
    return act(
        request,
        forms.BankForm(request.POST or None, initial=initial),
        lambda given: actions.set_bank_account(
            employee=employee, by=request.user, at=timezone.now(), **given
        ),
        title=_("%s 的收款账户") % employee.name,
        done=url,
        said=_("已登记。"),
        back=url,
    )
