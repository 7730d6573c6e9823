"""All addresses of the house."""

from django.apps import apps
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path

from cangke.foundation.access.public import open_to_all


@open_to_all
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers, and nothing else."""
    return JsonResponse({"status": "ok"})


def _room(prefix: str, name: str) -> list[URLPattern | URLResolver]:
    """The addresses of a room, if it is switched on in this installation."""
    return [path(prefix, include(f"{name}.urls"))] if apps.is_installed(name) else []


handler400 = "cangke.foundation.ui.errors.bad_request"
handler403 = "cangke.foundation.ui.errors.permission_denied"
handler404 = "cangke.foundation.ui.errors.page_not_found"
handler500 = "cangke.foundation.ui.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    *_room("files/", "cangke.foundation.files"),
    path("live/", include("cangke.foundation.live.urls")),
    path("account/", include("allauth.urls")),
    path("ui/", include("cangke.foundation.ui.urls")),
    *_room("search/", "cangke.foundation.search"),
]
