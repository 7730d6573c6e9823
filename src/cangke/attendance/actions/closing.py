"""Closing a month, so that what was paid for stays as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F

from cangke.foundation.access.public import Account
from cangke.people.public import Employee

from .. import queries
from ..models import ClosedMonth, LateFact, RedPacket
from ..queries.judged import JudgedMonth
from ..queries.rosters import month_of, month_span
from .days import held_people, recompute

PIECE = 50


def settle_months(
    *, employee_ids: Collection[int], month: dt.date, at: dt.datetime
) -> dict[int, JudgedMonth]:
    """
    Judge a month of people and write what differs, piece by piece; return what it came to.

    Done before a month is closed, so that closing it has little left to write while others wait.
    """
    found: dict[int, JudgedMonth] = {}
    ids = sorted(set(employee_ids))
    for start in range(0, len(ids), PIECE):
        found |= _settle(ids[start : start + PIECE], month_of(month), at)
    return found


@transaction.atomic
def _settle(ids: Sequence[int], month: dt.date, at: dt.datetime) -> dict[int, JudgedMonth]:
    people = held_people(ids)
    judged = queries.judge_months(people, month, at=at)
    recompute(employee_ids=ids, months=[month], at=at, judged=judged)
    return {each.employee.pk: each for each in judged}


def hold_people(*, employee_ids: Collection[int]) -> list[int]:
    """Lock people in order, so that nobody judges their days until the transaction ends."""
    people = Employee.objects.select_for_update(of=("self",)).filter(pk__in=employee_ids)
    return sorted(people.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def close_months(
    *,
    employee_ids: Collection[int],
    month: dt.date,
    by: Account | None,
    at: dt.datetime,
    judged: Sequence[JudgedMonth] = (),
) -> int:
    """
    Judge a month of people for the last time and close it. Safe to repeat.

    ``judged`` spares judging again who was judged while held in the same transaction.

    Their day records stay as they are from now on; what becomes known later is noted. Packets
    that pay settles are settled with it (L9).
    Waits for whoever is judging one of them at the moment.
    """
    ids = hold_people(employee_ids=employee_ids)
    first = month_of(month)
    recompute(employee_ids=ids, months=[first], at=at, judged=judged)
    known = queries.closed_among(ids, [first])
    fresh = [
        ClosedMonth(employee_id=pk, month=first, closed_by=by, closed_at=at)
        for pk in ids
        if (pk, first) not in known
    ]
    ClosedMonth.objects.bulk_create(fresh)
    RedPacket.objects.filter(
        employee_id__in=ids, state="pay", date__lte=month_span(first)[1]
    ).update(state="paid", owed=0, paid_with=first)
    return len(fresh)


@transaction.atomic
def reopen_months(*, employee_ids: Collection[int], month: dt.date) -> int:
    """
    Open a month of people again; their days may be judged anew.

    What was noted as late is no longer so: the month takes it in by itself.
    """
    LateFact.objects.filter(employee_id__in=employee_ids, month=month_of(month)).delete()
    RedPacket.objects.filter(
        employee_id__in=employee_ids, state="paid", paid_with=month_of(month)
    ).update(state="pay", owed=F("amount"), paid_with=None)
    rows = ClosedMonth.objects.filter(employee_id__in=employee_ids, month=month_of(month))
    return rows.delete()[0]
