"""Headers, language, theme and refusals of every page."""

from __future__ import annotations

import secrets
import zoneinfo
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from cangke.foundation.access.public import Account
from cangke.foundation.refusal import Refusal

from . import errors, pieces, replies
from .requests import PageRequest

GetResponse = Callable[[PageRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

THEME_COOKIE = "ck-theme"
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors {ancestors}; "
    "form-action 'self'"
)


def new_reference() -> str:
    """Return a number to quote: eight signs that nobody mistakes for another, in two groups."""
    signs = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    drawn = "".join(secrets.choice(signs) for _sign in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


class HeadersMiddleware:
    """
    Give every answer its security headers, and every request a nonce and a reference.

    A view that is made to be framed says by whom with `replies.allow_framing`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.asynchronous = iscoroutinefunction(get_response)
        if self.asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: PageRequest) -> Any:
        request.csp_nonce = secrets.token_urlsafe(16)
        request.reference = new_reference()
        if self.asynchronous:
            return self._answer(request)
        return self._dress(request, self.get_response(request))  # type: ignore[arg-type]  # sync

    async def _answer(self, request: PageRequest) -> HttpResponseBase:
        return self._dress(request, await self.get_response(request))  # type: ignore[misc]  # async

    def _dress(self, request: PageRequest, response: HttpResponseBase) -> HttpResponseBase:
        framed_by = getattr(response, "ck_framed_by", ())
        ancestors = " ".join(framed_by) if framed_by else "'none'"
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy",
            POLICY.format(nonce=request.csp_nonce, ancestors=ancestors),
        )
        if not framed_by:
            headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault(
            "Permissions-Policy",
            "camera=(self), microphone=(), geolocation=(self), payment=(), usb=()",
        )
        if response.status_code >= 400:
            headers.setdefault("X-Reference", request.reference)
        return response


class PageMiddleware:
    """Speak the person's language, in their zone and theme; turn refusals into answers."""

    def __init__(self, get_response: Callable[[PageRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
        account = request.user if isinstance(request.user, Account) else None
        request.theme = account.theme if account else _cookie_theme(request)
        if account and account.language:
            translation.activate(account.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        zone = _zone(account.zone) if account and account.zone else None
        with timezone.override(zone) if zone else timezone.override(None):
            response = self.get_response(request)
        return self._finish(request, response, signed_in=account is not None)

    def _finish(
        self, request: PageRequest, response: HttpResponse, *, signed_in: bool
    ) -> HttpResponse:
        patch_vary_headers(response, ["HX-Request"])
        if signed_in and pieces.is_bare(request, response):
            response = pieces.in_a_page(request, response)
        if signed_in:
            response.headers.setdefault("Cache-Control", "no-store")
        if not request.htmx:
            return response
        to_login = resolve_url(settings.LOGIN_URL)
        goes_to = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
        if not signed_in and goes_to.partition("?")[0] == to_login and request.path != to_login:
            # Nothing typed may be lost: the page stays and says that the login has ended.
            return replies.trigger(HttpResponse(status=401), "ck:signed-out")
        if request.htmx.target == "ck-dialog-body" and "Location" in response.headers:
            return replies.go_to(response.headers["Location"])
        return response

    def process_exception(self, request: PageRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            return errors.refusal(request, error)
        return None


def _cookie_theme(request: HttpRequest) -> str:
    kept = request.COOKIES.get(THEME_COOKIE, "")
    return kept if kept in ("light", "dark") else "auto"


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
