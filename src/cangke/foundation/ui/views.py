from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cangke.foundation.access.public import Account, open_to_all, signed_in
from cangke.foundation.refusal import Refusal

from . import actions, queries
from .middleware import THEME_COOKIE
from .replies import go_to
from .requests import PageRequest

YEAR = 365 * 24 * 3600


def _back(request: PageRequest, query: str | None = None) -> HttpResponse:
    """Go back to the page the form stood on, never to another site."""
    asked = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    url = asked if safe else "/"
    if query is not None:
        url = f"{url.partition('?')[0]}?{query}"
    return go_to(url) if request.htmx else HttpResponseRedirect(url)


@require_POST
@open_to_all
def preferences(request: PageRequest) -> HttpResponse:
    """Set language or theme: of the account, and in a cookie for the pages before the login."""
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if language is not None and language not in dict(settings.LANGUAGES):
        raise Refusal(_("没有这种语言"), field="language")
    if theme is not None and theme not in actions.THEMES:
        raise Refusal(_("没有这个主题"), field="theme")
    if isinstance(request.user, Account):
        actions.set_preferences(by=request.user, language=language, theme=theme)
    response = HttpResponse(status=204) if request.htmx and language is None else _back(request)
    kept = {settings.LANGUAGE_COOKIE_NAME: language, THEME_COOKIE: theme}
    for name, value in kept.items():
        if value is not None:
            response.set_cookie(
                name,
                value,
                max_age=YEAR,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
    return response


@require_GET
@signed_in
def badges(request: PageRequest) -> JsonResponse:
    """How much work waits behind each menu entry the person sees."""
    account = cast(Account, request.user)
    found = {}
    for item in queries.visible_items(account):
        badge = item.count(account)
        if badge is not None:
            found[item.url_name] = {"count": badge.count, "late": badge.late}
    return JsonResponse(found)


@require_POST
@signed_in
def view_save(request: PageRequest) -> HttpResponse:
    """Keep a list's address under a name."""
    view = actions.save_view(
        page=request.POST.get("page", "")[:80],
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        by=cast(Account, request.user),
    )
    saved = f"saved={view.pk}"
    return _back(request, f"{view.query}&{saved}" if view.query else saved)


@require_POST
@signed_in
def view_delete(request: PageRequest) -> HttpResponse:
    """Forget a saved view of the person's own."""
    actions.drop_view(
        page=request.POST.get("page", "")[:80],
        name=request.POST.get("name", ""),
        by=cast(Account, request.user),
    )
    return _back(request, "")


@require_POST
@signed_in
def list_choice(request: PageRequest) -> HttpResponse:
    """Keep the columns or the row height of a list."""
    columns = request.POST.getlist("columns") if "columns_shown" in request.POST else None
    actions.choose_list(
        page=request.POST.get("page", "")[:80],
        by=cast(Account, request.user),
        columns=columns,
        density=request.POST.get("density"),
    )
    if request.htmx and columns is None:
        return HttpResponse(status=204)
    return _back(request)
