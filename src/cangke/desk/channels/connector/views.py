"""The addresses an outside tool calls. Its signature is its proof; there is no session."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cangke.foundation import limits
from cangke.foundation.access.public import open_to_all
from cangke.foundation.refusal import Refusal

from ...models import Connector
from . import intake, outgoing

limits.limit("connector.call.address", 1200, 60)
MOST_ROWS = 100

Answering = Callable[[HttpRequest, Connector], HttpResponse]


def problem(status: int, detail: str, field: str = "") -> JsonResponse:
    """Return a refusal as the other side reads it."""
    body = {"status": status, "detail": detail, **({"field": field} if field else {})}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _signed(view: Answering) -> Callable[[HttpRequest, str], HttpResponse]:
    """Let in only what the channel's tool has signed: the body, or for a GET its address."""

    @functools.wraps(view)
    def checked(request: HttpRequest, key: str) -> HttpResponse:
        try:
            limits.spend("connector.call.address", limits.address_of(request))
            if int(request.headers.get("Content-Length") or 0) > intake.MOST_BODY:
                return problem(413, "the body is too large")
            connector = intake.connector_of(key)
            body = request.body if request.method == "POST" else request.get_full_path().encode()
            if connector is None:
                return problem(404, "no such channel")
            intake.check_signature(
                connector,
                body=body,
                timestamp=request.headers.get("X-Cangke-Timestamp", ""),
                signature=request.headers.get("X-Cangke-Signature", ""),
                at=timezone.now(),
            )
            return view(request, connector)
        except intake.Unsigned:
            return problem(403, "the signature does not fit, or is older than five minutes")
        except Refusal as refusal:
            return problem(refusal.status, str(refusal.message), refusal.field or "")

    return checked


@csrf_exempt
@require_POST
@open_to_all
@_signed
def messages(request: HttpRequest, connector: Connector) -> HttpResponse:
    """Take a customer's message in; the same ``id`` again answers 200 with ``duplicate``."""
    received = intake.take_in(connector, request.body, at=timezone.now())
    said = {
        "message": received.message.pk,
        "conversation": received.conversation.number,
        "duplicate": received.duplicate,
    }
    return JsonResponse(said, status=200 if received.duplicate else 201)


@csrf_exempt
@require_POST
@open_to_all
@_signed
def deliveries(request: HttpRequest, connector: Connector) -> HttpResponse:
    """Note how far an answer has come."""
    message = intake.take_word(connector, request.body, at=timezone.now())
    return JsonResponse({"id": message.pk, "state": message.delivery})


@require_safe
@open_to_all
@_signed
def answers(request: HttpRequest, connector: Connector) -> HttpResponse:
    """Hand out the answers that are not confirmed yet, for a tool that cannot be called."""
    after = request.GET.get("after", "0")
    if not after.isascii() or not after.isdecimal() or len(after) > 15:
        return problem(422, "after is a message id", "after")
    rows = outgoing.waiting_for(connector, after=int(after), limit=MOST_ROWS)
    return JsonResponse({"rows": [outgoing.as_json(row) for row in rows]})
