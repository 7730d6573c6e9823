"""Accounts: create, reset, unlock, disable, list."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from typing import Any

from django.utils import timezone


def declare(commands: Any) -> None:
    """Add ``user``."""
    user = commands.add_parser("user", help="accounts")
    verbs = user.add_subparsers(dest="verb", required=True)
    create = verbs.add_parser("create")
    create.add_argument("username")
    create.add_argument("--name", default="")
    create.add_argument("--role", default="")
    create.add_argument("--scope", default="all")
    reset = verbs.add_parser("reset", help="set a new password; ends all sessions")
    unlock = verbs.add_parser("unlock", help="lift the lock after failed logins")
    disable = verbs.add_parser("disable", help="shut the account out at once")
    disable.add_argument("--reason", default="cangke user disable")
    for each in (reset, unlock, disable):
        each.add_argument("username")
    for each in (create, reset):
        each.add_argument("--password-stdin", action="store_true")
    listed = verbs.add_parser("list")
    listed.add_argument("--json", action="store_true")
    user.set_defaults(run=run_user)


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("password: ")


def run_user(arguments: argparse.Namespace) -> int:
    from cangke.foundation.access.public import Account

    verb = {
        "create": _create,
        "reset": _reset,
        "unlock": _unlock,
        "disable": _disable,
        "list": _list,
    }[arguments.verb]
    try:
        return verb(arguments)
    except Account.DoesNotExist:
        print(f"{arguments.username}: no such account", file=sys.stderr)
        return 1


def _checked_password(arguments: argparse.Namespace, account: Any) -> str | None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    password = _password(arguments)
    try:
        validate_password(password, account)
    except ValidationError as error:
        print("\n".join(error.messages), file=sys.stderr)
        return None
    return password


def _create(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from cangke.foundation.access.public import Account, create_account, grant

    at = timezone.now()
    password = _checked_password(arguments, Account(username=arguments.username))
    if password is None:
        return 1
    with transaction.atomic():
        account = create_account(
            username=arguments.username,
            display_name=arguments.name,
            password=password,
            by=None,
            at=at,
        )
        if arguments.role:
            grant(account=account, role=arguments.role, scope_kind=arguments.scope, by=None, at=at)
    print(f"{account.username}: created")
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from cangke.foundation.access.public import Account, end_sessions
    from cangke.foundation.audit.public import record

    account = Account.objects.get(username=arguments.username)
    password = _checked_password(arguments, account)
    if password is None:
        return 1
    with transaction.atomic():
        account.set_password(password)
        account.save(update_fields=["password"])
        end_sessions(account)
        record("access.password_reset", obj=account, by=None, at=timezone.now())
    print(f"{account.username}: password set, all sessions ended")
    return 0


def _unlock(arguments: argparse.Namespace) -> int:
    from cangke.foundation.access.public import Account, unlock_account

    account = Account.objects.get(username__iexact=arguments.username)
    count = unlock_account(account_id=account.pk, by=None, at=timezone.now())
    print(f"{account.username}: unlocked ({count} records of failed logins removed)")
    return 0


def _disable(arguments: argparse.Namespace) -> int:
    from cangke.foundation.access.public import Account, disable_account

    account = Account.objects.get(username=arguments.username)
    disable_account(account_id=account.pk, by=None, at=timezone.now(), reason=arguments.reason)
    print(f"{account.username}: disabled")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from cangke.foundation.access.public import Account

    rows = [
        {"username": each.username, "name": each.display_name, "active": each.is_active}
        for each in Account.objects.order_by("username")
    ]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row['username']}\t{row['name']}\t{'active' if row['active'] else 'disabled'}")
    return 0
