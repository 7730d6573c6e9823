"""
A form is submitted once, however often its button is pressed or the line drops.

The row that keeps the answer is written in the same transaction as the work: either both are
there or neither. A second submit waits for the first and gets its answer.
"""

from __future__ import annotations

import functools
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Any, overload

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.refusal import Conflict, Refusal

from .models import OnceKey

FIELD = "_once"
HEADER = "Idempotency-Key"
MOST_BODY = 512 * 1024
KEPT_HEADERS = re.compile(r"^(location|content-type|content-language|hx-.*)$", re.IGNORECASE)

View = Callable[..., HttpResponseBase]


def new_key() -> str:
    """Return a fresh one-time key."""
    return secrets.token_hex(16)


def _key_of(request: HttpRequest) -> str:
    return (request.headers.get(HEADER) or request.POST.get(FIELD, ""))[:80].strip()


def _owner_of(request: HttpRequest) -> str:
    if isinstance(request.user, Account):
        return f"account:{request.user.pk}"
    if not request.session.session_key:
        request.session.create()
    session = str(request.session.session_key)
    return f"session:{hashlib.sha256(session.encode()).hexdigest()[:32]}"


def _hash_of(request: HttpRequest) -> str:
    digest = hashlib.sha256(request.get_full_path().encode())
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name in sorted(request.POST):
            if name in (FIELD, "csrfmiddlewaretoken"):
                continue
            for value in request.POST.getlist(name):
                digest.update(f"\0{name}\1{value}".encode(errors="replace"))
        for name in sorted(request.FILES):
            for upload in request.FILES.getlist(name):
                digest.update(f"\0{name}\2{upload.name}\1{upload.size}".encode(errors="replace"))
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _replay(kept: OnceKey, request_hash: str) -> HttpResponse:
    if kept.request_hash != request_hash:
        raise Refusal(_("这份表单已经提交过，内容又有改动。请刷新页面后重新填写"))
    response = HttpResponse(bytes(kept.body), status=kept.status or 204)
    del response["Content-Type"]
    for name, value in kept.headers.items():
        response[name] = value
    response["X-Replayed"] = "1"
    return response


def _keep(row: OnceKey, response: HttpResponse) -> None:
    if len(response.content) > MOST_BODY:
        raise ValueError("an answer to keep must be smaller than half a megabyte")
    row.status = response.status_code
    row.headers = {name: value for name, value in response.items() if KEPT_HEADERS.match(name)}
    row.body = response.content
    row.save(update_fields=["status", "headers", "body"])


def answer_once(
    view: View, action: str, key: str, request: HttpRequest, /, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    """
    Run the view once for the person, the action and the key; later calls get the same answer.

    :raises Refusal: if the key came before with other content
    :raises Conflict: if the first call is still at work
    """
    owner, request_hash = _owner_of(request), _hash_of(request)
    refused: Exception | None = None
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = OnceKey.objects.create(
                    owner=owner,
                    action=action,
                    key=key,
                    request_hash=request_hash,
                    created_at=timezone.now(),
                )
        except IntegrityError:
            return _replay(OnceKey.objects.get(owner=owner, action=action, key=key), request_hash)
        except OperationalError as error:
            raise Conflict(_("上一次提交还在处理，请稍等几秒再看结果")) from error
        try:
            response = view(request, *args, **kwargs)
        except (Refusal, PermissionDenied, Http404) as error:
            # What a refusal records (a denied attempt) stays; the key is free for a corrected form.
            row.delete()
            refused = error
        else:
            if isinstance(response, HttpResponse) and response.status_code < 400:
                _keep(row, response)
            else:
                row.delete()
    if refused is not None:
        raise refused
    return response


def _guarded(view: View, action: str) -> View:
    @functools.wraps(view)
    def once_only(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = _key_of(request)
        if request.method != "POST" or not key:
            return view(request, *args, **kwargs)
        return answer_once(view, action, key, request, *args, **kwargs)

    return once_only


@overload
def once(action: View) -> View: ...
@overload
def once(action: str) -> Callable[[View], View]: ...
def once(action: str | View) -> View | Callable[[View], View]:
    """
    Let a POST view run once per person, action and key; later submits get the same answer.

    ``@once("orders.ship")`` below the access decorator; bare ``@once`` names the action after the
    view. The form carries the key by ``{% once "orders.ship" %}``, scripts by ``Idempotency-Key``.
    A submit without a key runs as usual. The same key with another body answers 422.
    """
    if callable(action):
        return _guarded(action, f"{action.__module__}.{action.__name__}"[-80:])
    return lambda view: _guarded(view, action)
