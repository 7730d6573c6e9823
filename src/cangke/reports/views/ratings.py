"""What customers said of the service once it had ended (G7.1)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cangke.desk import public as desk
from cangke.foundation.access.public import allowed
from cangke.foundation.ui.public import Explanation, Fact, SignedInRequest, Sum

from ..forms import RatingFilter
from ..ratings import FIGURES, figure_label, figure_share, figures
from .shared import PER_PAGE, filter_form


@require_GET
@allowed("desk.report")
def ratings(request: SignedInRequest) -> HttpResponse:
    """Each customer who was asked in the period, with what they said, the latest first."""
    form = filter_form(request, RatingFilter)
    if not form.is_valid():
        return render(request, "reports/ratings/list.html", {"form": form}, status=422)
    chosen = form.chosen(at=timezone.now())
    rows = desk.report_ratings(request.user, chosen)
    counted = desk.rating_count(rows)
    said = form.cleaned_data.get("said")
    if said:
        rows = rows.filter(**RatingFilter.SAID[said])
    rows = rows.select_related("agent__team", "channel", "conversation__customer")
    page = Paginator(rows.order_by("-asked_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "counted": counted,
        "figures": figures(counted, query.urlencode()),
        "query": query.urlencode(),
    }
    return render(request, "reports/ratings/list.html", context)


@require_GET
@allowed("desk.report")
def ratings_why(request: SignedInRequest, key: str) -> HttpResponse:
    """Why a share is what it is: the clause, the arithmetic, and who said what."""
    form = filter_form(request, RatingFilter)
    if key not in FIGURES or not form.is_valid():
        raise Http404
    chosen = form.chosen(at=timezone.now())
    counted = desk.rating_count(desk.report_ratings(request.user, chosen))
    clause = desk.rating_clause(on=chosen.last_date)
    query = request.GET.copy()
    query.pop("said", None)
    place = f"{reverse('reports:ratings')}?{query.urlencode()}"
    tops = {
        "satisfaction": (counted.satisfied, counted.rated),
        "response": (counted.rated, counted.asked),
    }
    top, bottom = tops[key]
    explanation = Explanation(
        title=figure_label(key),
        clause=clause.name,
        clause_url=clause.url,
        clause_text=clause.text,
        version=clause.version,
        facts=[
            Fact(label, str(count), url=place + said, source=_("逐条查看"))
            for label, count, said in (
                (_("已邀请"), counted.asked, ""),
                (_("已评"), counted.rated, "&said=rated"),
                (_("满意"), counted.satisfied, "&said=satisfied"),
            )
        ],
        sums=[
            Sum(
                words=f"{top} ÷ {bottom}",
                value=desk.percent_text(figure_share(counted, key)),
                total=True,
            )
        ],
    )
    return render(request, "ui/explain.html", {"explanation": explanation})
