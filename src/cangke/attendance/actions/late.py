"""What a closed month refuses, and what becomes known of it afterwards."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext as _

from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict
from cangke.foundation.wording import listed

from .. import queries
from ..events import ClosedMonthChanged
from ..models import LateFact
from ..queries.rosters import month_of


class MonthClosed(Conflict):
    """The month is paid for; its plan does not change any more."""


def refuse_closed(*, employee_ids: Iterable[int], days: Iterable[dt.date]) -> None:
    """
    See that no plan changes in a month that is closed.

    :raises MonthClosed: naming the month
    """
    months = {month_of(each) for each in days}
    closed = queries.closed_among(set(employee_ids), months)
    if closed:
        shown = listed(f"{each:%Y-%m}" for each in sorted({month for _who, month in closed}))
        raise MonthClosed(
            _("%s 的工资已经锁定，排班不能再改。考勤有误的请补卡或补假，差额在下次工资里更正。")
            % shown
        )


def note_late(
    *, employee_id: int, date: dt.date, source: str, digest: str, at: dt.datetime
) -> LateFact | None:
    """Note a fact of a closed month and tell; None if the same was noted before."""
    digest = digest if len(digest) == 64 else hashlib.sha256(digest.encode()).hexdigest()
    fact, is_new = LateFact.objects.get_or_create(
        employee_id=employee_id,
        date=date,
        source=source,
        digest=digest,
        defaults={"month": month_of(date), "noticed_at": at},
    )
    if not is_new:
        return None
    publish(ClosedMonthChanged(fact_id=fact.pk, employee_id=employee_id, month=fact.month))
    return fact
