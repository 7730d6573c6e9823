"""Confirming that a version was read, and asking for it (S4)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import Notice, notify

from .. import queries, rules
from ..models import PolicySet, Reading, RulebookVersion, State
from .refusals import NotADraft


@transaction.atomic
def confirm_reading(*, version_id: int, by: Account, at: dt.datetime) -> Reading:
    """
    Confirm that one has read a published version; again changes nothing.

    :raises NotADraft: if it is not published
    """
    version = RulebookVersion.objects.select_related("policy_set").get(pk=version_id)
    if version.state not in (State.PUBLISHED, State.SUPERSEDED):
        raise NotADraft(_("这一版现在是“%s”。") % version.get_state_display())
    kept = Reading.objects.filter(version=version, account=by).first()
    if kept is not None:
        return kept
    try:
        with transaction.atomic():
            reading = Reading.objects.create(version=version, account=by, confirmed_at=at)
    except IntegrityError:  # the same press on two lines at once
        return Reading.objects.get(version=version, account=by)
    record("rulebook.read", obj=version, by=by, at=at, changes={"number": version.number})
    return reading


def ask_readers(*, at: dt.datetime) -> int:
    """
    Ask whoever has not confirmed the newest version of their set; return how many were asked.

    Newcomers and new versions at once, the others again after the days of the rulebook. Safe to
    repeat.
    """
    on = timezone.localtime(at).date()
    asked = 0
    for policy_set in PolicySet.objects.all():
        newest = queries.newest_of(policy_set.key)
        if newest is not None:
            asked += _ask(newest, on, at=at)
    return asked


@transaction.atomic
def remind_readers(*, version_id: int, by: Account, at: dt.datetime) -> int:
    """Ask everybody who has not confirmed the version, now; return how many."""
    version = RulebookVersion.objects.select_related("policy_set").get(pk=version_id)
    told = _ask(version, timezone.localtime(at).date(), at=at, anew=True)
    record("rulebook.reminded", obj=version, by=by, at=at, changes={"people": told})
    return told


def _ask(version: RulebookVersion, on: dt.date, *, at: dt.datetime, anew: bool = False) -> int:
    waiting = {
        each.member.account_id
        for each in queries.readers_of(version, on=on)
        if each.confirmed_at is None
    }
    url = f"{reverse('rulebook:reading')}?set={version.policy_set.key}&version={version.number}"
    if waiting and not anew:
        policy = queries.policy(rules.ReadingPolicy, on=on, group=version.policy_set.key)
        recent = at - dt.timedelta(days=policy.remind_days)
        told = Notice.objects.filter(
            kind="rulebook.read", url=url, account__in=waiting, created_at__gt=recent
        )
        waiting -= set(told.values_list("account_id", flat=True))
    if waiting:
        notify(
            list(Account.objects.filter(pk__in=waiting)),
            kind="rulebook.read",
            title=gettext_lazy("请阅读并确认制度"),
            body=str(version),
            url=url,
            at=at,
        )
    return len(waiting)
