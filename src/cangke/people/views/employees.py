from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy

from cangke.foundation.access.public import Account, allowed, can, get_visible, scope
from cangke.foundation.calendar.public import site_day
from cangke.foundation.ui.public import (
    Column,
    Empty,
    ListPage,
    Preset,
    Search,
    SignedInRequest,
    act,
    once,
)

from .. import actions, forms, models, ports, queries, rules, wording
from ..models import Contract, Department, Employee, Post, Qualification, Site, Team


class EmployeeFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("搜索"), method="search", widget=Search())
    department = filters.ModelChoiceFilter(
        label=gettext_lazy("部门"), queryset=Department.objects.all()
    )
    team = filters.ModelChoiceFilter(label=gettext_lazy("组"), queryset=Team.objects.all())
    post = filters.ModelChoiceFilter(label=gettext_lazy("岗位"), queryset=Post.objects.all())
    site = filters.ModelChoiceFilter(label=gettext_lazy("站点"), queryset=Site.objects.all())
    status = filters.MultipleChoiceFilter(
        label=gettext_lazy("状态"), choices=models.status_choices, distinct=False
    )

    def search(self, rows: QuerySet[Employee], name: str, value: str) -> QuerySet[Employee]:
        value = value.strip()
        return rows.filter(
            Q(name__icontains=value) | Q(english_name__icontains=value) | Q(number__iexact=value)
        )


class EmployeeList(ListPage[Employee]):
    name = "people.employee"
    template = "people/employee/list.html"
    filterset_class = EmployeeFilter
    counted = npgettext_lazy("employees", "%(shown)s 人", "%(shown)s 人", "count")
    columns = [
        Column("name", gettext_lazy("姓名"), sort="name", always=True, phone="head"),
        Column("number", gettext_lazy("工号"), sort="number"),
        Column("post", gettext_lazy("岗位"), sort="post_id", phone="line"),
        Column("team", gettext_lazy("组"), sort="team_id", phone="line"),
        Column("department", gettext_lazy("部门"), sort="department_id"),
        Column("site", gettext_lazy("站点"), sort="site_id"),
        Column("superior", gettext_lazy("直属上级")),
        Column("status", gettext_lazy("状态"), sort="status", phone="side"),
        Column("probation", gettext_lazy("试用期至"), sort="probation_until", hidden=True),
        Column("employed", gettext_lazy("入职日"), sort="employed_from"),
    ]
    default_sort = "number"
    presets = [
        Preset("here", gettext_lazy("在职"), "status=probation&status=regular&status=suspended"),
        Preset("probation", gettext_lazy("试用期"), "status=probation", tone="wait"),
        Preset("all", gettext_lazy("全部")),
        Preset("left", gettext_lazy("已离职"), "status=left"),
    ]
    empty = Empty(
        gettext_lazy("还没有员工"),
        gettext_lazy("先建部门和岗位，再办理入职。"),
        [(gettext_lazy("办理入职"), "people:new")],
    )

    def get_context(self) -> dict[str, Any]:
        return {"may_create": can(self.account, "people.manage")}


def visible_employee(request: SignedInRequest, pk: int, action: str = "view") -> Employee:
    """
    Return an employee within reach; everybody reaches the own file (R8).

    :raises Http404: if there is none, or it is somebody else's
    """
    places = ("department", "team", "post", "site", "superior", "account")
    if action == "view":
        own = Employee.objects.filter(pk=pk, account=request.user).select_related(*places).first()
        if own is not None:
            return own
    rows = scope(request.user, Employee, action).select_related(*places)
    return get_visible(request.user, Employee, action, rows=rows, pk=pk)


@allowed("people.view")
def employee_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, Employee, "view").select_related(
        "department", "team", "post", "site", "superior"
    )
    return EmployeeList(request, rows).response()


