"""Reading and scoring a conversation (A23)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.rulebook.public import explain

from .. import queries, rules
from ..events import CheckScored
from ..models import Check, CheckEvent
from ..rules import CheckState, InspectionPolicy


class CheckIncomplete(Refusal):
    """Points, or the words for a deduction, are missing."""


class CheckOver(Conflict):
    """It was scored, left out or decided already."""


def note(
    check: Check,
    kind: str,
    *,
    by: Account | None,
    at: dt.datetime,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to the check's history."""
    CheckEvent.objects.create(
        check_row=check, kind=kind, text=text, data=dict(data or {}), by=by, at=at
    )


def locked(check_id: int) -> Check:
    return (
        Check.objects.select_for_update(of=("self",))
        .select_related("agent__site", "agent__account")
        .get(pk=check_id)
    )


def take_points(
    check: Check,
    *,
    scores: Mapping[str, int],
    fatal: Collection[str],
    comment: str,
    policy: InspectionPolicy,
    at: dt.datetime,
    day: dt.date,
) -> None:
    """
    Put points onto the check and explain its total.

    :raises CheckIncomplete: if an item has no points or too many, or a deduction no words
    """
    items = queries.sheet_for(check, policy)
    for item in items:
        points = scores.get(item.code)
        if points is None or not 0 <= points <= item.points:
            raise CheckIncomplete(
                _("请给出 0 到 %(most)s 分。") % {"most": item.points}, field=f"item_{item.code}"
            )
    known = {each.code for each in policy.fatal}
    chosen = sorted(set(fatal) & known)
    kept = {each.code: scores[each.code] for each in items}
    decided = rules.total_of(items, kept, chosen, policy=policy)
    if decided.value < rules.HUNDRED and not comment.strip():
        raise CheckIncomplete(_("扣了分，请写明依据：哪句话、为什么。"), field="comment")
    check.items = check.kept_items(items)
    check.scores = kept
    check.fatal = chosen
    check.total = decided.value
    check.comment = comment.strip()
    explain(check, "quality_total", decision=decided, at=at, on=day)


@transaction.atomic
def score_check(
    *,
    check_id: int,
    scores: Mapping[str, int],
    comment: str,
    by: Account,
    at: dt.datetime,
    fatal: Collection[str] = (),
) -> Check:
    """
    Score a conversation; the agent is told.

    :raises CheckOver: if it is not to be scored any more
    :raises CheckIncomplete: for oneself, with points missing or no words for a deduction
    """
    check = locked(check_id)
    if check.state != CheckState.OPEN:
        raise CheckOver(_("这个会话已经评过，或不再评分。"))
    if check.agent.account_id == by.pk:
        raise CheckIncomplete(_("不能检查自己的会话。"))
    day = site_day(at, check.agent.site.zone)
    policy = queries.inspection_policy(day)
    take_points(check, scores=scores, fatal=fatal, comment=comment, policy=policy, at=at, day=day)
    check.state = CheckState.SCORED
    check.inspector, check.scored_at = by, at
    check.appeal_until = day + dt.timedelta(days=policy.appeal_days)
    check.save()
    note(check, "scored", by=by, at=at, text=check.comment, data=points_of(check))
    record("quality.scored", obj=check, by=by, at=at, changes=points_of(check))
    publish(
        CheckScored(check_id=check.pk, employee_id=check.agent_id, total=str(check.total), at=at)
    )
    if check.agent.account is not None:
        notify(
            check.agent.account,
            kind="quality.scored",
            title=gettext_lazy("您的一个会话有质检结果"),
            body=check.number,
            url=reverse("quality:check", args=[check.pk]),
            at=at,
        )
    return check


def points_of(check: Check) -> dict[str, Any]:
    """The score as the history keeps it."""
    return {"scores": check.scores, "fatal": check.fatal, "total": str(check.total)}


@transaction.atomic
def skip_check(*, check_id: int, reason: str, by: Account, at: dt.datetime) -> Check:
    """
    Leave a conversation out, with a reason: nothing in it to be judged.

    :raises CheckIncomplete: without a reason, or for oneself
    :raises CheckOver: if it was scored already
    """
    if not reason.strip():
        raise CheckIncomplete(_("请写明为什么不评。"), field="reason")
    check = locked(check_id)
    if check.agent.account_id == by.pk:
        raise CheckIncomplete(_("不能检查自己的会话。"))
    if check.state != CheckState.OPEN:
        raise CheckOver(_("这个会话已经评过，或不再评分。"))
    check.state = CheckState.SKIPPED
    check.save(update_fields=["state"])
    note(check, "skipped", by=by, at=at, text=reason.strip())
    record("quality.skipped", obj=check, by=by, at=at, reason=reason.strip())
    return check
