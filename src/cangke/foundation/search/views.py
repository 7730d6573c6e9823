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
LONGEST_POSITION = 18  # digits that a key of any database holds


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
    found = queries.search(request.user, text, limit=IN_PALETTE)
    more = found.earlier is not None or len(found.hits) == IN_PALETTE
    context = {"groups": _groups(found.hits), "text": text.strip(), "more": more}
    return render(request, "search/palette.html", context)


@require_safe
@signed_in
def results(request: HttpRequest) -> HttpResponse:
    """A page of what was found, by kind; and a way on to older rows."""
    text = request.GET.get("q", "")[: rules.LONGEST_QUERY]
    kind = request.GET.get("kind", "")
    kinds = [kind] if kind in registry.KINDS else None
    before = _position(request.GET.get("before", ""))
    found = queries.search(request.user, text, kinds=kinds, limit=ON_PAGE, before=before)
    chosen = {"q": text, "kind": kind} if kinds else {"q": text}
    context = {
        "groups": _groups(found.hits),
        "text": text,
        "kind": kind if kinds else "",
        "going_on": before is not None,
        "full": len(found.hits) == ON_PAGE,
        "newest": "?" + urlencode(chosen),
        "earlier": "?" + urlencode({**chosen, "before": found.earlier}) if found.earlier else "",
    }
    return render(request, "search/results.html", context)


def _position(text: str) -> int | None:
    """Where a search goes on; what is no number begins it anew."""
    is_one = text.isascii() and text.isdigit() and len(text) <= LONGEST_POSITION
    return int(text) if is_one else None
