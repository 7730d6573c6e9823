from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import Account, open_to_all

from . import ports
from .hub import listen

MOST_TOPICS = 60


def event_stream(body: Any) -> StreamingHttpResponse:
    """Wrap a stream of server-sent events so that no proxy holds it back."""
    response = StreamingHttpResponse(body, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def last_event_id(request: HttpRequest) -> int | None:
    """The row up to which the browser has seen events, from the header or ``?after=``."""
    text = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _topics(account_id: int, wanted: list[str]) -> frozenset[str]:
    heard = ports.topics_of.ask(account_id=account_id, wanted=wanted)
    return frozenset([f"account:{account_id}", *heard])


def _session_lives(account_id: int, session_key: str) -> bool:
    return (
        Account.objects.filter(pk=account_id, is_active=True).exists()
        and Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).exists()
    )


@require_GET
@open_to_all
async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The events of the signed-in account; the server chooses what it may hear."""
    account = await request.auser()
    if not isinstance(account, Account):
        return HttpResponse(status=401)
    wanted = request.GET.getlist("topic")[:MOST_TOPICS]
    topics = await sync_to_async(_topics)(account.pk, wanted)
    key = request.session.session_key or ""

    async def still_allowed() -> bool:
        return await sync_to_async(_session_lives)(account.pk, key)

    return event_stream(listen(topics, after=last_event_id(request), still_allowed=still_allowed))
