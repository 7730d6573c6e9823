"""What service costs (A26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cangke.desk import public as desk
from cangke.foundation.access.public import allowed
from cangke.foundation.ui.public import SignedInRequest
from cangke.foundation.wording import either
from cangke.tickets.public import compensation_in

from ..cost import CostLine, cost_of_service
from .shared import PER_PAGE, filter_form, sheet


@require_GET
@allowed("desk.report")
def cost(request: SignedInRequest) -> HttpResponse:
    """Average minutes and compensation by case type and client; each line opens its cases."""
    form = filter_form(request)
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
    form = filter_form(request)
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
    form = filter_form(request)
    if not form.is_valid():
        raise Http404
    chosen = form.chosen(at=timezone.now())
    lines, total = cost_of_service(request.user, chosen)
    return sheet(
        request,
        _cost_lines(lines),
        report="cost",
        name=f"cost-{chosen.first_date}-{chosen.last_date}",
        rows=total.count,
    )
