from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cangke.foundation.access.public import signed_in

from . import queries, registry, rules

IN_PALETTE = 12
ON_PAGE = 50


def _groups(hits: list[queries.Hit]) -> list[tuple[queries.Hit, list[queries.Hit]]]:
    """Hits by kind, in the order the rooms asked for; inside a kind the best first."""
    ordered = sorted(hits, key=lambda hit: registry.KINDS[hit.kind].order)
    return [
        (group[0], group)
        for group in (list(each) for _kind, each in groupby(ordered, key=lambda hit: hit.kind))
    ]


@require_safe
@signed_in
def palette(request: HttpRequest) -> HttpResponse:
    """What the palette shows below its field; without script, the page of results."""
    text = request.GET.get("q", "")[: rules.LONGEST_QUERY]
    if not getattr(request, "htmx", None):
        query = "?" + urlencode({"q": text}) if text else ""
        return redirect(reverse("search:results") + query)
    hits = queries.search(request.user, text, limit=IN_PALETTE)
    context = {"groups": _groups(hits), "text": text.strip(), "full": len(hits) == IN_PALETTE}
    return render(request, "search/palette.html", context)


@require_safe
@signed_in
def results(request: HttpRequest) -> HttpResponse:
    """A page of what was found, by kind."""
    text = request.GET.get("q", "")[: rules.LONGEST_QUERY]
    kind = request.GET.get("kind", "")
    kinds = [kind] if kind in registry.KINDS else None
    hits = queries.search(request.user, text, kinds=kinds, limit=ON_PAGE)
    context = {
        "groups": _groups(hits),
        "text": text,
        "kind": kind if kinds else "",
        "count": len(hits),
        "full": len(hits) == ON_PAGE,
    }
    return render(request, "search/results.html", context)
