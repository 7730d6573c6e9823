from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cangke.desk import public as desk
from cangke.foundation.access.public import allowed, scope
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.sheets.public import safe_cell
from cangke.foundation.ui.public import (
    Explanation,
    Fact,
    Series,
    SignedInRequest,
    Sum,
    across,
    pareto,
)
from cangke.foundation.wording import either
from cangke.people.public import Team, default_site
from cangke.tickets.public import compensation_in

from .compliance import Month, compliance
from .cost import CostLine, cost_of_service
from .forms import FiguresFilter, MonthForm, ServiceFilter, basis_choices
from .scripts import script_lines

PER_PAGE = 50
SHOWN = ("first_response", "average_response", "rate_3_minutes", "unreplied", "served")


def _form(request: SignedInRequest) -> ServiceFilter:
    data = request.GET.copy()
    data.setdefault("period", "month")
    return ServiceFilter(data)


def _figures_form(request: SignedInRequest) -> FiguresFilter:
    data = request.GET.copy()
    data.setdefault("period", "month")
    data.setdefault("basis", desk.Basis.HOUSE)
    return FiguresFilter(data)


def _shown(chosen: desk.ReportFilter) -> tuple[str, ...]:
    """The figures the page has room for."""
    return SHOWN if chosen.basis is desk.Basis.HOUSE else desk.figure_keys(chosen.basis)


def _name(share: Any) -> str:
    return either(str(share.label), str(share.label_en)) or _("未填")


def _stage(share: Any) -> str:
    return {"presale": _("售前"), "aftersale": _("售后")}.get(share.key, _("未填"))


@require_GET
@allowed("desk.report")
def service(request: SignedInRequest) -> HttpResponse:
    """The service report: volume, types, results, complaints, response, by period and part (P1)."""
    form = _figures_form(request)
    if not form.is_valid():
        return render(request, "reports/service/detail.html", {"form": form}, status=422)
    chosen = form.chosen(at=timezone.now())
    report = desk.service_report(request.user, chosen)
    query = request.GET.urlencode()
    context = {
        "form": form,
        "report": report,
        "chosen": chosen,
        "query": query,
        "figures": [
            {"figure": desk.figure_text(report.figures[key]), "url": _why(key, query)}
            for key in _shown(chosen)
        ],
        "tables": [
            (_("渠道"), [(_name(each), each.count) for each in report.by_channel], report.opened),
            (_("店铺"), [(_name(each), each.count) for each in report.by_shop], report.opened),
            (_("阶段"), [(_stage(each), each.count) for each in report.by_stage], report.opened),
            (
                _("仓储客户"),
                [(_name(each), each.count) for each in report.by_client],
                report.opened,
            ),
        ],
        "types": [(_name(each), each.count) for each in report.by_type],
        "results": [(_name(each), each.count) for each in report.by_result],
        "charts": _charts(report),
        "agents": [
            (
                line.employee,
                [
                    (desk.figure_text(line.figures[key]), _why(key, query, line.employee.pk))
                    for key in _shown(chosen)
                ],
                line.assists,
            )
            for line in report.agents
        ],
    }
    return render(request, "reports/service/detail.html", context)


def _charts(report: desk.ServiceReport) -> dict[str, Any]:
    if not report.closed:
        return {}
    types = [each for each in report.by_type if each.count]
    results = [each for each in report.by_result if each.count]
    return {
        "types": pareto(
            [_name(each) for each in types],
            [each.count for each in types],
            name=_("会话"),
            share=_("累计占比"),
        ),
        "results": across(
            [_name(each) for each in results],
            Series(_("会话"), [each.count for each in results]),
        ),
    }


def _why(key: str, query: str, agent_id: int | None = None) -> str:
    extra = f"&agent={agent_id}" if agent_id else ""
    return f"{reverse('reports:service-why', args=[key])}?{query}{extra}"


@require_GET
@allowed("desk.report")
def service_why(request: SignedInRequest, key: str) -> HttpResponse:
    """Why a figure is what it is: definition, arithmetic, and the turns it was counted from."""
    figure, chosen = _figure(request, key)
    shown = desk.figure_text(figure)
    rows_url = f"{reverse('reports:service-figure', args=[key])}?{request.GET.urlencode()}"
    newest, *earlier = _definitions(key, chosen)
    explanation = Explanation(
        title=shown.label,
        clause=newest.clause.name,
        clause_url=newest.clause.url,
        clause_text=newest.clause.text,
        version=newest.clause.version,
        facts=[
            Fact(
                label=_("计入的轮次"),
                value=str(figure.denominator),
                url=rows_url,
                source=_("逐条查看"),
            ),
            *(
                Fact(
                    label=_("%(first)s 至 %(last)s 按 %(version)s")
                    % {
                        "first": each.first_date,
                        "last": each.last_date,
                        "version": each.clause.version,
                    },
                    value=each.clause.text,
                    url=each.clause.url,
                )
                for each in earlier
            ),
        ],
        sums=[Sum(words=_arithmetic(figure), value=f"{shown.text} {shown.unit}", total=True)],
    )
    return render(request, "ui/explain.html", {"explanation": explanation})


