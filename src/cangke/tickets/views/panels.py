"""What work items lend to other rooms' pages: home, conversation."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cangke.desk.public import Conversation
from cangke.foundation.access.public import allowed, can, get_visible, scope
from cangke.foundation.ui.public import SignedInRequest
from cangke.people.public import employee_of

from .. import queries
from ..models import Pledge
from .pledges import tone_of

FEW = 5


@require_GET
@allowed("tickets.view")
def pledge_panel(request: SignedInRequest) -> HttpResponse:
    """The promises I have to keep, the most urgent first; for leaders the late ones they see."""
    employee = employee_of(request.user)
    mine = list(queries.pledges_to_keep(employee)[: FEW + 1]) if employee is not None else []
    late = 0
    if can(request.user, "tickets.judge"):
        rows = queries.overdue_pledges(scope(request.user, Pledge, "view"), at=timezone.now())
        late = rows.order_by().values("pk")[:100].count()
    context = {"rows": mine[:FEW], "more": len(mine) > FEW, "late": late}
    return render(request, "tickets/panel/pledges.html", context)


@require_GET
@allowed("tickets.view")
def conversation_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was promised to the customer of a conversation (slot ``desk.conversation``)."""
    rows = scope(request.user, Conversation, "view").select_related("customer")
    conversation = get_visible(request.user, Conversation, "view", rows=rows, pk=pk)
    pledges = list(queries.pledges_of_conversation(request.user, conversation)[: FEW + 1])
    for each in pledges:
        each.tone = tone_of(each)  # type: ignore[attr-defined]  # read by the template
    may_open = set(
        scope(request.user, Pledge, "view")
        .filter(pk__in=[each.pk for each in pledges])
        .values_list("pk", flat=True)
    )
    context = {
        "conversation": conversation,
        "pledges": pledges[:FEW],
        "more_pledges": len(pledges) > FEW,
        "may_open": may_open,
        "may_pledge": can(request.user, "tickets.pledge"),
    }
    return render(request, "tickets/panel/conversation.html", context)