@allowed("people.chart")
def employee_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One employee: where, under whom, since when; all terms with their days."""
    employee = visible_employee(request, pk)
    manage = can(request.user, "people.manage") and (
        scope(request.user, Employee, "change").filter(pk=pk).exists()
    )
    status = rules.Status(employee.status)
    own = employee.account_id == request.user.pk
    sees_contracts = own or (
        can(request.user, "people.contracts")
        and scope(request.user, Contract, "view").filter(employee=employee).exists()
    )
    month = site_day(timezone.now(), employee.site.zone).replace(day=1)
    return render(
        request,
        "people/employee/detail.html",
        {
            "employee": employee,
            "languages": wording.language_words(employee.languages),
            "terms": list(
                employee.terms.select_related(
                    "department", "team", "post", "site", "superior", "recorded_by"
                ).order_by("-from_date")
            ),
            "procedure_url": ports.procedure_url.ask(employee_id=employee.pk)
            if manage and status == rules.Status.PROBATION
            else "",
            "own": own,
            "may_take_evidence": not own
            and employee.account_id is not None
            and scope(request.user, Employee, "evidence").filter(pk=pk).exists(),
            "rights_url": _rights_url(request, employee),
            "may_hand_over": queries.may_rate(request.user, pk),
            "sees_pay": own or can(request.user, "people.contracts"),
            "contracts": list(employee.contracts.select_related("recorded_by", "scan"))
            if sees_contracts
            else [],
            "may_contract": can(request.user, "people.contracts"),
            "qualification": Qualification.objects.filter(employee=employee).first(),
            "month": month,
            "fields": [
                (wording.FIELD_LABELS[key], counts)
                for key, counts in queries.work_by_field(employee, month)
            ],
            "duty": queries.duty_in(employee, month),
            "reports": list(employee.reports.filter(status__in=["probation", "regular"])),
            "may": {
                "edit": manage and status != rules.Status.LEFT,
                "transfer": manage and status != rules.Status.LEFT,
                "suspend": manage and rules.may_become(status, rules.Status.SUSPENDED),
                "reinstate": manage and status == rules.Status.SUSPENDED,
                "leave": manage and rules.may_become(status, rules.Status.LEFT),
                "account": manage and employee.account_id is None and status not in rules.SHUT_OUT,
            },
        },
    )


def _rights_url(request: SignedInRequest, employee: Employee) -> str:
    """The page of what somebody may do, by whom and until when (Q5)."""
    if employee.account_id is None:
        return ""
    if employee.account_id == request.user.pk:
        return reverse("office:my-rights")
    if scope(request.user, Account, "view").filter(pk=employee.account_id).exists():
        return reverse("office:account-rights", args=[employee.account_id])
    return ""


@allowed("people.manage")
@once("people.new")
def employee_new(request: SignedInRequest) -> HttpResponse:
    """Take somebody on."""
    form = forms.HireForm(request.POST or None, initial={"employed_from": timezone.localdate()})
    return act(
        request,
        form,
        lambda values: actions.hire(by=request.user, at=timezone.now(), **values),
        title=_("办理入职"),
        done=lambda employee: reverse("people:detail", args=[employee.pk]),
        said=_("入职已办理。"),
        back=reverse("people:list"),
        submit_label=_("入职"),
        template="people/employee/edit.html",
    )


def _act(
    request: SignedInRequest,
    employee: Employee,
    form: Form,
    perform: Callable[..., Any],
    *,
    title: str,
    said: str,
    submit: str = "",
    done: str = "",
) -> HttpResponse:
    back = reverse("people:detail", args=[employee.pk])
    return act(
        request,
        form,
        lambda values: perform(
            employee_id=employee.pk, by=request.user, at=timezone.now(), **values
        ),
        title=f"{title} · {employee.name}",
        done=done or back,
        said=said,
        back=back,
        submit_label=submit,
        template="people/employee/edit.html",
    )


@allowed("people.manage")
@once("people.edit")
def employee_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    employee = visible_employee(request, pk, "change")
    form = forms.EditForm(request.POST or None, account=request.user, employee=employee)
    return _act(
        request,
        employee,
        form,
        actions.edit_employee,
        title=_("修改员工"),
        said=_("已保存。"),
    )


@allowed("people.manage")
@once("people.transfer")
def employee_transfer(request: SignedInRequest, pk: int) -> HttpResponse:
    employee = visible_employee(request, pk, "change")
    initial = {
        name: getattr(employee, f"{name}_id")
        for name in ("department", "team", "post", "site", "superior")
    }
    today = site_day(timezone.now(), employee.site.zone)
    form = forms.TransferForm(request.POST or None, initial={**initial, "from_date": today})
    return _act(
        request,
        employee,
        form,
        actions.transfer,
        title=_("调动"),
        said=_("调动已登记。"),
        submit=_("登记调动"),
    )


@allowed("people.manage")
@once("people.suspend")
def employee_suspend(request: SignedInRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        visible_employee(request, pk, "change"),
        forms.SuspendForm(request.POST or None),
        actions.suspend,
        title=_("停职"),
        said=_("已停职，账户立即停用。"),
        submit=_("停职"),
    )


@allowed("people.manage")
@once("people.reinstate")
def employee_reinstate(request: SignedInRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        visible_employee(request, pk, "change"),
        forms.ReinstateForm(request.POST or None),
        actions.reinstate,
        title=_("复职"),
        said=_("已复职，账户重新可用。"),
        submit=_("复职"),
    )


@allowed("people.manage")
@once("people.leave")
def employee_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    employee = visible_employee(request, pk, "change")
    today = site_day(timezone.now(), employee.site.zone)
    return _act(
        request,
        employee,
        forms.LeaveForm(request.POST or None, initial={"last_date": today}),
        actions.leave,
        title=_("办理离职"),
        said=_("离职已登记。请看手上的工作交给谁。"),
        done=reverse("people:handover", args=[pk]),
        submit=_("登记离职"),
    )


@allowed("people.manage")
@once("people.account")
def employee_account(request: SignedInRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        visible_employee(request, pk, "change"),
        forms.AccountForm(request.POST or None),
        actions.give_account,
        title=_("开通账户"),
        said=_("账户已开通，带岗位的默认角色。"),
        submit=_("开通"),
    )
