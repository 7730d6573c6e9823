"""How much was asked, about what, with what result, how quickly (P1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cangke.desk import public as desk
from cangke.foundation.access.public import allowed
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

from .. import ratings
from ..forms import FiguresFilter, ServiceFilter, basis_choices
from .shared import PER_PAGE, filter_form, sheet

SHOWN = ("first_response", "average_response", "rate_3_minutes", "unreplied", "served")


def _form(request: SignedInRequest) -> ServiceFilter:
    return filter_form(request, FiguresFilter, basis=desk.Basis.HOUSE)


def _shown(chosen: desk.ReportFilter) -> tuple[str, ...]:
    """The figures the page has room for."""
    return SHOWN if chosen.basis is desk.Basis.HOUSE else desk.figure_keys(chosen.basis)


def _name(share: desk.Share) -> str:
    return either(share.label, share.label_en) or _("未填")


def _stage(share: Any) -> str:
    return {"presale": _("售前"), "aftersale": _("售后")}.get(share.key, _("未填"))


@require_GET
@allowed("desk.report")
def service(request: SignedInRequest) -> HttpResponse:
    """The service report: volume, types, results, complaints, response, by period and part (P1)."""
    form = _form(request)
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
        "ratings": ratings.figures(report.ratings, query),
        "rating_names": [ratings.figure_label(key) for key in ratings.FIGURES],
        "agents": [
            (
                line.employee,
                [
                    (desk.figure_text(line.figures[key]), _why(key, query, line.employee.pk))
                    for key in _shown(chosen)
                ],
                line.assists,
                ratings.figures(line.ratings, query, line.employee.pk),
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
    form = _form(request)
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
    yield from ([title, "", value] for title, value in _rated(report.ratings))
    for line in report.agents:
        for key in _shown(chosen):
            shown = desk.figure_text(line.figures[key])
            yield [line.employee.name, f"{shown.label} {shown.unit}".strip(), shown.text]
        yield [line.employee.name, _("协助次数"), line.assists]
        yield from ([line.employee.name, *cells] for cells in _rated(line.ratings))


def _rated(counted: desk.RatingCount) -> list[tuple[str, object]]:
    return [
        (_("已邀请评价"), counted.asked),
        (_("已评"), counted.rated),
        *((label, text) for label, text, _url in ratings.figures(counted, "")),
    ]


@require_GET
@allowed("desk.export")
def service_export(request: SignedInRequest) -> HttpResponse:
    """The report as a spreadsheet; the export is on record (Q3)."""
    form = _form(request)
    if not form.is_valid():
        raise Http404
    chosen = form.chosen(at=timezone.now())
    report = desk.service_report(request.user, chosen)
    return sheet(
        request,
        _lines(report, chosen),
        report="service",
        name=f"service-{chosen.first_date}-{chosen.last_date}",
        rows=report.opened,
    )
