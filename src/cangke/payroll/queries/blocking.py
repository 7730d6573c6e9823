"""What stands between a run and its lock, person by person (L11)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cangke.attendance import public as attendance
from cangke.foundation.calendar.public import site_day
from cangke.foundation.wording import listed
from cangke.people.public import Employee

from ..models import PayItem, PayRun, PaySlip
from .reckoning import Reckoned
from .recorded import month_after


@dataclass(frozen=True)
class Blocker:
    """One thing to settle first: ``code`` and ``value`` make the sentence."""

    code: str
    employee: Employee | None = None
    value: str = ""
    slip_id: int | None = None


def _last_day(run: PayRun) -> dt.date:
    """The first day on which a run may be locked: after the month, or when its leaver has left."""
    if run.kind == "final" and run.employee is not None and run.employee.employed_to is not None:
        return run.employee.employed_to
    return month_after(run.month)


def blockers(
    run: PayRun,
    reckoned: Sequence[Reckoned],
    slips: dict[int, PaySlip],
    *,
    at: dt.datetime,
) -> list[Blocker]:
    """
    What is not settled yet; nothing if the run may be locked.

    A day without data or with a missed punch, leave and make-ups that wait for a decision, awards
    in approval, guards nobody has confirmed, and slips whose facts have changed since.
    """
    found: list[Blocker] = []
    last = _last_day(run)
    if site_day(at, run.site.zone) < last:
        found.append(Blocker("month_runs", value=f"{last:%m-%d}"))
    if not reckoned:
        found.append(Blocker("nobody"))
    if not run.complete:
        found.append(Blocker("incomplete"))
    ids = [each.employee.pk for each in reckoned]
    waiting: dict[int, list[Any]] = defaultdict(list)
    for matter in attendance.unsettled(ids, run.month):
        waiting[matter.employee_id].append((matter.kind, matter.date))
    asked = PayItem.objects.filter(employee__in=ids, month=run.month, state="asked")
    for item in asked.order_by("pk"):
        waiting[item.employee_id].append(("award", item.month))
    for each in reckoned:
        slip = slips.get(each.employee.pk)
        pk = slip.pk if slip else None
        for problem in each.problems:
            if problem["code"] in ("waiting", "open"):
                days = listed(day[5:] for day in problem["days"][:5])
                found.append(Blocker(problem["code"], each.employee, days, pk))
        for kind, day in () if each.corrects_only else waiting[each.employee.pk]:
            found.append(Blocker(f"asked_{kind}", each.employee, f"{day:%m-%d}", pk))
        if slip is None or slip.digest != each.digest():
            found.append(Blocker("stale", each.employee, "", pk))
        elif slip.needs_confirmation:
            found.append(Blocker("unconfirmed", each.employee, "", pk))
    gone = set(slips) - set(ids)
    found += [Blocker("gone", slips[who].employee, "", slips[who].pk) for who in sorted(gone)]
    return found
