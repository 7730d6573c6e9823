"""What every page knows about its frame; resolved only when the frame is drawn."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from cangke.foundation.access.public import Account

from . import assets, queries, words
from . import menu as menus

ON_TABBAR = 4


class Shell:
    """The frame around one answer."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def account(self) -> Account | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, Account) else None

    @cached_property
    def frame(self) -> str:
        """The template a page extends: the whole frame, or nothing when htmx asked for a part."""
        asked = getattr(self.request, "htmx", None)
        if not asked or asked.history_restore_request:
            return "ui/shell.html"
        if asked.boosted and asked.target in (None, "", "body"):
            return "ui/shell.html"
        return "ui/fragment.html"

    @property
    def _target(self) -> str:
        asked = getattr(self.request, "htmx", None)
        return str(asked.target or "") if asked else ""

    @property
    def in_dialog(self) -> bool:
        return self._target == "ck-dialog-body"

    @property
    def in_why(self) -> bool:
        return self._target == "ck-why"

    @cached_property
    def menu(self) -> list[menus.Entry]:
        if self.account is None:
            return []
        match = self.request.resolver_match
        namespace = match.namespaces[0] if match and match.namespaces else ""
        return menus.resolve(queries.visible_items(self.account), namespace=namespace)

    @property
    def current(self) -> menus.Entry | None:
        """The entry that the page belongs to."""
        return next((entry for entry in self.menu if entry.current), None)

    @property
    def tabs(self) -> list[menus.Entry]:
        """The first entries, for the bar at the foot of a phone."""
        return [entry for entry in self.menu if not entry.foot][:ON_TABBAR]

    @property
    def theme(self) -> str:
        return str(getattr(self.request, "theme", "auto"))

    @property
    def language(self) -> str:
        return translation.get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, str]]:
        return [(code, str(name)) for code, name in settings.LANGUAGES]

    @property
    def words(self) -> dict[str, str]:
        return words.script_words()

    @property
    def now(self) -> int:
        return int(timezone.now().timestamp())

    @property
    def built(self) -> bool:
        return assets.is_built()

    @property
    def csrf_cookie(self) -> str:
        return str(settings.CSRF_COOKIE_NAME)

    @cached_property
    def palette_url(self) -> str:
        try:
            return reverse("search:palette")
        except NoReverseMatch:
            return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"ck": Shell(request), "csp_nonce": getattr(request, "csp_nonce", "")}
