"""Letting somebody decide for another while they are away (O17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account, held_everywhere
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import notify

from ..models import Delegation
from ..permissions import DELEGATE_ANY
from .refusals import BadDelegation, NotYours


@transaction.atomic
def delegate(
    *,
    giver: Account,
    taker: Account,
    from_at: dt.datetime,
    until_at: dt.datetime,
    reason: str,
    by: Account,
    at: dt.datetime,
    kinds: Collection[str] = (),
) -> Delegation:
    """
    Let ``taker`` decide for ``giver`` from one instant up to another, for all kinds or some.

    Personnel may enter it for somebody who is away. It never begins in the past, and what the
    taker was given is not passed on.

    :raises BadDelegation: if people or period do not fit
    :raises NotYours: if entered for somebody else without the right to
    """
    if by.pk != giver.pk and DELEGATE_ANY not in held_everywhere(by):
        raise NotYours(_("只能委托自己的审批。"), field="giver")
    if giver.pk == taker.pk:
        raise BadDelegation(_("请选择另一位同事。"), field="taker")
    if not taker.is_active:
        raise BadDelegation(_("这个账户已停用，请选别人。"), field="taker")
    if until_at <= from_at or until_at <= at:
        raise BadDelegation(_("结束时间要晚于开始时间，也要晚于现在。"), field="until_at")
    if not reason.strip():
        raise BadDelegation(_("请写明事由。"), field="reason")
    delegation = Delegation.objects.create(
        giver=giver,
        taker=taker,
        kinds=sorted(kinds),
        from_at=max(from_at, at),
        until_at=until_at,
        reason=reason.strip()[:200],
        by=by,
        created_at=at,
    )
    record(
        "approvals.delegated",
        obj=delegation,
        by=by,
        at=at,
        changes={"giver": giver.pk, "taker": taker.pk, "kinds": delegation.kinds},
        reason=reason,
    )
    notify(
        [taker, giver] if by.pk != giver.pk else [taker],
        kind="approvals.asked",
        title=gettext_lazy("审批委托"),
        body=f"{giver.display_name} → {taker.display_name}",
        url="/approvals/delegations/",
        at=at,
    )
    return delegation


@transaction.atomic
def end_delegation(*, delegation_id: int, by: Account, at: dt.datetime) -> Delegation:
    """
    End a delegation now; what was decided under it stands.

    :raises NotYours: if it is neither one's own nor personnel's to end
    :raises BadDelegation: if it has ended already
    """
    delegation = Delegation.objects.select_for_update().get(pk=delegation_id)
    own = by.pk in (delegation.giver_id, delegation.taker_id)
    if not own and DELEGATE_ANY not in held_everywhere(by):
        raise NotYours(_("只能结束与自己有关的委托。"))
    if delegation.ended_at is not None or delegation.until_at <= at:
        raise BadDelegation(_("这份委托已经结束。"))
    delegation.ended_at = at
    delegation.save(update_fields=["ended_at"])
    record("approvals.delegation_ended", obj=delegation, by=by, at=at)
    return delegation
