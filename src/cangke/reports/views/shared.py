"""What the pages of reports share: their filter, and the report as a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils import timezone

from cangke.foundation.audit.public import record
from cangke.foundation.sheets.public import safe_cell
from cangke.foundation.ui.public import SignedInRequest

from ..forms import ServiceFilter

PER_PAGE = 50


def filter_form(
    request: SignedInRequest, form: type[ServiceFilter] = ServiceFilter, **standard: str
) -> ServiceFilter:
    """Return the filter of the address; what it leaves open is as ``standard`` and a month."""
    data = request.GET.copy()
    for name, value in {"period": "month", **standard}.items():
        data.setdefault(name, value)
    return form(data)


def as_csv(lines: Iterable[list[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(
        [safe_cell(cell) if isinstance(cell, str) else cell for cell in line] for line in lines
    )
    return out.getvalue().encode("utf-8-sig")


def sheet(
    request: SignedInRequest, lines: Iterable[list[object]], *, report: str, name: str, rows: int
) -> HttpResponse:
    """Hand the lines out as a spreadsheet; the export is on record (Q3)."""
    record(
        "reports.exported",
        by=request.user,
        at=timezone.now(),
        changes={"report": report, "filter": request.GET.dict(), "rows": rows},
    )
    response = HttpResponse(as_csv(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
