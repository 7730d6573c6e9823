"""Somebody goes, or is away for long: what they have in hand is given to a colleague."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cangke.foundation.access.public import Account
from cangke.people.public import Employee

from ..models import Pledge, Ticket
from . import pledge_keeping, tickets


@transaction.atomic
def hand_over(
    *, employee_id: int, to: Employee, reason: str, by: Account | None, at: dt.datetime
) -> int:
    """
    Give somebody's unfinished tickets and running promises to a colleague; return how many.

    It asks nobody's rights to the single items: who may hand somebody's work over is decided where
    that person is managed.
    """
    owned = Ticket.objects.unfinished().filter(owner=employee_id)
    keys = list(owned.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        tickets.pass_to(tickets.locked(pk), to, reason=reason, by=by, at=at)
    pledges = list(Pledge.objects.running().select_for_update().filter(keeper=employee_id))
    for pledge in pledges:
        pledge_keeping.pass_to(pledge, to, reason=reason, by=by, at=at)
    return len(keys) + len(pledges)
