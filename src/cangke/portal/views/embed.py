"""What a shop's page loads: the button that opens the chat, in the shop's colour."""

from __future__ import annotations

import hashlib
import json

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cangke.desk.public import web_chat
from cangke.foundation.access.public import open_to_all

from .. import assets, queries
from ..rules import accent_of
from .asking import language_of

MINUTES_KEPT = 300


def _kept(request: HttpRequest, text: str, content_type: str) -> HttpResponse:
    """Answer with a file browsers may keep for some minutes and then ask for again."""
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={MINUTES_KEPT}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@open_to_all
def widget(request: HttpRequest, key: str) -> HttpResponse:
    """The script: who the shop is, and the built launcher."""
    channel = web_chat.chat_channel(key)
    code = assets.asset_text("widget.js")
    if not code:
        raise Http404
    accent = accent_of(queries.colour_of(channel))
    language = language_of(request, channel.language)
    with translation.override(language):
        settings = {
            "path": reverse("portal:chat", args=[key]),
            "key": key,
            "language": language,
            "title": queries.title_of(channel),
            "ground": accent.ground,
            "text": accent.text,
            "words": {"open": _("在线客服"), "close": _("关闭对话"), "unread": _("%d 条新消息")},
        }
    # Named in words that no page can break out of: JSON is a literal of the script.
    said = json.dumps(settings, ensure_ascii=True)
    response = _kept(
        request, f"(function(){{var ckChat={said};\n{code}\n}})();\n", "text/javascript"
    )
    response["Vary"] = "Accept-Language"
    return response


@require_safe
@open_to_all
def colour(request: HttpRequest, key: str) -> HttpResponse:
    """The shop's colour as a style sheet: the content policy allows no styles in a page."""
    accent = accent_of(queries.colour_of(web_chat.chat_channel(key)))
    text = (
        f":root,[data-bs-theme]{{--ck-accent:{accent.ground};--ck-accent-hover:{accent.pressed};"
        f"--ck-on-accent:{accent.text}}}\n"
    )
    return _kept(request, text, "text/css")
