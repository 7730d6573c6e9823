"""Failed logins: under which name they count, and what somebody locked out is told."""

from __future__ import annotations

import math
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from .models import Account
from .rules import lockout_name


def name_of(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the name under which a failed login counts, whichever form it came from."""
    given = credentials or {}
    typed = given.get("username") or given.get("login")
    if typed is None and request is not None:
        typed = request.POST.get("login", "")
    return lockout_name(str(typed or ""))


def seconds_left(name: str, address: str) -> int:
    """How long the name stays locked for the address, in seconds, at least one."""
    newest = (
        AccessAttempt.objects.filter(username=name, ip_address=address)
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    cool_off = get_cool_off()
    if newest is None or cool_off is None:
        return 1
    return max(math.ceil((newest + cool_off - timezone.now()).total_seconds()), 1)


def failures_of(account: Account) -> int:
    """How many failed logins of the account count at the moment, from all addresses."""
    cool_off = get_cool_off()
    since = timezone.now() - cool_off if cool_off else None
    found = AccessAttempt.objects.filter(username=lockout_name(account.username))
    if since is not None:
        found = found.filter(attempt_time__gt=since)
    return found.aggregate(n=Sum("failures_since_start"))["n"] or 0


def is_locked(account: Account) -> bool:
    """Whether somebody has failed so often that an address is locked out of the account."""
    return failures_of(account) >= settings.AXES_FAILURE_LIMIT


def answer(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer somebody locked out: how long, and which command lifts it (AXES_LOCKOUT_CALLABLE)."""
    name = name_of(request, credentials)
    left = seconds_left(name, str(request.META.get("REMOTE_ADDR", "")))
    page = render(
        request,
        "account/locked.html",
        {"minutes": math.ceil(left / 60), "command": "cangke user unlock", "name": name},
        status=429,
    )
    page["Retry-After"] = str(left)
    page["Cache-Control"] = "no-store"
    return page
