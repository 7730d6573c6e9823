"""Who has to read which version, and who has (S4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cangke.foundation.access.public import Account

from .. import ports, rules
from ..models import PolicySet, Reading, RulebookVersion, State
from .force import policy, set_for, version_in_force


@dataclass(frozen=True)
class Reader:
    """Somebody a version applies to, and when they confirmed."""

    member: ports.Member
    confirmed_at: dt.datetime | None


def group_of(account: Account, *, on: dt.date) -> str | None:
    """The policy set somebody lives by, None for the default."""
    found = ports.staff.ask(account_ids=[account.pk])
    return set_for(found[0].units, on=on) if found else None


def default_set_key() -> str | None:
    """The key of the set that holds where no other is assigned."""
    return PolicySet.objects.filter(is_default=True).values_list("key", flat=True).first()


def newest_of(set_key: str | None) -> RulebookVersion | None:
    """The newest published version of a set, whether it holds already or will."""
    rows = RulebookVersion.objects.filter(state=State.PUBLISHED).select_related("policy_set")
    if set_key:
        rows = rows.filter(policy_set__key=set_key)
    else:
        rows = rows.filter(policy_set__is_default=True)
    return rows.order_by("-effective_from").first()


def version_to_read(account: Account, *, on: dt.date) -> RulebookVersion | None:
    """The version that somebody who works here has still to confirm, or None."""
    found = ports.staff.ask(account_ids=[account.pk])
    if not found:
        return None
    newest = newest_of(set_for(found[0].units, on=on))
    if newest is None or newest.readings.filter(account=account).exists():
        return None
    return newest


def last_read(account: Account, policy_set: PolicySet) -> RulebookVersion | None:
    """The newest version of the set that somebody has confirmed."""
    mine = Reading.objects.filter(account=account, version__policy_set=policy_set)
    found = mine.select_related("version").order_by("-version__number").first()
    return found.version if found else None


def unread_that_blocks(account: Account, *, on: dt.date) -> RulebookVersion | None:
    """The version somebody has to confirm before going online, or None (S4)."""
    group = group_of(account, on=on)
    held = version_in_force(on=on, group=group)
    if held.pk is None:
        return None
    mine = set(Reading.objects.filter(account=account).values_list("version_id", flat=True))
    newest = newest_of(group)
    stops = rules.keeps_offline(
        read_this=held.pk in mine or (newest is not None and newest.pk in mine),
        read_any=bool(mine),
        policy=policy(rules.ReadingPolicy, on=on, group=group),
    )
    if not stops:
        return None
    return RulebookVersion.objects.select_related("policy_set").get(pk=held.pk)


def readers_of(version: RulebookVersion, *, on: dt.date) -> Sequence[Reader]:
    """Everybody who lives by the version's set, those who have not confirmed first."""
    read = dict(version.readings.values_list("account_id", "confirmed_at"))
    default = version.policy_set.is_default
    key = version.policy_set.key
    found = []
    for member in ports.staff.ask():
        mine = set_for(member.units, on=on)
        if mine == key or (mine is None and default):
            found.append(Reader(member, read.get(member.account_id)))
    return sorted(found, key=lambda each: each.confirmed_at is not None)
