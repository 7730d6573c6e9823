"""Somebody must always be left who can manage accounts."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from cangke.foundation.refusal import Refusal

from ..models import Account, Grant
from ..queries import day_of
from ..rules import Roles, ScopeKind


class LastAdministrator(Refusal):
    """Nobody would be left who can manage accounts."""


def lock_administrators() -> None:
    """
    Let one change of administrators happen at a time.

    Two administrators who demote each other at the same moment take the same rows in the same
    order; the second one then reads what the first one left.
    """
    rows = Grant.objects.select_for_update().filter(role=Roles.ADMIN, revoked_at__isnull=True)
    list(rows.order_by("pk").values_list("pk", flat=True))


def is_administrator(account: Account, *, at: dt.datetime) -> bool:
    """Whether the account may manage accounts on the day."""
    held = Grant.objects.in_force(day_of(at)).filter(account=account, role=Roles.ADMIN)
    return account.is_active and held.filter(scope_kind=ScopeKind.ALL).exists()


def keep_one_administrator(
    *, at: dt.datetime, without_grant: int | None = None, without_account: int | None = None
) -> None:
    """
    See that another administrator is left once the grant or account is gone.

    Call `lock_administrators` first.

    :raises LastAdministrator: if nobody would be left
    """
    others = Grant.objects.in_force(day_of(at)).filter(
        role=Roles.ADMIN, scope_kind=ScopeKind.ALL, account__is_active=True
    )
    if without_grant is not None:
        others = others.exclude(pk=without_grant)
    if without_account is not None:
        others = others.exclude(account_id=without_account)
    if not others.exists():
        raise LastAdministrator(_("至少要保留一位系统管理员，请先授权另一位。"))
