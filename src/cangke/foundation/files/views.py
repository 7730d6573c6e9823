from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cangke.foundation.access.public import open_to_all

from . import queries

_CHUNK = 64 * 1024


@require_safe
@open_to_all
def download(request: HttpRequest, key: str) -> HttpResponseBase:
    """
    Hand out a private file, inert: only pictures we wrote ourselves may show in a page.

    Open to all, because visitors of the chat have files too: the owner of its purpose decides.
    """
    file = queries.get_readable(key, request)
    tag = f'"{file.sha256}"'
    response: HttpResponseBase
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    elif request.method == "HEAD":
        response = HttpResponse(content_type=file.content_type)
        response["Content-Length"] = str(file.size)
    elif isinstance(request, ASGIRequest):
        response = StreamingHttpResponse(
            _pieces(file.content.open("rb")), content_type=file.content_type
        )
        response["Content-Length"] = str(file.size)
    else:
        response = FileResponse(file.content.open("rb"), content_type=file.content_type)
    disposition = content_disposition_header(not file.is_picture, file.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    response["ETag"] = tag
    # Asked again each time, so that the gate decides each time.
    response["Cache-Control"] = "private, no-cache"
    return response


async def _pieces(content: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(content.read, _CHUNK):
            yield chunk
    finally:
        content.close()
