"""Small things a view says beside its answer: a toast, an event, a way on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.forms import BaseForm
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django_htmx.http import trigger_client_event

from cangke.foundation.refusal import Refusal

Response = TypeVar("Response", bound=HttpResponseBase)


def trigger(response: HttpResponse, name: str, **detail: Any) -> HttpResponse:
    """Let the page hear an event (``orders-changed``) once it has the answer."""
    return trigger_client_event(response, name, detail)


def toast(
    response: HttpResponse, text: object, *, tone: str = "done", undo: str = ""
) -> HttpResponse:
    """
    Show a short sentence at the foot of the page with a fragment's answer.

    ``tone`` is ``""``, ``done``, ``wait`` or ``late``; ``undo`` is the address that a POST undoes.
    """
    detail: dict[str, Any] = {"text": str(text), "tone": tone}
    if undo:
        detail["undo"] = {"url": undo}
    return trigger_client_event(response, "ck:toast", detail)


def go_to(url: str) -> HttpResponse:
    """Answer an htmx request by opening another page."""
    return HttpResponse(status=204, headers={"HX-Redirect": url})


def refused(form: BaseForm, refusal: Refusal) -> None:
    """Put a refusal at its field, or at the head of the form if it has none there."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal.message))


def allow_framing(response: Response, origins: Iterable[str]) -> Response:
    """Let pages of these origins frame the answer (the chat widget); all others stay shut out."""
    response.ck_framed_by = tuple(origins)  # type: ignore[attr-defined]  # read by the middleware
    response.xframe_options_exempt = True  # type: ignore[attr-defined]  # Django's own mark
    return response
