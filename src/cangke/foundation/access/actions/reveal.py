"""A masked value is shown whole to one person, for a reason, with a record."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from cangke.foundation.refusal import Refusal

from .. import ports
from ..events import RevealsExceeded
from ..models import Account
from ..queries import may_reveal

MOST_PER_HOUR = 30
SHORTEST_REASON = 4
HOUR = dt.timedelta(hours=1)


class TooManyReveals(Refusal):
    """More values were opened within an hour than work asks for."""

    status = 429


def reveal(*, obj: Model, field: str, reason: str, by: Account, at: dt.datetime) -> str:
    """
    Return the full value of a personal or sensitive field (Q2) and record who saw it and why.

    The record names model, row, field and reason, never the value. From the 31st value within an
    hour on nothing is shown and one alarm is recorded and published. ``obj`` must come from
    `get_visible`. Call it outside a transaction, so that the alarm survives the refusal.

    :raises PermissionDenied: without the right for the field's class
    :raises Refusal: if the reason is too short to mean anything
    :raises TooManyReveals: beyond 30 within an hour
    """
    if not may_reveal(by, type(obj), field):
        ports.denied.ask(
            account_id=by.pk, model=f"{type(obj)._meta.label}.{field}", key=str(obj.pk)
        )
        raise PermissionDenied
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refusal(_("请写明事由，至少 4 个字。"), field="reason")
    with transaction.atomic():
        # One at a time, so that thirty-one at once are counted too.
        Account.objects.select_for_update().get(pk=by.pk)
        seen = ports.counted.ask(account_id=by.pk, action="access.revealed", since=at - HOUR)
        within = seen < MOST_PER_HOUR
        if within:
            ports.recorded.ask(
                action="access.revealed",
                obj=obj,
                by=by,
                at=at,
                changes={"model": obj._meta.label, "pk": str(obj.pk), "field": field},
                reason=reason,
            )
        elif not ports.counted.ask(account_id=by.pk, action="access.reveal_alarm", since=at - HOUR):
            ports.recorded.ask(
                action="access.reveal_alarm",
                obj=by,
                by=by,
                at=at,
                changes={"count": seen, "within_minutes": 60},
                reason=reason,
            )
            ports.published.ask(RevealsExceeded(account_id=by.pk, count=seen))
    if not within:
        raise TooManyReveals(
            _("一小时内已查看 %s 条，已停止并通知管理员；确有需要请联系主管。") % MOST_PER_HOUR
        )
    return str(getattr(obj, field) or "")
