"""How the pages of work items answer: as a page, or as a dialog over the desk."""

from __future__ import annotations

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cangke.desk.public import Conversation
from cangke.foundation.access.public import get_visible
from cangke.foundation.ui.public import SignedInRequest, go_to, toast, trigger

from .. import queries
from ..models import Ticket

CHANGED = "tickets-changed"
SIGNER = Signer(salt="cangke.tickets.public")


def number_in(text: str) -> int | None:
    """A key from the address; None where there is none or it is no key."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def conversation_in(request: SignedInRequest) -> Conversation | None:
    """
    The conversation a page was opened from (``?conversation=``).

    :raises Http404: if it is somebody else's
    """
    text = request.GET.get("conversation", "")
    if not text:
        return None
    return get_visible(request.user, Conversation, "view", pk=number_in(text) or 0)


def done(request: SignedInRequest, url: str, said: str, *, stays: bool = False) -> HttpResponse:
    """
    After an act: on the page go on to ``url``; in a dialog over another room's page (``stays``)
    close it and let the panels fetch what changed.
    """
    if request.htmx and stays:
        response = trigger(HttpResponse(status=200), "ck:close-dialog")
        trigger(response, CHANGED)
        return toast(response, said)
    messages.success(request, said)
    return go_to(url) if request.htmx else redirect(url)


def public_url(ticket: Ticket) -> str:
    """The address at which the customer sees the true state of the ticket (A22)."""
    return reverse("tickets:public", args=[SIGNER.sign(str(ticket.pk)).replace(":", ".")])


def ticket_of_key(key: str) -> Ticket:
    """
    The ticket a public address stands for; after a merger the one that was kept.

    :raises Http404: if nobody of ours signed it
    """
    try:
        pk = int(SIGNER.unsign(key.replace(".", ":", 1)))
    except (BadSignature, ValueError):
        raise Http404 from None
    found = Ticket.objects.select_related("kind", "merged_into").filter(pk=pk).first()
    if found is None:
        raise Http404
    return queries.kept_of(found)
