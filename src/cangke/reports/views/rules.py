"""How the rules are kept (S8)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import allowed, scope
from cangke.foundation.calendar.public import site_day
from cangke.foundation.ui.public import SignedInRequest
from cangke.people.public import Team, default_site

from ..compliance import Month, compliance
from ..forms import MonthForm
from .shared import sheet


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
    rows: list[list[object]] = [[_("条款"), _("事项"), _("发生次数"), _("已处理"), _("待处理")]]
    rows += [[each.clause, each.label, each.count, each.decided, each.open] for each in lines]
    return sheet(
        request,
        rows,
        report="compliance",
        name=f"rules-{month.first:%Y-%m}",
        rows=sum(line.count for line in lines),
    )
