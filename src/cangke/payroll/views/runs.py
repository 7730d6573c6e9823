"""Pay runs: the list, one run with its steps and problems, the slips of it, the bank's file."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.calendar.public import site_day
from cangke.foundation.files.public import attachment
from cangke.foundation.jobs.public import Job, start_job
from cangke.foundation.ui.public import (
    Column,
    Empty,
    ListPage,
    Preset,
    SignedInRequest,
    Step,
    act,
    once,
)
from cangke.people.public import default_site

from .. import actions, forms, queries, wording
from ..models import PayRun, PaySlip
from ..models.runs import run_kind_choices, run_state_choices
from .terms import payees

ORDER = ("draft", "calculated", "in_review", "locked", "paid")


class RunFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=gettext_lazy("状态"), choices=run_state_choices)
    kind = filters.ChoiceFilter(label=gettext_lazy("类别"), choices=run_kind_choices)


class RunList(ListPage[PayRun]):
    name = "payroll.run"
    template = "payroll/run/list.html"
    filterset_class = RunFilter
    unit = pgettext_lazy("runs", "次")
    columns = [
        Column("month", gettext_lazy("月份"), sort="month", always=True, phone="head"),
        Column("site", gettext_lazy("站点"), sort="site__name", phone="line"),
        Column("kind", gettext_lazy("类别"), sort="kind", phone="line"),
        Column("state", gettext_lazy("状态"), sort="state", phone="side"),
        Column("people", gettext_lazy("人数"), sort="people", numeric=True),
        Column("gross", gettext_lazy("应发"), sort="gross", numeric=True),
        Column("net", gettext_lazy("实发"), sort="net", numeric=True, phone="line"),
        Column("due", gettext_lazy("发薪日"), sort="due_on", phone="line"),
        Column("paid", gettext_lazy("发放日"), sort="paid_on"),
    ]
    default_sort = "-month"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("review", gettext_lazy("复核中"), "state=in_review", tone="wait"),
        Preset("locked", gettext_lazy("待发放"), "state=locked", tone="wait"),
    ]
    empty = Empty(
        gettext_lazy("还没有工资核算"),
        gettext_lazy("先登记薪资档案，再选择站点和月份开始核算。"),
        [
            (gettext_lazy("开始核算"), "payroll:run-new"),
            (gettext_lazy("薪资档案"), "payroll:terms-list"),
        ],
    )

    def decorate(self, rows: list[PayRun]) -> list[PayRun]:
        now = timezone.now()
        for row in rows:
            today = site_day(now, row.site.zone)
            row.overdue = row.state != "paid" and today > row.due_on  # type: ignore[attr-defined]
        return rows

    def get_context(self) -> dict[str, Any]:
        return {
            "may_keep": can(self.account, "payroll.keep"),
            "may_answer": can(self.account, "payroll.answer"),
        }


@require_GET
@allowed("payroll.look")
def run_list(request: SignedInRequest) -> HttpResponse:
    rows = scope(request.user, PayRun, "view").select_related("site", "employee")
    return RunList(request, rows).response()


@require_http_methods(["GET", "POST"])
@allowed("payroll.keep")
@once("payroll.run")
def run_new(request: SignedInRequest) -> HttpResponse:
    at = timezone.now()
    site = default_site()
    month = queries.month_before(timezone.localdate(at))
    leavers = payees(request, "payroll.keep").filter(employed_to__isnull=False)
    form = forms.RunForm(
        request.POST or None,
        leavers=leavers,
        initial={"kind": "regular", "site": site, "month": f"{month:%Y-%m}"},
    )

    def start(given: dict[str, Any]) -> PayRun:
        kind, employee = given.pop("kind"), given.pop("employee")
        if kind == "final":
            return actions.start_final(employee=employee, by=request.user, at=at)
        open_it = actions.start_supplement if kind == "supplement" else actions.start_run
        return open_it(**given, by=request.user, at=at)

    return act(
        request,
        form,
        start,
        title=_("开始核算工资"),
        done=lambda run: reverse("payroll:run", args=[run.pk]),
        back=reverse("payroll:list"),
        submit_label=_("建立"),
    )


def _run(request: SignedInRequest, pk: int, action: str = "view") -> PayRun:
    rows = scope(request.user, PayRun, action).select_related(
        "site",
        "employee",
        "calculated_by",
        "submitted_by",
        "locked_by",
        "bank_by",
        "paid_by",
        "reopened_by",
    )
    return get_visible(request.user, PayRun, action, rows=rows, pk=pk)


@require_GET
@allowed("payroll.look")
def run_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where a run stands, what it comes to, what is to be looked at, what differs from before."""
    run = _run(request, pk)
    before = None
    if run.kind == "regular":
        before = PayRun.objects.filter(
            site=run.site, month=queries.month_before(run.month), kind="regular"
        ).first()
    today = site_day(timezone.now(), run.site.zone)
    problems = [
        {
            "slip": slip,
            "words": [wording.problem_text(each) for each in slip.problems],
            "confirm": slip.needs_confirmation,
        }
        for slip in queries.slips_to_look_at(run)
    ]
    context = {
        "run": run,
        "steps": steps_of(run),
        "totals": _totals(run, before),
        "before": before,
        "problems": problems,
        "differences": queries.differences(run) if run.kind == "regular" else [],
        "owed": queries.owed_by(run.employee) if run.employee else [],
        "overdue": run.state != "paid" and today > run.due_on,
        "job": _running(run),
        "measures": queries.measures_of(run) if can(request.user, "payroll.answer") else [],
        "may_keep": can(request.user, "payroll.keep"),
        "may_check": can(request.user, "payroll.check"),
        "may_pay": can(request.user, "payroll.pay"),
        "is_maker": request.user.pk in (run.calculated_by_id, run.submitted_by_id),
    }
    return render(request, "payroll/run/detail.html", context)


