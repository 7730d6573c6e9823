"""The periodic duties of discipline: appeals run out, suspensions begin and end, months compare."""

from __future__ import annotations

import datetime as dt

from cangke.foundation.calendar.public import site_day
from cangke.foundation.jobs.public import every
from cangke.people.public import Employee

from . import actions, queries, rules


@every(seconds=900)
def settle_appeals(at: dt.datetime) -> int:
    """A decision nobody appealed against in time holds from now on."""
    return actions.sweep_appeals(at=at)


@every(seconds=300)
def keep_suspensions(at: dt.datetime) -> int:
    """Suspensions begin and end with the day of the person's site."""
    return actions.sweep_suspensions(at=at)


@every(seconds=43200)
def compare_months(at: dt.datetime) -> int:
    """Months in a row below the limit are put forward, each once (L21)."""
    made = 0
    people = list(Employee.objects.at_work().select_related("site").order_by("pk"))
    by_month: dict[dt.date, list[Employee]] = {}
    for each in people:
        ended = rules.months_later(site_day(at, each.site.zone).replace(day=1), -1)
        by_month.setdefault(ended, []).append(each)
    for month, group in sorted(by_month.items()):
        known = {each.pk: each for each in group}
        for pk, scores in sorted(queries.poor_among(group, month).items()):
            made += actions.propose_poor(employee=known[pk], scores=scores, at=at) is not None
    return made
