"""Accounts for tests: one line makes somebody who may do something."""

import itertools
from typing import Any

from django.test import Client
from django.utils import timezone

from cangke.foundation.access.public import Account, create_account, grant

_number = itertools.count(1)


def make_account(
    role: str = "", *, scope: str = "all", scope_id: int | None = None, **fields: Any
) -> Account:
    """Return an account, with a role over a scope if one is named."""
    at = timezone.now()
    n = next(_number)
    account = create_account(
        username=fields.pop("username", f"person{n}"),
        display_name=fields.pop("display_name", f"员工{n}"),
        password=fields.pop("password", None),
        by=None,
        at=at,
        **fields,
    )
    if role:
        grant(account=account, role=role, scope_kind=scope, scope_id=scope_id, by=None, at=at)
    return account


def client_for(account: Account) -> Client:
    """A browser in which the account is signed in."""
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client
