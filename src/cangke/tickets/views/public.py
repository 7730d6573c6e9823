"""What a customer sees of a ticket: the same state as inside, and what was said to them (A22)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import open_to_all
from cangke.foundation.ui.public import PageRequest

from . import answers
from .looks import look_at


@require_GET
@open_to_all
def public(request: PageRequest, key: str) -> HttpResponse:
    """The true state of a ticket, for whoever holds its signed address; no names, no notes."""
    ticket = look_at(answers.ticket_of_key(key), at=timezone.now())
    replies = ticket.entries.filter(kind="replied", message__recalled_at__isnull=True)
    context = {
        "ticket": ticket,
        "kind_name": ticket.kind.name_in(get_language() or ""),
        "replies": list(replies.order_by("-pk")[:20]),
    }
    response = render(request, "tickets/ticket/public.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
