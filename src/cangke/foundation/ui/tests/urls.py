"""Addresses for the tests of the frame: its own, the account pages, views that misbehave."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from cangke.foundation.access.public import open_to_all, signed_in
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.ui import gallery

FAULTS = {
    "refusal": Refusal("电话只能有数字", field="phone"),
    "conflict": Conflict("别人先改过了"),
    "denied": PermissionDenied(),
    "missing": Http404(),
    "bad": SuspiciousOperation("no"),
    "broken": RuntimeError("password=hunter2"),
}


@open_to_all
def fault(request: HttpRequest, kind: str) -> HttpResponse:
    raise FAULTS[kind]


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


handler400 = "cangke.foundation.ui.errors.bad_request"
handler403 = "cangke.foundation.ui.errors.permission_denied"
handler404 = "cangke.foundation.ui.errors.page_not_found"
handler500 = "cangke.foundation.ui.errors.server_error"
urlpatterns = [
    path("", home, name="home"),
    path("fault/<str:kind>/", fault, name="fault"),
    path("account/", include("allauth.urls")),
    path("ui/", include("cangke.foundation.ui.urls")),
    path("ui/", include((gallery.urlpatterns, "ui"))),
]
