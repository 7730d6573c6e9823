from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cangke.desk.public import board_brief, waiting_thresholds
from cangke.foundation.access.public import allowed
from cangke.foundation.ui.public import SignedInRequest

from . import queries

NEVER = 10**9  # seconds


@require_GET
@allowed("desk.board")
def board(request: SignedInRequest) -> HttpResponse:
    """The live board (O4); htmx fetches its body again, a browser the whole screen."""
    text = request.GET.get("team", "")
    team_id = int(text) if text.isdecimal() and len(text) < 10 else None
    at = timezone.now()
    context = {
        "wall": queries.wall(request.user, at=at, team_id=team_id),
        "team_id": team_id,
        **_clocks(timezone.localdate(at)),
        "query": f"team={team_id}" if team_id else "",
    }
    if request.htmx:
        return render(request, "supervision/board/_body.html", context)
    return render(request, "supervision/board/wall.html", {**context, "teams": queries.teams()})


@require_GET
@allowed("desk.board")
def panel(request: SignedInRequest) -> HttpResponse:
    """The desk in four numbers and who waits longest, for the home page."""
    at = timezone.now()
    context = {
        "brief": board_brief(request.user, at=at),
        **_clocks(timezone.localdate(at)),
    }
    return render(request, "supervision/board/panel.html", context)


def _clocks(day: dt.date) -> dict[str, str]:
    """When a waiting clock changes colour: over target red from the start, below amber at most."""
    amber, _red, dark = waiting_thresholds(on=day).split(",")
    return {
        "thresholds": waiting_thresholds(on=day),
        "overdue_thresholds": f"0,0,{dark}",
        "early_thresholds": f"{amber},{NEVER},{NEVER}",
    }
