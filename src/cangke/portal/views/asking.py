"""Who is asking, in which language, and how a refusal is put."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from cangke.desk.public import Channel, visitors, web_chat
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import error_page

from ..limits import TooMany

LANGUAGES = dict(settings.LANGUAGES)
View = Callable[..., Any]


class NotFromHere(Refusal):
    """The form did not come from our own page, or the page is too old."""

    status = 403


def language_of(request: HttpRequest, fallback: str) -> str:
    """Return the language asked for: by the address, else the browser's first, else the shop's."""
    asked = request.POST.get("lang") or request.GET.get("lang") or ""
    if asked in LANGUAGES:
        return asked
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        code = part.partition(";")[0].strip().lower()
        for known in LANGUAGES:
            if code == known or code.partition("-")[0] == known.partition("-")[0]:
                return known
    return fallback if fallback in LANGUAGES else settings.LANGUAGE_CODE


def in_chat(view: View) -> View:
    """Give the view its channel, in the visitor's language."""

    @functools.wraps(view)
    def asked(request: HttpRequest, key: str) -> HttpResponse:
        channel = web_chat.chat_channel(key)
        with translation.override(language_of(request, channel.language)):
            try:
                answer: HttpResponse = view(request, channel)
            except Refusal as refusal:
                answer = answer_refusal(request, refusal)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return asked


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Say what was refused, to the page's script or to a person, and when to go on."""
    response: HttpResponse
    if wants_json(request):
        said = {"error": str(refusal.message), "field": refusal.field or ""}
        response = JsonResponse(said, status=refusal.status)
    else:
        response = error_page(request, refusal.status, detail=refusal.message)
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response


def visitor_of(request: HttpRequest) -> visitors.Visitor | None:
    """
    Return who is asking: by the ticket the frame sends, else by the cookie; None if new.

    :raises Http404: for a ticket that is not ours
    """
    sent = request.headers.get("X-Visitor")
    if sent is not None:
        visitor = visitors.read_ticket(sent)
        if visitor is None:
            raise Http404
        return visitor
    return visitors.read_ticket(request.COOKIES.get(visitors.COOKIE, ""))


def known_visitor(request: HttpRequest) -> visitors.Visitor:
    """
    Return who is asking.

    :raises Http404: if it is nobody we know
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise Http404
    return visitor


def acting_visitor(request: HttpRequest) -> visitors.Visitor:
    """
    Return who acts, if it is their own page that sends it.

    A ticket in a header cannot be sent by another site. With a cookie the form must carry the
    proof made of it.

    :raises NotFromHere: if it may be another site's doing
    """
    origin = request.headers.get("Origin", "")
    if origin and origin != "null" and urlsplit(origin).netloc != request.get_host():
        raise NotFromHere(_("请从本站的页面发送。"))
    visitor = visitor_of(request)
    if visitor is None:
        raise NotFromHere(_("请允许本站使用 Cookie，刷新本页后再发送；您写的内容请先复制。"))
    proof = request.headers.get("X-Proof") or request.POST.get("proof", "")
    if "X-Visitor" not in request.headers and not visitor.proves(proof):
        raise NotFromHere(_("这一页放得太久了，请刷新后再发送；您写的内容请先复制。"))
    return visitor


def key_of(visitor: visitors.Visitor, channel: Channel) -> str:
    return visitor.key(channel.public_key)