def _running(run: PayRun) -> Job | None:
    job = Job.objects.filter(kind="payroll.calculate", arguments__run=run.pk).last()
    return job if job is not None and job.is_open else None


def steps_of(run: PayRun) -> list[Step]:
    """The way of the run; who did what when."""
    at = ORDER.index(run.state)
    notes = [
        (_("建立"), "", run.opened_at),
        (_("核算"), run.calculated_by, run.calculated_at),
        (_("提交复核"), run.submitted_by, run.submitted_at),
        (_("复核并锁定"), run.locked_by, run.locked_at),
        (_("发放"), run.paid_by, run.paid_at),
    ]
    steps = []
    for place, (label, who, moment) in enumerate(notes):
        tone = "done" if place <= at else "now" if place == at + 1 else "todo"
        name = getattr(who, "display_name", "") if who else ""
        when = f"{timezone.localtime(moment):%m-%d %H:%M}" if moment and place <= at else ""
        steps.append(Step(label, f"{name} {when}".strip() if place <= at else "", tone))
    return steps


def _totals(run: PayRun, before: PayRun | None) -> list[dict[str, Any]]:
    labels = [
        ("gross", _("应发")),
        ("deductions", _("扣款")),
        ("insurance_employee", _("保险（员工）")),
        ("tax", _("个税")),
        ("net", _("实发")),
        ("insurance_company", _("保险（公司）")),
        ("receivable", _("应收")),
    ]
    found = []
    for name, label in labels:
        amount: Decimal = getattr(run, name)
        change = amount - getattr(before, name) if before is not None else None
        found.append({"label": label, "amount": amount, "change": change})
    return found


