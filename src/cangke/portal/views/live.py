"""The visitor's own stream of server-sent events."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from cangke.desk.public import web_chat
from cangke.foundation.access.public import open_to_all
from cangke.foundation.live.public import listen

from .asking import key_of, known_visitor

MOST_A_VISITOR = 6  # pages of one browser
MOST_AN_ADDRESS = 200

_open: Counter[str] = Counter()


def _last_seen(request: HttpRequest) -> int | None:
    text = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _visitor_key(request: HttpRequest, key: str) -> str:
    return key_of(known_visitor(request), web_chat.chat_channel(key))


@require_GET
@open_to_all
async def stream(request: HttpRequest, key: str) -> HttpResponse | StreamingHttpResponse:
    """Tell the visitor's page that there is something to fetch; never what, and never others'."""
    visitor_key = await sync_to_async(_visitor_key)(request, key)
    address = str(request.META.get("REMOTE_ADDR", ""))
    if _open[visitor_key] >= MOST_A_VISITOR or _open[address] >= MOST_AN_ADDRESS:
        return HttpResponse(status=429, headers={"Retry-After": "30"})

    async def still_allowed() -> bool:
        return await sync_to_async(web_chat.is_open_channel)(key)

    response = StreamingHttpResponse(
        _counted(
            (visitor_key, address),
            cast(
                AsyncGenerator[bytes, None],
                listen(
                    frozenset([f"visitor:{visitor_key}"]),
                    after=_last_seen(request),
                    still_allowed=still_allowed,
                ),
            ),
        ),
        content_type="text/event-stream",
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _counted(
    keys: tuple[str, str], events: AsyncGenerator[bytes, None]
) -> AsyncIterator[bytes]:
    for each in keys:
        _open[each] += 1
    try:
        async with aclosing(events) as open_events:
            async for event in open_events:
                yield event
    finally:
        for each in keys:
            _open[each] -= 1
            if _open[each] <= 0:
                del _open[each]
