from __future__ import annotations

import hmac

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cangke import setup, wiring
from cangke.foundation.access.public import Account, can, open_to_all
from cangke.foundation.office.public import SettingsPage, settings_pages
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.menu import Entry, resolve
from cangke.foundation.ui.public import refused
from cangke.foundation.ui.queries import visible_items

from .forms import FirstRunForm

FEW_ACCOUNTS = 3  # up to so many the company is still being set up
BACKEND = "django.contrib.auth.backends.ModelBackend"


def _greeting(hour: int) -> str:
    if hour < 5:
        return _("夜深了")
    if hour < 11:
        return _("早上好")
    if hour < 13:
        return _("中午好")
    return _("下午好") if hour < 18 else _("晚上好")


def _has_panel(account: Account, slot: str) -> bool:
    """Whether any room lends the person a panel there."""
    codes = [getattr(panel, "permission", "") for panel in wiring.SLOTS.get(slot, ())]
    return any(not code or can(account, code) for code in codes)


def _areas(account: Account) -> list[Entry]:
    """What the menu offers the person, the settings apart."""
    return [each for each in resolve(visible_items(account), namespace="") if not each.foot]


def _first_steps(account: Account) -> list[tuple[SettingsPage, str]]:
    """Where a new company begins: as long as nobody else has an account, who manages sees them."""
    if not can(account, "access.manage") or Account.objects.count() > FEW_ACCOUNTS:
        return []
    return [
        (page, url)
        for _group, pages in settings_pages(account)
        for page, url in pages
        if page.permission
    ]


@require_safe
@never_cache
@open_to_all
def start(request: HttpRequest) -> HttpResponse:
    """The first page of the day; before the first run, how to begin."""
    account = request.user
    if not isinstance(account, Account):
        if not setup.has_administrator():
            return render(request, "home/begin.html")
        return redirect("account_login")
    local = timezone.localtime()
    return render(
        request,
        "home/start.html",
        {
            "greeting": _greeting(local.hour),
            "today": local.date(),
            "areas": _areas(account),
            "panels": _has_panel(account, "home"),
            "steps": _first_steps(account),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "again")
@never_cache
@open_to_all
def first_run(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator; there is no such page once there is one."""
    right = hmac.compare_digest(token.encode(), setup.first_run_token().encode())
    if setup.has_administrator() or not right:
        raise Http404
    form = FirstRunForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = {
            name: form.cleaned_data[name] for name in ("username", "display_name", "password")
        }
        try:
            account = setup.make_first_administrator(**values, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            login(request, account, backend=BACKEND)
            return redirect("home:start")
    return render(
        request, "home/first_run.html", {"form": form}, status=422 if form.is_bound else 200
    )
