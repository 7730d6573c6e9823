from __future__ import annotations

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.refusal import Refusal

from . import ports, registry
from .events import AccountDisabled, AccountEnabled, GrantChanged
from .models import Account, Grant, Role
from .queries import forget_held
from .rules import Roles, ScopeKind


class LastAdministrator(Refusal):
    """Nobody would be left who can manage accounts."""


class UnknownRight(Refusal):
    """The role or permission does not exist."""


@transaction.atomic
def create_account(
    *,
    username: str,
    display_name: str,
    by: Account | None,
    at: dt.datetime,
    password: str | None = None,
    email: str = "",
    kind: str = "staff",
    language: str = "",
) -> Account:
    """Open an account; it may do nothing until something is granted to it."""
    if Account.objects.filter(username__iexact=username).exists():
        raise Refusal(_("登录名已被使用，请换一个。"), field="username")
    account = Account.objects.create_user(
        username,
        password,
        display_name=display_name,
        email=email,
        kind=kind,
        language=language,
        date_joined=at,
    )
    ports.recorded.ask(
        action="access.account_created", obj=account, by=by, at=at, changes={"username": username}
    )
    return account


@transaction.atomic
def grant(
    *,
    account: Account,
    by: Account | None,
    at: dt.datetime,
    role: str = "",
    permission: str = "",
    scope_kind: str = ScopeKind.SELF,
    scope_id: int | None = None,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    reason: str = "",
) -> Grant:
    """
    Open a role or one permission for an account, from–to (Q5); ends are inclusive days.

    :raises UnknownRight: if neither a preset, a company role nor a permission has that code
    """
    if role and role not in list(Roles) and not Role.objects.filter(code=role).exists():
        raise UnknownRight(_("没有这个角色。"), field="role")
    if permission and permission not in registry.PERMISSIONS:
        raise UnknownRight(_("没有这项权限。"), field="permission")
    made = Grant.objects.create(
        account=account,
        role=role,
        permission=permission,
        scope_kind=scope_kind,
        scope_id=scope_id,
        valid_from=valid_from or at.date(),
        valid_until=valid_until,
        granted_by=by,
        granted_at=at,
        reason=reason,
    )
    forget_held(account)
    ports.recorded.ask(
        action="access.granted",
        obj=made,
        by=by,
        at=at,
        changes={"account": account.username, "right": role or permission, "scope": scope_kind},
        reason=reason,
    )
    ports.published.ask(GrantChanged(account_id=account.pk))
    return made


@transaction.atomic
def revoke(*, grant_id: int, by: Account | None, at: dt.datetime, reason: str = "") -> Grant:
    """Withdraw a grant from this moment; the row stays as history."""
    found = Grant.objects.select_for_update().select_related("account").get(pk=grant_id)
    if found.revoked_at is not None:
        raise Refusal(_("这项授权已经撤销。"))
    if found.role == Roles.ADMIN:
        _keep_one_administrator(without=found.account_id, at=at)
    found.revoked_at, found.revoked_by = at, by
    found.save(update_fields=["revoked_at", "revoked_by"])
    ports.recorded.ask(action="access.revoked", obj=found, by=by, at=at, changes={}, reason=reason)
    ports.published.ask(GrantChanged(account_id=found.account_id))
    return found


def _keep_one_administrator(*, without: int, at: dt.datetime) -> None:
    others = (
        Grant.objects.select_for_update()
        .in_force(at.date())
        .filter(role=Roles.ADMIN, account__is_active=True)
        .exclude(account_id=without)
    )
    if not others:
        raise LastAdministrator(_("至少要保留一位系统管理员，请先授权另一位。"))


@transaction.atomic
def disable_account(
    *, account_id: int, by: Account | None, at: dt.datetime, reason: str
) -> Account:
    """Shut an account out at once: sessions end now, streams within a minute (Q8)."""
    account = Account.objects.select_for_update().get(pk=account_id)
    if not account.is_active:
        raise Refusal(_("账户已经停用。"))
    if Grant.objects.in_force(at.date()).filter(account=account, role=Roles.ADMIN).exists():
        _keep_one_administrator(without=account.pk, at=at)
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


def end_sessions(account: Account) -> None:
    """Delete every session of the account."""
    sessions = UserSession.objects.filter(user=account)
    Session.objects.filter(
        session_key__in=list(sessions.values_list("session_key", flat=True))
    ).delete()
    sessions.delete()
