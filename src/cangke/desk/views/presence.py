"""Being there: the switch in the top bar and the heartbeat of an open page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cangke.foundation.access.public import allowed
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest

from .. import actions, queries
from ..forms import PresenceForm
from ..rules.routing import Presence
from .workbench import me


@require_GET
@allowed("desk.presence")
def presence_panel(request: SignedInRequest) -> HttpResponse:
    """My presence with today's hours, as the top bar shows it."""
    employee = me(request)
    if employee is None:
        return HttpResponse("")
    context = {"mine": queries.own_presence(employee, at=timezone.now()), "me": employee}
    return render(request, "desk/presence/panel.html", context)


@require_POST
@allowed("desk.presence")
def presence(request: SignedInRequest) -> HttpResponse:
    """Go online, on a break, offline …"""
    form = PresenceForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("没有这种在线状态。"), field="state")
    actions.set_presence(
        state=Presence(form.cleaned_data["state"]), by=request.user, at=timezone.now()
    )
    if not request.htmx:
        return redirect(request.headers.get("Referer") or "desk:workbench")
    return presence_panel(request)


@require_POST
@allowed("desk.presence")
def heartbeat(request: SignedInRequest) -> HttpResponse:
    """The page is open: the agent can be given work."""
    actions.heartbeat(by=request.user, at=timezone.now())
    return HttpResponse(status=204)
