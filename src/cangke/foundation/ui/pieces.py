"""A part of a page whose address somebody opens by itself is shown inside a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.safestring import mark_safe

from .requests import PageRequest

WHOLE = b"<!doctype"


def is_bare(request: PageRequest, response: HttpResponseBase) -> bool:
    """Whether the answer is a piece of a page, and nobody's script asked for it."""
    return (
        request.method == "GET"
        and not request.htmx
        and "X-Requested-With" not in request.headers  # as the chat of visitors says
        and response.status_code == 200
        and isinstance(response, HttpResponse)
        and response.headers.get("Content-Type", "").startswith("text/html")
        and response.content.lstrip()[: len(WHOLE)].lower() != WHOLE
    )


def in_a_page(request: PageRequest, response: HttpResponse) -> HttpResponse:
    """Put the piece into the frame of all pages, with the way to the page it is a piece of."""
    context = {
        # The view's own template has escaped it.
        "piece": mark_safe(response.content.decode(response.charset)),  # noqa: S308  # see above
        "whole_url": _whole_of(request.path),
    }
    response.content = render_to_string("ui/piece.html", context, request)
    return response


def _whole_of(path: str) -> str:
    """Return the address of the object that the piece tells of, else its room, else home."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 1, -1):
        above = f"/{'/'.join(parts[:length])}/"
        if parts[length - 1].isdecimal() and _is_there(above):
            return above
    room = f"/{parts[0]}/"
    return room if len(parts) > 1 and _is_there(room) else "/"


def _is_there(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
