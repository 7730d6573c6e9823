"""The rulebook of the demonstration company: read by nearly everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from cangke.foundation.access.public import Account

from . import actions, queries

NOT_YET = ("shenwei", "gaoyuan")


def load(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Let the people confirm the rules as they began; two have not come to it."""
    actions.ensure_first_version(at=at)
    actions.ensure_shipped_sets(at=at)
    for n, (username, account) in enumerate(sorted(accounts.items())):
        if username in NOT_YET:
            continue
        version = queries.version_to_read(account, on=at.date())
        if version is not None:
            confirmed = at - dt.timedelta(days=30, minutes=7 * n)
            actions.confirm_reading(version_id=version.pk, by=account, at=confirmed)
