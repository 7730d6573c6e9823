"""
The interface for programs under ``/api/v1/`` (X11): tokens, problems, one POST once.

Rooms write routers; this mounts them. Nothing here reads a cookie.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from cangke.foundation.access.public import Account, open_to_all
from cangke.foundation.limits import TooMany, address_of, check, limit, spend
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.ui.public import answer_once

from .actions import enter

log = logging.getLogger("cangke.api")
limit("api.call.token", 600, 60)
limit("api.write.token", 240, 60)
limit("api.miss.address", 30, 300)

PREFIX = "/api/v1/"
TYPE = "application/problem+json"
MOST_KEY = 80
Run = Callable[..., HttpResponseBase]


def problem(
    status: int, title: object, *, field: str | None = None, headers: dict[str, str] | None = None
) -> HttpResponse:
    """An error of ours as a problem document (RFC 9457)."""
    body = {"type": "about:blank", "title": str(title), "status": status, "detail": str(title)}
    response = JsonResponse(
        {**body, "field": field},
        status=status,
        content_type=TYPE,
        headers=headers,
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-store"
    return response


class _Parser(Parser):
    """JSON whose text every database can keep."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            found = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise HttpError(400, _("内容不是正确的 JSON。")) from error
        if not _is_plain(found):
            raise HttpError(400, _("文字里有不能保存的字符。"))
        return found


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return all(_is_plain(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return all(_is_plain(each) for each in value)
    return True


class _Bearer(HttpBearer):
    """``Authorization: Bearer ck_…``; looked up once a request."""

    def authenticate(self, request: HttpRequest, token: str) -> Account | None:
        known: Account | None = getattr(request, "ck_caller", None)
        if known is not None:
            return known
        address = address_of(request)
        check("api.miss.address", address)
        found = enter(text=token.strip(), at=now(), address=address)
        if found is None:
            spend("api.miss.address", address)
            return None
        row, account = found
        spend("api.call.token", row.prefix)
        if request.method not in ("GET", "HEAD"):
            spend("api.write.token", row.prefix)
        request.ck_caller = account  # type: ignore[attr-defined]  # read above
        return account


bearer = _Bearer()


def _guarded(run: Run) -> Run:
    """Who calls comes before what is asked; a POST with a key is answered once."""

    @functools.wraps(run)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        account = cast(Account | None, bearer(request))
        if account is None:
            raise AuthenticationError
        request.user = account
        if "\0" in request.path or "\0" in request.GET.urlencode().replace("%00", "\0"):
            raise HttpError(400, _("文字里有不能保存的字符。"))
        if request.method == "POST" and request.content_type != "application/json":
            raise HttpError(415, _("内容要是 JSON（Content-Type: application/json）。"))
        key = request.headers.get("Idempotency-Key", "").strip()
        if request.method != "POST" or not key:
            return run(request, **kwargs)
        if len(key) > MOST_KEY:
            raise Refusal(_("Idempotency-Key 最多 80 个字符。"), field="Idempotency-Key")
        action = f"POST {request.path}"[:80]
        with transaction.atomic():
            if not _is_first(account, action, key):
                raise Conflict(_("上一次提交还在处理，请稍等几秒再看结果"))
            return answer_once(_as_view(run), action, key, request, **kwargs)

    return answer


def _as_view(run: Run) -> Run:
    def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return run(request, **kwargs)

    return view


def _is_first(account: Account, action: str, key: str) -> bool:
    """Whether nobody is at work on the same key; SQLite lets one writer in at a time anyway."""
    if connection.vendor != "postgresql":
        return True
    digest = hashlib.sha256(f"{account.pk}\0{action}\0{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _told(error: Exception) -> HttpResponse | None:
    """The problem an error is told as; None for one that is ours."""
    if isinstance(error, AuthenticationError):
        text = _("令牌不对、已过期或已作废。请在“设置 · 我的 API 令牌”里新建。")
        return problem(401, text, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, TooMany):
        return problem(429, error.message, headers={"Retry-After": str(error.retry_after)})
    if isinstance(error, Refusal):
        return problem(error.status, error.message, field=error.field)
    if isinstance(error, ValidationError):
        first = error.errors[0] if error.errors else {"loc": (), "msg": ""}
        place = [str(each) for each in first["loc"] if each not in ("body", "query", "payload")]
        return problem(422, first["msg"], field=".".join(place) or None)
    if isinstance(error, HttpError):
        return problem(error.status_code, error.message)
    if isinstance(error, PermissionDenied):
        return problem(403, _("没有权限。"))
    if isinstance(error, Http404):
        return problem(404, _("没有找到。"))
    if isinstance(error, RequestDataTooBig):
        return problem(413, _("内容太大了"))
    if isinstance(error, SuspiciousOperation):
        return problem(400, _("这个请求看不懂"))
    return None


def _outermost(view: Run) -> Run:
    """Whatever happens, the answer is JSON; what is our fault is logged and rolled back."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  # the edge: anything becomes a problem
            told = _told(error)
            if told is None:
                log.exception("%s %s failed", request.method, request.path)
                told = problem(500, _("我们这边出错了，没有改动任何数据。"))
            return told
        if response.status_code == 405:
            allow = {"Allow": response.headers.get("Allow", "")}
            return problem(405, _("这个地址不支持这种方法。"), headers=allow)
        if response.status_code >= 400:
            response["Content-Type"] = TYPE
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(answer)


@csrf_exempt
@open_to_all
def unknown(request: HttpRequest) -> HttpResponse:
    """No such address."""
    return problem(404, _("没有找到。"))


def _tell(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    told = _told(error) if isinstance(error, Exception) else None
    if told is None:
        raise error
    return told


def _document(api: NinjaAPI) -> dict[str, Any]:
    """The OpenAPI document; errors are problem documents, and a POST may carry a key."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    for operations in found["paths"].values():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "content" in answer:
                    answer["content"] = {TYPE: answer["content"].pop("application/json")}
            if method == "post":
                operation.setdefault("parameters", []).append(
                    {
                        "in": "header",
                        "name": "Idempotency-Key",
                        "required": False,
                        "schema": {"type": "string", "maxLength": MOST_KEY},
                        "description": "the same key and body get the same answer for 48 hours",
                    }
                )
    return found


def mount(routers: Iterable[Router]) -> list[URLPattern | URLResolver]:
    """Return the addresses under ``/api/v1/`` of the rooms' routers."""
    api = NinjaAPI(
        title="Cangke",
        version="1",
        description="What a token may do is what its account may do, cut down to its scopes.",
        urls_namespace="rest",
        auth=bearer,
        docs_url=None,
        openapi_url=None,
        parser=_Parser(),
    )
    api.add_decorator(_guarded, mode="view")
    for handled in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(handled, _tell)
    for router in routers:
        api.add_router("", router)

    @open_to_all
    def document(request: HttpRequest) -> JsonResponse:
        return JsonResponse(_document(api))

    found = [each for each in api.urls[0] if getattr(each, "name", "") != "api-root"]
    for each in found:
        if isinstance(each, URLPattern):
            each.callback = _outermost(each.callback)
    return [path("openapi.json", document, name="openapi"), *found, re_path("", unknown)]
