"""What is noted when somebody signs in, out, or changes how they do."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth_signals
from django.http import HttpRequest
from django.utils import timezone

from . import actions, ports
from .decorators import PROVED_AT
from .models import Account


def _note(action: str, account: Account, **changes: Any) -> None:
    ports.recorded.ask(action=action, obj=account, by=account, at=timezone.now(), changes=changes)


def signed_in(request: HttpRequest, user: Account, **_rest: Any) -> None:
    request.session[PROVED_AT] = int(time.time())
    _note("access.signed_in", user)


def signed_out(request: HttpRequest, user: Account | None, **_rest: Any) -> None:
    if isinstance(user, Account):
        _note("access.signed_out", user)


def proved(request: HttpRequest, **rest: Any) -> None:
    """A signed-in person gave the password or a code again."""
    if rest.get("reauthenticated"):
        request.session[PROVED_AT] = int(time.time())


def locked_out(
    request: HttpRequest, username: str | None, ip_address: str | None, **_rest: Any
) -> None:
    """Note the failure that locked; the tries that come while it is locked are not news."""
    if getattr(request, "axes_failures_since_start", None) is None:
        return
    account = Account.objects.filter(username__iexact=username or "").first()
    if account is not None:
        ports.recorded.ask(
            action="access.locked_out",
            obj=account,
            by=None,
            at=timezone.now(),
            changes={"address": ip_address},
        )


def _password_chosen(how: str) -> Any:
    def chosen(request: HttpRequest, user: Account, **_rest: Any) -> None:
        actions.note_password_chosen(account=user, at=timezone.now(), how=how)
        actions.end_sessions(user, but=_own_key(request, user))

    return chosen


def _factor_changed(action: str) -> Any:
    def changed(request: HttpRequest, user: Account, authenticator: Any, **_rest: Any) -> None:
        _note(action, user, kind=str(authenticator.type))
        actions.end_sessions(user, but=_own_key(request, user))

    return changed


def _own_key(request: HttpRequest, account: Account) -> str | None:
    return request.session.session_key if request.user.pk == account.pk else None


RECEIVERS = [
    (auth_signals.user_logged_in, signed_in),
    (auth_signals.user_logged_out, signed_out),
    (account_signals.authentication_step_completed, proved),
    (user_locked_out, locked_out),
    (account_signals.password_changed, _password_chosen("changed")),
    (account_signals.password_set, _password_chosen("set")),
    (account_signals.password_reset, _password_chosen("by mail")),
    (mfa_signals.authenticator_added, _factor_changed("access.second_factor_added")),
    (mfa_signals.authenticator_removed, _factor_changed("access.second_factor_ended")),
    (mfa_signals.authenticator_reset, _factor_changed("access.recovery_codes_made")),
]


def listen() -> None:
    """Hear the login package; called once at start."""
    for signal, receiver in RECEIVERS:
        signal.connect(receiver, weak=False, dispatch_uid=f"ck-{id(receiver)}")
