"""Who is asking: the address behind trusted proxies, the account, and how long it was idle."""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

GetResponse = Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]


class TrustedProxyMiddleware:
    """
    Take the client's address from X-Forwarded-For only when a trusted proxy sent it.

    The last address not in ``CANGKE_TRUSTED_PROXIES`` counts; without trusted proxies the header
    is ignored.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.trusted = [ipaddress.ip_network(each) for each in settings.TRUSTED_PROXIES]
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if self.trusted:
            chain = [request.META.get("REMOTE_ADDR", "")]
            forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
            chain = [*(each.strip() for each in forwarded.split(",") if each.strip()), *chain]
            while len(chain) > 1 and self._is_trusted(chain[-1]):
                chain.pop()
            request.META["REMOTE_ADDR"] = chain[-1]
        return self.get_response(request)

    def _is_trusted(self, address: str) -> bool:
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self.trusted)


class AccountMiddleware:
    """Sign out a session that has been idle for longer than the settings allow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            seen = request.session.get("ck_seen", now)
            if now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
            elif now - seen > 300 or "ck_seen" not in request.session:
                request.session["ck_seen"] = now
        return self.get_response(request)
