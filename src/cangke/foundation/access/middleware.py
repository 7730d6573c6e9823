"""Who is asking: the address behind trusted proxies, the account, and how long it was idle."""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from .models import Account
from .queries import can

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


# Asked by the page itself, without a person: they do not keep a session awake.
UNATTENDED = ("/live/", "/ui/badges/")
# What may be opened before the login is complete.
BEFORE_COMPLETE = (
    "/account/", "/static/", "/i18n/", "/ui/preferences/", "/live/", "/healthz", "/api/",
)  # fmt: skip
SEEN_EVERY = 300  # seconds between two notes that a session is in use


class AccountMiddleware:
    """
    Sign out a session that is idle or old; ask for what the login still lacks.

    That is a password of one's own after a temporary one, and a second factor for whoever holds one
    of the permissions in ``CANGKE_SECOND_FACTOR_FOR``.

    A session ends after ``SESSION_IDLE_SECONDS`` without a person at it and
    ``SESSION_COOKIE_AGE`` seconds after the login, whatever happens in between.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and isinstance(request.user, Account):
            now = int(timezone.now().timestamp())
            seen = request.session.get("ck_seen", now)
            since = request.session.get("ck_since", now)
            if now - seen > settings.SESSION_IDLE_SECONDS or (
                now - since > settings.SESSION_COOKIE_AGE
            ):
                logout(request)
            else:
                self._note(request, now, seen)
                lacking = self._lacking(request, request.user)
                if lacking and not request.path.startswith(BEFORE_COMPLETE):
                    return self._go(request, lacking)
        return self.get_response(request)

    @staticmethod
    def _note(request: HttpRequest, now: int, seen: int) -> None:
        """Note every few minutes that the session is in use, for its owner's list."""
        if request.path.startswith(UNATTENDED):
            return
        if "ck_seen" in request.session and now - seen <= SEEN_EVERY:
            return
        request.session["ck_seen"] = now
        request.session.setdefault("ck_since", now)
        UserSession.objects.create_from_request(request)

    @staticmethod
    def _lacking(request: HttpRequest, account: Account) -> str:
        """The page on which the person gives what the login still lacks, or nothing."""
        if account.temporary_since:
            return "account_change_password"
        wanted = settings.CANGKE_SECOND_FACTOR_FOR
        if not wanted or request.session.get("ck_second_factor"):
            return ""
        if not any(can(account, code) for code in wanted):
            return ""
        if Authenticator.objects.filter(user_id=account.pk).exists():
            request.session["ck_second_factor"] = True
            return ""
        return "mfa_activate_totp"

    @staticmethod
    def _go(request: HttpRequest, url_name: str) -> HttpResponse:
        query = urlencode({"next": request.get_full_path()} if request.method == "GET" else {})
        url = f"{reverse(url_name)}?{query}"
        if request.headers.get("HX-Request"):
            # The parts of that very page load themselves too: they stay empty.
            there = urlsplit(request.headers.get("HX-Current-URL", "")).path
            on_the_way = there.startswith(BEFORE_COMPLETE)
            return HttpResponse(status=204, headers={} if on_the_way else {"HX-Redirect": url})
        return HttpResponseRedirect(url)
