"""Being there: the switch in the top bar and the heartbeat of an open page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import allowed
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, act, once, trigger
from cangke.people.public import Employee

from .. import actions, queries
from ..forms import LeavingForm, PresenceForm
from ..models import Conversation
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
    state = Presence(form.cleaned_data["state"])
    employee = me(request)
    if state is Presence.OFFLINE and employee is not None and queries.held_by(employee):
        return _ask_first(request)
    actions.set_presence(state=state, by=request.user, at=timezone.now())
    if not request.htmx:
        return redirect(request.headers.get("Referer") or "desk:workbench")
    return presence_panel(request)


@require_POST
@allowed("desk.presence")
def heartbeat(request: SignedInRequest) -> HttpResponse:
    """The page is open: the agent can be given work."""
    actions.heartbeat(by=request.user, at=timezone.now())
    return HttpResponse(status=204)


def _ask_first(request: SignedInRequest) -> HttpResponse:
    """Customers are still being served: ask what becomes of them (A27)."""
    if not request.htmx:
        return redirect("desk:leaving")
    return trigger(presence_panel(request), "ck:open-dialog", url=reverse("desk:leaving"))


@require_http_methods(["GET", "POST"])
@allowed("desk.presence")
@once("desk.leaving")
def leaving(request: SignedInRequest) -> HttpResponse:
    """What becomes of each conversation in hand when going offline (A27)."""
    employee = me(request)
    if employee is None:
        raise Refusal(_("此账户没有对应的员工，不能接待客户。"))
    at = timezone.now()
    form = LeavingForm(
        request.POST or None,
        held=[(row.pk, _line(row)) for row in queries.held_by(employee)],
        people=queries.people_to_choose(None, without=request.user),
    )

    def perform(values: dict[str, Any]) -> None:
        people = Employee.objects.in_bulk([to for _pk, to, _note in form.chosen() if to])
        actions.leave(
            partings=[
                actions.Parting(pk, people.get(to) if to else None, note)
                for pk, to, note in form.chosen()
            ],
            by=request.user,
            at=at,
        )

    return act(
        request,
        form,
        perform,
        title=_("下班前：手上的会话"),
        done=reverse("desk:workbench"),
        said=_("已安排好；没有新会话会再分给你，接待完就离线。"),
        back=reverse("desk:workbench"),
        submit_label=_("安排好了，离线"),
        template="desk/presence/leaving.html",
    )


def _line(row: Conversation) -> str:
    words = [row.customer.display_name, row.number, row.get_state_display()]
    return " · ".join(str(each) for each in words)
