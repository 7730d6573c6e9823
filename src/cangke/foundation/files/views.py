from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from cangke.foundation.access.public import open_to_all

from . import queries, replies


@require_safe
@open_to_all
def download(request: HttpRequest, key: str) -> HttpResponseBase:
    """
    Hand out a private file, inert: only pictures we wrote ourselves may show in a page.

    Open to all, because visitors of the chat have files too: the owner of its purpose decides.
    """
    file = queries.get_readable(key, request)
    tag = f'"{file.sha256}"'
    if tag in request.headers.get("If-None-Match", ""):
        response: HttpResponseBase = HttpResponse(status=304)
    elif request.method == "HEAD":
        response = HttpResponse(content_type=file.content_type)
        response["Content-Length"] = str(file.size)
    else:
        content = file.content.open("rb")
        response = replies.stream(request, content, content_type=file.content_type, size=file.size)
    replies.make_inert(response, file.name, inline=file.is_picture)
    response["ETag"] = tag
    # Asked again each time, so that the gate decides each time.
    response["Cache-Control"] = "private, no-cache"
    return response
