"""What scripts achieve (J3)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from cangke.desk import public as desk
from cangke.foundation.access.public import allowed
from cangke.foundation.ui.public import SignedInRequest

from ..scripts import script_lines
from .shared import filter_form


@require_GET
@allowed("desk.report")
def scripts(request: SignedInRequest) -> HttpResponse:
    """How often each script was sent, solved the matter and was followed by an order."""
    form = filter_form(request)
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
                desk.percent_text(each.solved_share),
                desk.percent_text(each.won_share),
            )
            for each in lines
        ],
    }
    return render(request, "reports/scripts/detail.html", context)
