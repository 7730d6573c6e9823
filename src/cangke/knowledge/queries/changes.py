"""Who has to read what, and who has (J2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from cangke.foundation.access.public import Account
from cangke.people.public import Employee, agents

from ..models import Audience, ChangeNotice, ChangeReading
from ..permissions import addressed_to


@dataclass(frozen=True)
class Reader:
    """Somebody of the audience, and whether they have confirmed."""

    employee: Employee
    confirmed: bool


def audience_of(notice: ChangeNotice) -> QuerySet[Employee]:
    """Return who is to read it: customer service, or the whole of a department or team."""
    rows: QuerySet[Employee]
    if notice.audience == Audience.TEAM:
        rows = Employee.objects.at_work().filter(team=notice.team)
    elif notice.audience == Audience.DEPARTMENT:
        rows = Employee.objects.at_work().filter(department=notice.department)
    else:
        rows = agents()
    return rows.filter(account__isnull=False).order_by("number")


def readers_of(notice: ChangeNotice) -> list[Reader]:
    """Return the audience, those who have not confirmed first."""
    read = set(notice.readings.values_list("account_id", flat=True))
    found = [
        Reader(row, row.account_id in read)
        for row in audience_of(notice).select_related("team", "account")
    ]
    return sorted(found, key=lambda each: each.confirmed)


def unread_of(account: Account) -> QuerySet[ChangeNotice]:
    """Return what the account has still to confirm, oldest first."""
    read = ChangeReading.objects.filter(notice=OuterRef("pk"), account=account)
    rows = ChangeNotice.objects.filter(addressed_to(account), withdrawn_at__isnull=True)
    return rows.filter(~Exists(read)).order_by("published_at", "pk")


def unread_that_block(account: Account) -> Sequence[ChangeNotice]:
    """Return the unread notices without which nobody goes online (J2)."""
    return list(unread_of(account).filter(blocks=True)[:20])