def _arithmetic(figure: Any) -> str:
    top = figure.numerator
    number = str(top) if top.denominator == 1 else f"{float(top):.3f}"
    if figure.definition.measure.value == "count":
        return _("逐条相加")
    return f"{number} ÷ {figure.denominator}"


def _definitions(key: str, chosen: desk.ReportFilter) -> list[desk.DefinitionText]:
    return desk.definition_texts(key, first_date=chosen.first_date, last_date=chosen.last_date)


def _figure(request: SignedInRequest, key: str) -> tuple[Any, desk.ReportFilter]:
    form = _figures_form(request)
    if not form.is_valid():
        raise Http404
    chosen = form.chosen(at=timezone.now())
    report = desk.service_report(request.user, chosen)
    if key == "answer_ask":
        return report.answer_ask, chosen
    if key not in report.figures:
        raise Http404
    return report.figures[key], chosen


@require_GET
@allowed("desk.report")
def service_figure(request: SignedInRequest, key: str) -> HttpResponse:
    """The turns a figure was counted from, each opening its messages (P1, M6)."""
    figure, chosen = _figure(request, key)
    if key == "answer_ask":
        raise Http404
    turns = desk.turns_of_figure(request.user, chosen, key)
    page = Paginator(turns, PER_PAGE).get_page(request.GET.get("page"))
    for turn in page:
        line: Any = turn
        line.customer_seconds = None if turn.customer_ms is None else turn.customer_ms // 1000
        line.agent_seconds = None if turn.agent_ms is None else turn.agent_ms // 1000
    return render(
        request,
        "reports/service/turns.html",
        {
            "page": page,
            "figure": desk.figure_text(figure),
            "definitions": _definitions(key, chosen),
            "query": request.GET.urlencode(),
        },
    )


def _lines(report: desk.ServiceReport, chosen: desk.ReportFilter) -> Iterator[list[object]]:
    yield [_("项目"), _("分类"), _("数值")]
    yield [_("咨询量"), "", report.opened]
    yield [_("已结束"), "", report.closed]
    yield [_("投诉量"), "", report.complaints]
    yield [_("指标口径"), "", dict(basis_choices())[chosen.basis]]
    for title, shares in (
        (_("渠道"), report.by_channel),
        (_("店铺"), report.by_shop),
        (_("仓储客户"), report.by_client),
        (_("问题类型"), report.by_type),
        (_("处理结果"), report.by_result),
    ):
        yield from ([title, _name(each), each.count] for each in shares)
    for key in _shown(chosen):
        shown = desk.figure_text(report.figures[key])
        yield [shown.label, shown.unit, shown.text]
    for line in report.agents:
        for key in _shown(chosen):
            shown = desk.figure_text(line.figures[key])
            yield [line.employee.name, f"{shown.label} {shown.unit}".strip(), shown.text]
        yield [line.employee.name, _("协助次数"), line.assists]


