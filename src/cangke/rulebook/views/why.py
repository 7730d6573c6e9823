from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import Account, signed_in

from .. import ports, queries


@require_GET
@signed_in
def why(request: HttpRequest, label: str, pk: int, figure: str) -> HttpResponse:
    """Why a figure is what it is; whoever may see the record may ask."""
    account: Account = request.user  # type: ignore[assignment]  # let in by `signed_in`
    subject = queries.get_subject(account, label, pk)
    rows = queries.list_explanations(subject, figure)
    if not rows:
        raise Http404
    shown = queries.shown_explanation(account, rows)
    heard = ports.objections.ask(account=account, subject=subject, explanation=rows[0])
    if heard is not None:
        shown = replace(
            shown, objection=heard.words, objection_url=heard.url, objection_label=heard.label
        )
    return render(request, "ui/explain.html", {"explanation": shown})
