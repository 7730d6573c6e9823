"""The agent's appeal against a score, and its decision by somebody else (A23)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.people.public import leaders_above

from .. import queries
from ..events import CheckChanged
from ..models import Check
from ..rules import CheckState
from .scoring import CheckIncomplete, CheckOver, locked, note, points_of, take_points


@transaction.atomic
def appeal_check(*, check_id: int, text: str, by: Account, at: dt.datetime) -> Check:
    """
    Appeal against one's own score, once, within the time of the rules.

    :raises Http404: if it is somebody else's
    :raises CheckIncomplete: without words
    :raises CheckOver: when the time is over, or it was decided already
    """
    check = locked(check_id)
    if check.agent.account_id != by.pk:
        raise Http404
    if not text.strip():
        raise CheckIncomplete(_("请写明哪一项、为什么不同意。"), field="text")
    if not check.may_be_appealed_on(site_day(at, check.agent.site.zone)):
        raise CheckOver(_("申诉期已过，或已经申诉过。"))
    check.state, check.appeal, check.appealed_at = CheckState.APPEALED, text.strip(), at
    check.save(update_fields=["state", "appeal", "appealed_at"])
    note(check, "appealed", by=by, at=at, text=check.appeal)
    record("quality.appealed", obj=check, by=by, at=at)
    others = [
        account
        for account in queries.inspectors_of(check.agent, above=leaders_above(check.agent))
        if account.pk != check.inspector_id
    ]
    notify(
        others[:2],
        kind="quality.appealed",
        title=gettext_lazy("有质检申诉待决定"),
        body=check.number,
        url=reverse("quality:check", args=[check.pk]),
        at=at,
    )
    return check


@transaction.atomic
def decide_appeal(
    *,
    check_id: int,
    reason: str,
    by: Account,
    at: dt.datetime,
    scores: Mapping[str, int] | None = None,
    fatal: Collection[str] = (),
) -> Check:
    """
    Decide an appeal: without ``scores`` the score stands, with them it is these from now on.

    :raises CheckOver: if there is no appeal to decide
    :raises CheckIncomplete: without a reason, or by who scored it or is judged by it
    """
    check = locked(check_id)
    if check.state != CheckState.APPEALED:
        raise CheckOver(_("没有待决定的申诉。"))
    if by.pk in (check.inspector_id, check.agent.account_id):
        raise CheckIncomplete(_("申诉须由评分人和本人以外的人决定。"))
    if not reason.strip():
        raise CheckIncomplete(_("请写明决定的理由。"), field="reason")
    before = points_of(check)
    day = site_day(at, check.agent.site.zone)
    if scores is not None:
        policy = queries.inspection_policy(day)
        take_points(
            check, scores=scores, fatal=fatal, comment=reason, policy=policy, at=at, day=day
        )
    check.state, check.decided_by, check.decided_at = CheckState.SCORED, by, at
    check.save()
    kind = "upheld" if scores is None else "changed"
    note(
        check,
        kind,
        by=by,
        at=at,
        text=reason.strip(),
        data={"before": before, "after": points_of(check)},
    )
    record(
        f"quality.{kind}",
        obj=check,
        by=by,
        at=at,
        changes={"total": [before["total"], str(check.total)]},
        reason=reason.strip(),
    )
    if scores is not None:
        publish(
            CheckChanged(
                check_id=check.pk, employee_id=check.agent_id, total=str(check.total), at=at
            )
        )
    if check.agent.account is not None:
        notify(
            check.agent.account,
            kind="quality.scored",
            title=gettext_lazy("您的质检申诉有了决定"),
            body=check.number,
            url=reverse("quality:check", args=[check.pk]),
            at=at,
        )
    return check