def _csv(lines: Iterable[list[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(
        [safe_cell(cell) if isinstance(cell, str) else cell for cell in line] for line in lines
    )
    return out.getvalue().encode("utf-8-sig")


@require_GET
@allowed("desk.export")
def service_export(request: SignedInRequest) -> HttpResponse:
    """The report as a spreadsheet; the export is on record (Q3)."""
    form = _figures_form(request)
    if not form.is_valid():
        raise Http404
    chosen = form.chosen(at=timezone.now())
    report = desk.service_report(request.user, chosen)
    record(
        "reports.exported",
        by=request.user,
        at=timezone.now(),
        changes={"report": "service", "filter": request.GET.dict(), "rows": report.opened},
    )
    response = HttpResponse(_csv(_lines(report, chosen)), content_type="text/csv; charset=utf-8")
    name = f"service-{chosen.first_date}-{chosen.last_date}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- what service costs (A26)


@require_GET
@allowed("desk.report")
def cost(request: SignedInRequest) -> HttpResponse:
    """Average minutes and compensation by case type and client; each line opens its cases."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "reports/cost/detail.html", {"form": form}, status=422)
    lines, total = cost_of_service(request.user, form.chosen(at=timezone.now()))
    query = request.GET.urlencode()
    context = {
        "form": form,
        "query": query,
        "total": total,
        "lines": [(_type(each), each, _cases_url(each, query)) for each in lines],
    }
    return render(request, "reports/cost/detail.html", context)


def _type(line: CostLine) -> str:
    return either(line.type_name, line.type_name_en) or _("未填")


def _cases_url(line: CostLine, query: str) -> str:
    kind, client = line.case or (None, None)
    return f"{reverse('reports:cost-cases', args=[kind or 0, client or 0])}?{query}"


@require_GET
@allowed("desk.report")
def cost_cases(request: SignedInRequest, kind: int, client: int) -> HttpResponse:
    """The cases a line was made of, each with its own time and compensation."""
    form = _form(request)
    if not form.is_valid():
        raise Http404
    chosen = form.chosen(at=timezone.now())
    rows = desk.cases_behind(request.user, chosen, (kind or None, client or None))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    ids = [row.pk for row in page]
    seconds = desk.seconds_of(ids, chosen)
    paid = compensation_in(conversations=rows.filter(pk__in=ids), by=["pk"])
    cases = [
        (
            row,
            either(row.question_type.name, row.question_type.name_en) if row.question_type else "",
            seconds.get(row.pk, 0),
            sorted(paid.get((row.pk,), {}).items()),
        )
        for row in page
    ]
    query = request.GET.copy()
    query.pop("page", None)
    context = {"page": page, "cases": cases, "query": query.urlencode()}
    return render(request, "reports/cost/cases.html", context)


def _cost_lines(lines: Iterable[CostLine]) -> Iterator[list[object]]:
    yield [
        _("问题类型"), _("仓储客户"), _("会话"), _("平均处理分钟"), _("币种"), _("赔付"),
        _("每单赔付"),
    ]  # fmt: skip
    for line in lines:
        start = [_type(line), line.client, line.count, line.minutes]
        for currency, amount, each in line.each:
            yield [*start, currency, amount, each]
        if not line.each:
            yield [*start, "", "", ""]


@require_GET
@allowed("desk.export")
def cost_export(request: SignedInRequest) -> HttpResponse:
    """The cost of service as a spreadsheet; the export is on record (Q3)."""
    form = _form(request)
    if not form.is_valid():
        raise Http404
    chosen = form.chosen(at=timezone.now())
    lines, total = cost_of_service(request.user, chosen)
    record(
        "reports.exported",
        by=request.user,
        at=timezone.now(),
        changes={"report": "cost", "filter": request.GET.dict(), "rows": total.count},
    )
    response = HttpResponse(_csv(_cost_lines(lines)), content_type="text/csv; charset=utf-8")
    name = f"cost-{chosen.first_date}-{chosen.last_date}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- what scripts achieve (J3)


def _percent(share: Fraction | None) -> str:
    return "—" if share is None else f"{float(share) * 100:.1f}%"


@require_GET
@allowed("desk.report")
def scripts(request: SignedInRequest) -> HttpResponse:
    """How often each script was sent, solved the matter and was followed by an order."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "reports/scripts/detail.html", {"form": form}, status=422)
    lines = script_lines(request.user, form.chosen(at=timezone.now()))
    context = {
        "form": form,
        "query": request.GET.urlencode(),
        "asked": True,
        "lines": [
            (
                each,
                each.script.title_in(get_language() or ""),
                _percent(each.solved_share),
                _percent(each.won_share),
            )
            for each in lines
        ],
    }
    return render(request, "reports/scripts/detail.html", context)


# --- how the rules are kept (S8)


def _month(request: SignedInRequest) -> tuple[MonthForm, Month | None]:
    site = default_site()
    zone = site.zone if site else "UTC"
    data = request.GET.copy()
    data.setdefault("month", f"{site_day(timezone.now(), zone):%Y-%m}")
    form = MonthForm(data, teams=scope(request.user, Team, "view").order_by("name"))
    if not form.is_valid():
        return form, None
    team = form.cleaned_data["team"]
    return form, Month(form.cleaned_data["month"], zone, team.pk if team else None)


@require_GET
@allowed("reports.compliance")
def compliance_view(request: SignedInRequest) -> HttpResponse:
    """Violations by rule in a month, decided and open; each line opens its records."""
    form, month = _month(request)
    context = {"form": form, "query": request.GET.urlencode(), "month": month}
    if month is not None:
        lines = compliance(request.user, month)
        context |= {
            "lines": lines,
            "count": sum(line.count for line in lines),
            "open": sum(line.open for line in lines),
        }
    return render(
        request, "reports/compliance/detail.html", context, status=422 if month is None else 200
    )


@require_GET
@allowed("reports.compliance")
def compliance_export(request: SignedInRequest) -> HttpResponse:
    """The month as a spreadsheet; the export is on record (Q3)."""
    _form_, month = _month(request)
    if month is None:
        raise Http404
    lines = compliance(request.user, month)
    record(
        "reports.exported",
        by=request.user,
        at=timezone.now(),
        changes={
            "report": "compliance",
            "filter": request.GET.dict(),
            "rows": sum(line.count for line in lines),
        },
    )
    rows: list[list[object]] = [[_("条款"), _("事项"), _("发生次数"), _("已处理"), _("待处理")]]
    rows += [[each.clause, each.label, each.count, each.decided, each.open] for each in lines]
    response = HttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rules-{month.first:%Y-%m}.csv"'
    return response
