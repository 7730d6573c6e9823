"""What an account may do is opened and withdrawn here."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.refusal import Conflict, Refusal

from .. import ports, registry
from ..events import GrantChanged
from ..models import Account, AccountKind, Grant, Role
from ..queries import codes_of, day_of, forget_held, held_everywhere
from ..rules import Roles, ScopeKind
from .administrators import keep_one_administrator, lock_administrators


class UnknownRight(Refusal):
    """The role or permission does not exist."""


class BeyondOwnRights(Refusal):
    """Nobody hands out what they do not hold themselves."""


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

    A person gives only what they hold over everything (an administrator also what is kept from
    administrators), and to a client's account only what clients have; a machine (``by=None``)
    gives what the installation needs.

    :raises UnknownRight: if neither a preset, a company role nor a permission has that code
    :raises BeyondOwnRights: if the giver does not hold it
    :raises Conflict: if the same right is open already, so that a double click opens it once
    """
    if role and role not in list(Roles) and not Role.objects.filter(code=role).exists():
        raise UnknownRight(_("没有这个角色。"), field="role")
    if permission and permission not in registry.PERMISSIONS:
        raise UnknownRight(_("没有这项权限。"), field="permission")
    first = valid_from or day_of(at)
    if by is not None:
        Account.objects.select_for_update().get(pk=account.pk)
        _check_giver(account, codes_of(role) if role else frozenset([permission]), by)
        _check_not_open(account, role, permission, scope_kind, scope_id, first, valid_until)
    made = Grant.objects.create(
        account=account,
        role=role,
        permission=permission,
        scope_kind=scope_kind,
        scope_id=scope_id,
        valid_from=first,
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
        changes={
            "holder": account.username,
            "right": role or permission,
            "scope": scope_kind if scope_id is None else f"{scope_kind}:{scope_id}",
            "from": first.isoformat(),
            "until": valid_until.isoformat() if valid_until else None,
        },
        reason=reason,
    )
    ports.published.ask(GrantChanged(account_id=account.pk))
    return made


def may_give(by: Account) -> frozenset[str]:
    """What one holds over everything; who administers everything also what is kept from them."""
    held = held_everywhere(by)
    administers = registry.preset_permissions(Roles.ADMIN) <= held
    return frozenset(registry.PERMISSIONS) if administers else held


def _check_giver(account: Account, codes: frozenset[str], by: Account) -> None:
    missing = codes - may_give(by)
    if missing:
        code = min(missing)
        label = registry.PERMISSIONS[code].label if code in registry.PERMISSIONS else code
        raise BeyondOwnRights(_("您自己没有“%s”，不能授予别人。") % label, field="right")
    if account.kind == AccountKind.CLIENT and codes - registry.preset_permissions(Roles.CLIENT):
        raise BeyondOwnRights(_("仓储客户的账户只能授予“仓储客户”的权限。"), field="right")


def _check_not_open(
    account: Account,
    role: str,
    permission: str,
    scope_kind: str,
    scope_id: int | None,
    first: dt.date,
    last: dt.date | None,
) -> None:
    same = Grant.objects.filter(
        account=account,
        role=role,
        permission=permission,
        scope_kind=scope_kind,
        scope_id=scope_id,
        valid_from=first,
        valid_until=last,
        revoked_at__isnull=True,
    )
    if same.exists():
        raise Conflict(_("这项授权已经开通，无需重复。"))


@transaction.atomic
def revoke(*, grant_id: int, by: Account | None, at: dt.datetime, reason: str = "") -> Grant:
    """
    Withdraw a grant from this moment; the row stays as history.

    :raises LastAdministrator: if nobody would be left who can manage accounts
    """
    lock_administrators()
    found = Grant.objects.select_for_update().get(pk=grant_id)
    if found.revoked_at is not None:
        raise Refusal(_("这项授权已经撤销。"))
    if found.role == Roles.ADMIN and found.scope_kind == ScopeKind.ALL:
        keep_one_administrator(at=at, without_grant=found.pk)
    found.revoked_at, found.revoked_by = at, by
    found.save(update_fields=["revoked_at", "revoked_by"])
    ports.recorded.ask(
        action="access.revoked",
        obj=found,
        by=by,
        at=at,
        changes={"holder": found.account.username, "right": found.role or found.permission},
        reason=reason,
    )
    ports.published.ask(GrantChanged(account_id=found.account_id))
    return found
