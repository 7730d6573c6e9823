"""All addresses of the house."""

from importlib import import_module
from importlib.util import find_spec

from allauth.account import views as login
from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from ninja import Router

from cangke.foundation.access.public import open_to_all
from cangke.foundation.api.rest import mount
from cangke.foundation.ui.public import error_page


@open_to_all
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers, and nothing else."""
    return JsonResponse({"status": "ok"})


def _room(prefix: str, name: str, part: str = "urls") -> list[URLPattern | URLResolver]:
    """The addresses of a room, or a part of it, if it is switched on in this installation."""
    return [path(prefix, include(f"{name}.{part}"))] if apps.is_installed(name) else []


def _routers() -> list[Router]:
    """What the rooms answer to programs, low to high."""
    names = (f"{room}.rest" for room in settings.ROOMS if apps.is_installed(room))
    return [import_module(name).router for name in names if find_spec(name)]


@open_to_all
def closed(request: HttpRequest) -> HttpResponse:
    """Nobody opens an account from outside; the login package asks for the address by name."""
    raise Http404


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer an address that asks for too many logins or resets (allauth finds it by name)."""
    return error_page(request, 429, headers={"Retry-After": "60"})


# Of the login package only what we use.
account = [
    path("login/", login.login, name="account_login"),
    path("logout/", login.logout, name="account_logout"),
    path("inactive/", login.account_inactive, name="account_inactive"),
    path("signup/", closed, name="account_signup"),
    path("reauthenticate/", login.reauthenticate, name="account_reauthenticate"),
    path("password/change/", login.password_change, name="account_change_password"),
    path("password/set/", login.password_set, name="account_set_password"),
    path("password/reset/", login.password_reset, name="account_reset_password"),
    path("password/reset/done/", login.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        login.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]


handler400 = "cangke.foundation.ui.errors.bad_request"
handler403 = "cangke.foundation.ui.errors.permission_denied"
handler404 = "cangke.foundation.ui.errors.page_not_found"
handler429 = too_many
handler500 = "cangke.foundation.ui.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("cangke.home.urls")),
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("cangke.foundation.office.urls")),
    path("", include("cangke.foundation.api.urls")),
    path("api/v1/", include((mount(_routers()), "rest"))),
    path("access/", include("cangke.foundation.access.urls")),
    *_room("files/", "cangke.foundation.files"),
    path("jobs/", include("cangke.foundation.jobs.urls")),
    path("live/", include("cangke.foundation.live.urls")),
    *_room("notices/", "cangke.foundation.notices"),
    path("account/", include(account)),
    path("ui/", include("cangke.foundation.ui.urls")),
    *_room("search/", "cangke.foundation.search"),
    *_room("sheets/", "cangke.foundation.sheets"),
    *_room("approvals/", "cangke.approvals"),
    *_room("people/", "cangke.people"),
    *_room("attendance/", "cangke.attendance"),
    *_room("customers/", "cangke.customers"),
    *_room("catalog/", "cangke.catalog"),
    *_room("carriers/", "cangke.carriers"),
    *_room("orders/", "cangke.orders"),
    *_room("desk/", "cangke.desk"),
    *_room("tickets/", "cangke.tickets"),
    *_room("errands/", "cangke.tickets", "errand_urls"),
    *_room("quality/", "cangke.quality"),
    *_room("conduct/", "cangke.discipline"),
    *_room("board/", "cangke.supervision"),
    *_room("reports/", "cangke.reports"),
    *_room("rulebook/", "cangke.rulebook"),
    *_room("knowledge/", "cangke.knowledge"),
    *_room("regularization/", "cangke.regularization"),
    *_room("pay/", "cangke.payroll"),
    *_room("", "cangke.portal"),
]
