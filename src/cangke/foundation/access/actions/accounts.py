"""Accounts are opened, changed, shut and let in again here."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.refusal import Conflict, Refusal

from .. import ports
from ..events import AccountDisabled, AccountEnabled
from ..models import Account
from ..queries import state_of
from ..rules import lockout_name
from .administrators import is_administrator, keep_one_administrator, lock_administrators

SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # nobody mistakes one for another on paper


def new_temporary_password() -> str:
    """Return a password to tell somebody: three groups of four signs, 59 bits."""
    groups = ("".join(secrets.choice(SIGNS) for _sign in range(4)) for _group in range(3))
    return "-".join(groups)


@transaction.atomic
def create_account(
    *,
    username: str,
    display_name: str,
    by: Account | None,
    at: dt.datetime,
    password: str | None = None,
    temporary: bool = False,
    email: str = "",
    kind: str = "staff",
    language: str = "",
    zone: str = "",
) -> Account:
    """
    Open an account; it may do nothing until something is granted to it.

    A ``temporary`` password must be changed at the first login and runs out after a week.

    :raises Refusal: if the login name is taken, however it is spelled
    """
    if Account.objects.filter(username__iexact=username).exists():
        raise Refusal(_("登录名已被使用，请换一个。"), field="username")
    account = Account.objects.create_user(
        username,
        password,
        display_name=display_name,
        email=email,
        kind=kind,
        language=language,
        zone=zone,
        date_joined=at,
        temporary_since=at if temporary else None,
    )
    ports.recorded.ask(
        action="access.account_created", obj=account, by=by, at=at, changes={"username": username}
    )
    return account


@transaction.atomic
def change_account(
    *,
    account_id: int,
    by: Account,
    at: dt.datetime,
    seen: str,
    display_name: str,
    email: str,
    language: str,
    zone: str,
) -> Account:
    """
    Correct what an account says about its person.

    ``seen`` is `state_of` the account when the form was opened.

    :raises Conflict: if somebody changed it in between
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    if seen != state_of(account):
        raise Conflict(_("别人刚改过这个账户，请核对后再保存。"))
    wanted = {"display_name": display_name, "email": email, "language": language, "zone": zone}
    changes = _apply(account, wanted)
    if changes:
        if "email" in changes:
            # A log that is never erased holds that it changed, not the address.
            changes["email"] = ["***", "***"]
        ports.recorded.ask(
            action="access.account_changed", obj=account, by=by, at=at, changes=changes
        )
    return account


@transaction.atomic
def change_profile(
    *,
    by: Account,
    at: dt.datetime,
    display_name: str,
    language: str,
    theme: str,
    zone: str,
) -> Account:
    """Let a person set their own name on screen, language, theme and zone."""
    account = Account.objects.select_for_update().get(pk=by.pk)
    wanted = {"display_name": display_name, "language": language, "theme": theme, "zone": zone}
    changes = _apply(account, wanted)
    if changes:
        ports.recorded.ask(
            action="access.profile_changed", obj=account, by=by, at=at, changes=changes
        )
    return account


def _apply(account: Account, wanted: dict[str, str]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, value in wanted.items():
        if getattr(account, name) != value:
            changes[name] = [getattr(account, name), value]
            setattr(account, name, value)
    if changes:
        account.save(update_fields=list(changes))
    return changes


@transaction.atomic
def disable_account(
    *, account_id: int, by: Account | None, at: dt.datetime, reason: str
) -> Account:
    """
    Shut an account out at once: sessions end now, streams within a minute (Q8).

    :raises LastAdministrator: if nobody would be left who can manage accounts
    """
    lock_administrators()
    account = Account.objects.select_for_update().get(pk=account_id)
    if not account.is_active:
        raise Refusal(_("账户已经停用。"))
    if is_administrator(account, at=at):
        keep_one_administrator(at=at, without_account=account.pk)
    account.is_active, account.disabled_at = False, at
    account.save(update_fields=["is_active", "disabled_at"])
    end_sessions(account)
    ports.recorded.ask(
        action="access.account_disabled", obj=account, by=by, at=at, changes={}, reason=reason
    )
    ports.published.ask(AccountDisabled(account_id=account.pk))
    return account


@transaction.atomic
def enable_account(*, account_id: int, by: Account | None, at: dt.datetime, reason: str) -> Account:
    """Let a disabled account in again."""
    account = Account.objects.select_for_update().get(pk=account_id)
    if account.is_active:
        raise Refusal(_("账户正在使用中，无需启用。"))
    account.is_active, account.disabled_at = True, None
    account.save(update_fields=["is_active", "disabled_at"])
    ports.recorded.ask(
        action="access.account_enabled", obj=account, by=by, at=at, changes={}, reason=reason
    )
    ports.published.ask(AccountEnabled(account_id=account.pk))
    return account


@transaction.atomic
def reset_password(
    *, account_id: int, by: Account | None, at: dt.datetime, reason: str = ""
) -> tuple[Account, str]:
    """
    Give the account a temporary password and end its sessions; return both.

    The password is not kept anywhere in clear and must be changed at the next login. The second
    factor stays as it is.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    password = new_temporary_password()
    account.set_password(password)
    account.temporary_since = at
    account.save(update_fields=["password", "temporary_since"])
    end_sessions(account)
    ports.recorded.ask(
        action="access.password_reset", obj=account, by=by, at=at, changes={}, reason=reason
    )
    return account, password


@transaction.atomic
def note_password_chosen(*, account: Account, at: dt.datetime, how: str) -> None:
    """Note that a person chose their own password; a temporary one is history."""
    Account.objects.filter(pk=account.pk).update(temporary_since=None)
    account.temporary_since = None
    ports.recorded.ask(
        action="access.password_changed", obj=account, by=account, at=at, changes={"how": how}
    )


@transaction.atomic
def unlock_account(*, account_id: int, by: Account | None, at: dt.datetime) -> int:
    """Lift the lock after failed logins; return how many failed records went away."""
    account = Account.objects.get(pk=account_id)
    found = AccessAttempt.objects.filter(username=lockout_name(account.username))
    count, _rows = found.delete()
    ports.recorded.ask(
        action="access.unlocked", obj=account, by=by, at=at, changes={"records": count}
    )
    return count


@transaction.atomic
def remove_second_factor(
    *, account_id: int, by: Account | None, at: dt.datetime, reason: str
) -> Account:
    """
    Take the second factor off an account whose owner lost the phone; sessions end.

    :raises Refusal: if there is none
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    deleted, _rows = Authenticator.objects.filter(user_id=account.pk).delete()
    if not deleted:
        raise Refusal(_("这个账户没有开启两步验证。"))
    end_sessions(account)
    ports.recorded.ask(
        action="access.second_factor_removed", obj=account, by=by, at=at, changes={}, reason=reason
    )
    return account


def end_sessions(account: Account, *, but: str | None = None) -> int:
    """Delete every session of the account except the one with the key ``but``; return how many."""
    sessions = UserSession.objects.filter(user_id=account.pk)
    if but:
        sessions = sessions.exclude(session_key=but)
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    sessions.delete()
    return len(keys)


@transaction.atomic
def end_session(*, session_id: int, by: Account, at: dt.datetime) -> None:
    """
    End one of a person's own sessions.

    :raises UserSession.DoesNotExist: if it is gone or somebody else's
    """
    session = UserSession.objects.select_for_update().get(pk=session_id, user_id=by.pk)
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
    ports.recorded.ask(action="access.session_ended", obj=by, by=by, at=at, changes={})
