"""What every installation needs before its first page, and the first run."""

from __future__ import annotations

import argparse
import datetime as dt
import hmac
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access import public as access
from cangke.foundation.refusal import Refusal


def ensure_basics(*, at: dt.datetime) -> None:
    """See that the first rulebook and the shipped catalogues are there; safe to repeat."""
    from cangke import wiring

    for ensure in wiring.BASICS:
        ensure(at=at)


def has_administrator() -> bool:
    """Whether somebody can manage accounts."""
    return access.Grant.objects.filter(
        role=access.Roles.ADMIN, revoked_at__isnull=True, account__is_active=True
    ).exists()


def first_run_token() -> str:
    """The word that lets the owner of the machine, and nobody else, make the first account."""
    return hmac.new(settings.SECRET_KEY.encode(), b"first-run", sha256).hexdigest()[:32]


def first_run_address(arguments: argparse.Namespace) -> str:
    return f"http://{arguments.host}:{arguments.port}/setup/{first_run_token()}/"


@transaction.atomic
def make_first_administrator(
    *, username: str, display_name: str, password: str, at: dt.datetime
) -> access.Account:
    """
    Open the first account, with every right.

    :raises Refusal: if there is an administrator already
    """
    if has_administrator():
        raise Refusal(_("系统已有管理员，请直接登录。"))
    account = access.create_account(
        username=username, display_name=display_name, password=password, by=None, at=at
    )
    access.grant(
        account=account,
        role=access.Roles.ADMIN,
        scope_kind=access.ScopeKind.ALL,
        by=None,
        at=at,
        reason="first run",
    )
    return account
