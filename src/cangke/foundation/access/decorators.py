"""Every view says who may open it; a test walks the URLconf and refuses one that does not."""

import functools
import time
from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from . import ports, queries
from .models import Account

View = Callable[..., Any]


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = (
            f"/account/login/?next={request.headers.get('HX-Current-URL', '/')}"
        )
        return response
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


def _refusal(request: HttpRequest, code: str | None) -> HttpResponse | None:
    account = request.user
    if not isinstance(account, Account):
        return _to_login(request)
    if code is not None and not queries.can(account, code):
        ports.denied.ask(account_id=account.pk, model=code, key=request.path)
        raise PermissionDenied
    return None


def _guard(code: str | None, mark: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        if iscoroutinefunction(view):

            @functools.wraps(view)
            async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                await request.auser()
                refusal = await sync_to_async(_refusal)(request, code)
                return refusal or await view(request, *args, **kwargs)

            guarded: View = guarded_async
        else:

            @functools.wraps(view)
            def guarded_sync(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                return _refusal(request, code) or view(request, *args, **kwargs)

            guarded = guarded_sync
        guarded.ck_access = mark  # type: ignore[attr-defined]  # read by the URL matrix test
        return guarded

    return decorate


def allowed(code: str) -> Callable[[View], View]:
    """Let in accounts that hold the permission; rows are still taken through the gate."""
    return _guard(code, code)


def signed_in(view: View) -> View:
    """Let in every signed-in account (own settings, help, home)."""
    return _guard(None, "signed_in")(view)


def open_to_all(view: View) -> View:
    """Let in everybody: login, health, and visitors who carry their own signed token."""
    view.ck_access = "open"  # type: ignore[attr-defined]  # read by the URL matrix test
    return view


PROVED_AT = "ck_proved_at"  # session key: when the person last gave a password or a code


def confirmed_lately(view: View) -> View:
    """
    Ask for the password again before acts that open doors (rights, pay, exports).

    Below the access decorator. Who gave it within ``ACCOUNT_REAUTHENTICATION_TIMEOUT`` seconds is
    let through; what was posted is kept and goes on after the password.
    """

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        proved_at = request.session.get(PROVED_AT, 0)
        if time.time() - proved_at > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asked
