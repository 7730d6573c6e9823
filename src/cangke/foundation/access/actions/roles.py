"""Company roles: made from a preset, changed by ticking permissions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cangke.foundation.refusal import Conflict, Refusal

from .. import ports, registry
from ..models import Account, Grant, Role
from ..queries import day_of, state_of
from ..rules import Roles
from .grants import BeyondOwnRights, UnknownRight, may_give


def _checked(permissions: Collection[str], by: Account, *, kept: Collection[str]) -> list[str]:
    wanted = frozenset(permissions)
    unknown = wanted - registry.PERMISSIONS.keys()
    if unknown:
        raise UnknownRight(_("没有这项权限：%s") % min(unknown), field="permissions")
    beyond = wanted - frozenset(kept) - may_give(by)
    if beyond:
        label = registry.PERMISSIONS[min(beyond)].label
        raise BeyondOwnRights(_("您自己没有“%s”，不能放进角色。") % label, field="permissions")
    return sorted(wanted)


@transaction.atomic
def create_role(
    *,
    code: str,
    name: str,
    permissions: Collection[str],
    by: Account,
    at: dt.datetime,
    note: str = "",
) -> Role:
    """
    Make a company role. A code equal to a preset's overrules the preset from now on.

    :raises Refusal: if the code is taken, or is the administrator's
    """
    if code != slugify(code) or not code:
        raise Refusal(_("代码只用小写字母、数字和短横线。"), field="code")
    if code == Roles.ADMIN:
        raise Refusal(_("“系统管理员”不能改写，否则可能没有人能管理账户。"), field="code")
    if Role.objects.filter(code=code).exists():
        raise Refusal(_("这个代码已被使用，请换一个。"), field="code")
    role = Role.objects.create(
        code=code, name=name, note=note, permissions=_checked(permissions, by, kept=())
    )
    ports.recorded.ask(
        action="access.role_created",
        obj=role,
        by=by,
        at=at,
        changes={"code": code, "name": name, "permissions": role.permissions},
    )
    return role


@transaction.atomic
def change_role(
    *,
    role_id: int,
    name: str,
    permissions: Collection[str],
    by: Account,
    at: dt.datetime,
    seen: str,
    note: str = "",
) -> Role:
    """
    Change a company role for everybody who holds it.

    ``seen`` is `state_of` the role when the form was opened.

    :raises Conflict: if somebody changed it in between
    """
    role = Role.objects.select_for_update().get(pk=role_id)
    if seen != state_of(role):
        raise Conflict(_("别人刚改过这个角色，请核对后再保存。"))
    old = set(role.permissions)
    wanted = _checked(permissions, by, kept=old)
    changes: dict[str, object] = {}
    if role.name != name:
        changes["name"] = [role.name, name]
    if role.note != note:
        changes["note"] = [role.note, note]
    if old != set(wanted):
        changes["added"], changes["removed"] = sorted(set(wanted) - old), sorted(old - set(wanted))
    if changes:
        role.name, role.note, role.permissions = name, note, wanted
        role.save(update_fields=["name", "note", "permissions"])
        ports.recorded.ask(action="access.role_changed", obj=role, by=by, at=at, changes=changes)
    return role


@transaction.atomic
def delete_role(*, role_id: int, by: Account, at: dt.datetime) -> None:
    """
    Remove a company role that nobody holds; one that overruled a preset gives way to it again.

    :raises Refusal: if somebody holds it now or later and no preset would take its place
    """
    role = Role.objects.select_for_update().get(pk=role_id)
    if role.code not in list(Roles):
        held = Grant.objects.filter(role=role.code, revoked_at__isnull=True).exclude(
            valid_until__lt=day_of(at)
        )
        if held.exists():
            raise Refusal(_("还有 %s 项授权在用这个角色，请先撤销。") % held.count())
    ports.recorded.ask(
        action="access.role_deleted",
        obj=role,
        by=by,
        at=at,
        changes={"code": role.code, "name": role.name, "permissions": role.permissions},
    )
    role.delete()
