"""Answers that carry a file: streamed on either kind of server, and inert."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

_CHUNK = 64 * 1024


def stream(
    request: HttpRequest, content: IO[bytes], *, content_type: str, size: int
) -> StreamingHttpResponse:
    """Send an open file piece by piece; it is closed at the end."""
    response: StreamingHttpResponse
    if isinstance(request, ASGIRequest):
        response = StreamingHttpResponse(_pieces(content), content_type=content_type)
    else:
        response = FileResponse(content, content_type=content_type)
    response["Content-Length"] = str(size)
    return response


async def _pieces(content: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(content.read, _CHUNK):
            yield chunk
    finally:
        content.close()


def make_inert(response: HttpResponseBase, name: str, *, inline: bool = False) -> None:
    """Have a browser save the answer, or at most show it as a picture; it never runs."""
    disposition = content_disposition_header(not inline, name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"


def attachment(
    request: HttpRequest, content: IO[bytes], *, name: str, content_type: str, size: int
) -> StreamingHttpResponse:
    """Send what was made for this request as a file to save."""
    response = stream(request, content, content_type=content_type, size=size)
    make_inert(response, name)
    return response