@require_POST
@allowed("payroll.keep")
@once("payroll.calculate")
def run_calculate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start the calculation as a job; the page follows it."""
    run = _run(request, pk, "change")
    if not run.is_open:
        raise actions.RunClosed(_("这个月的工资已经锁定，不能再核算。"))
    if _running(run) is None:
        start_job(
            "payroll.calculate",
            {"run": run.pk, "by": request.user.pk},
            by=request.user,
            at=timezone.now(),
            title=_("核算 %(site)s %(month)s 的工资")
            % {"site": run.site.name, "month": f"{run.month:%Y-%m}"},
        )
    return redirect("payroll:run", run.pk)


@require_POST
@allowed("payroll.keep")
def run_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    run = _run(request, pk, "change")
    actions.submit_run(run_id=run.pk, by=request.user, at=timezone.now())
    messages.success(request, _("已提交复核，请另一位同事锁定。"))
    return redirect("payroll:run", run.pk)


@require_POST
@allowed("payroll.check")
def run_lock(request: SignedInRequest, pk: int) -> HttpResponse:
    run = _run(request, pk, "check")
    try:
        actions.lock_run(run_id=run.pk, by=request.user, at=timezone.now())
    except actions.NotReady as refused:
        if not refused.blockers:
            raise
        context = {"run": run, "blockers": queries.blockers_shown(refused.blockers)}
        return render(request, "payroll/run/blocked.html", context, status=409)
    messages.success(request, _("已锁定，工资条对本人可见。"))
    return redirect("payroll:run", run.pk)


@require_http_methods(["GET", "POST"])
@allowed("payroll.check")
def run_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    run = _run(request, pk, "check")
    url = reverse("payroll:run", args=[run.pk])
    return act(
        request,
        forms.ReasonForm(request.POST or None),
        lambda given: actions.reopen_run(
            run_id=run.pk, by=request.user, at=timezone.now(), **given
        ),
        title=_("退回 %s 的工资") % f"{run.month:%Y-%m}",
        done=url,
        said=_("已退回，考勤也重新打开。"),
        back=url,
        submit_label=_("退回"),
    )


@require_POST
@allowed("payroll.pay")
def run_bank(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """The file for the bank; its fingerprint is kept with the run."""
    run = _run(request, pk, "pay")
    run, content = actions.make_bank_file(run_id=run.pk, by=request.user, at=timezone.now())
    return attachment(
        request,
        BytesIO(content),
        name=f"{run.number}.csv",
        content_type="text/csv",
        size=len(content),
    )


@require_http_methods(["GET", "POST"])
@allowed("payroll.pay")
def run_paid(request: SignedInRequest, pk: int) -> HttpResponse:
    run = _run(request, pk, "pay")
    url = reverse("payroll:run", args=[run.pk])
    at = timezone.now()
    form = forms.PaidForm(request.POST or None, initial={"paid_on": site_day(at, run.site.zone)})
    return act(
        request,
        form,
        lambda given: actions.mark_paid(run_id=run.pk, by=request.user, at=at, **given),
        title=_("登记 %s 的工资已发放") % f"{run.month:%Y-%m}",
        done=url,
        said=_("已登记发放，已通知各人。"),
        back=url,
        submit_label=_("登记发放"),
    )


class SlipFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("员工"), method="of_person")
    look = filters.BooleanFilter(label=gettext_lazy("要看的"), method="to_look_at")

    def of_person(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(
            Q(employee__name__icontains=value) | Q(employee__number__icontains=value)
        )

    def to_look_at(self, rows: Any, name: str, value: bool) -> Any:
        return rows.exclude(problems=[]) if value else rows


class SlipList(ListPage[PaySlip]):
    name = "payroll.slip"
    template = "payroll/slip/list.html"
    filterset_class = SlipFilter
    counted = npgettext_lazy("payslips", "%(shown)s 人", "%(shown)s 人", "count")
    columns = [
        Column("who", gettext_lazy("员工"), sort="employee__number", always=True, phone="head"),
        Column("post", gettext_lazy("岗位"), sort="employee__post__name"),
        Column("gross", gettext_lazy("应发"), sort="gross", numeric=True),
        Column("deductions", gettext_lazy("扣款"), sort="deductions", numeric=True),
        Column("insurance", gettext_lazy("保险"), sort="insurance_employee", numeric=True),
        Column("tax", gettext_lazy("个税"), sort="tax", numeric=True, hidden=True),
        Column("net", gettext_lazy("实发"), sort="net", numeric=True, phone="side"),
        Column("problems", gettext_lazy("要看的"), phone="line"),
        Column("seen", gettext_lazy("本人确认"), sort="acknowledged_at"),
    ]
    default_sort = "who"
    presets = [
        Preset("all", gettext_lazy("全部")),
        Preset("look", gettext_lazy("要看的"), "look=true", tone="wait"),
    ]
    export = "payroll.slips"
    export_permission = "payroll.export"

    def decorate(self, rows: list[PaySlip]) -> list[PaySlip]:
        for row in rows:
            row.words = [  # type: ignore[attr-defined]
                wording.problem_text(each) for each in row.problems
            ]
        return rows


@require_GET
@allowed("payroll.look")
def slip_list(request: SignedInRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    rows = scope(request.user, PaySlip, "look").filter(run=run)
    page = SlipList(request, queries.listed_slips(rows))
    page.run = run  # type: ignore[attr-defined]
    return page.response()
