from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from cangke.foundation.access.public import Account, scope

from ..models import Delegation


def _covers(delegation: Delegation, kind: str) -> bool:
    return not delegation.kinds or kind in delegation.kinds


def deciders_of(account_ids: Iterable[int], *, kind: str, at: dt.datetime) -> QuerySet[Account]:
    """The active accounts that may decide in these seats now: their holders and their delegates."""
    ids = set(account_ids)
    given = Delegation.objects.on(at).filter(giver__in=ids)
    ids |= {each.taker_id for each in given if _covers(each, kind)}
    return Account.objects.filter(pk__in=ids, is_active=True)


def may_decide_for(by: Account, account_id: int, *, kind: str, at: dt.datetime) -> bool:
    """Whether somebody may decide in an account's seat: their own, or delegated for the kind."""
    if by.pk == account_id:
        return True
    given = Delegation.objects.on(at).filter(giver=account_id, taker=by)
    return any(_covers(each, kind) for each in given)


def givers_to(taker: Account, *, at: dt.datetime) -> dict[int, Collection[str]]:
    """For whom somebody decides now: account → kinds, empty for all."""
    found: dict[int, set[str]] = {}
    every: set[int] = set()
    for each in Delegation.objects.on(at).filter(taker=taker):
        found.setdefault(each.giver_id, set()).update(each.kinds)
        if not each.kinds:
            every.add(each.giver_id)
    return {giver: (set() if giver in every else kinds) for giver, kinds in found.items()}


def delegations_of(account: Account) -> QuerySet[Delegation]:
    """The delegations somebody may see, newest first."""
    return scope(account, Delegation, "view").select_related("giver", "taker", "by")
