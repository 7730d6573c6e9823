"""How the pages of work items answer: as a page, or as a dialog over the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from cangke.desk.public import Conversation
from cangke.foundation.access.public import get_visible
from cangke.foundation.ui.public import SignedInRequest, go_to, toast, trigger

CHANGED = "tickets-changed"


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
