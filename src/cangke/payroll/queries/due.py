"""When a month's pay is due (L3, AMB-27)."""

from __future__ import annotations

import datetime as dt

from cangke.foundation.calendar.public import working_day_on_or_before
from cangke.people.public import Site
from cangke.rulebook.public import policy, set_for

from .. import rules
from .recorded import month_after, month_before


def due_day(site: Site, month: dt.date) -> dt.date:
    """The pay day of the month after, or the working day of the site's calendar before it."""
    group = set_for([("site", site.pk)], on=month)
    day = month_after(month).replace(day=policy(rules.PayPolicy, on=month, group=group).due_day)
    return working_day_on_or_before(day, site.country)


def next_due_day(site: Site, today: dt.date) -> dt.date:
    """The next pay day of the site, today included."""
    month = month_before(today)
    while due_day(site, month) < today:
        month = month_after(month)
    return due_day(site, month)


def run_policy(site: Site, month: dt.date) -> rules.RunPolicy:
    """How runs of the site work in the month."""
    return policy(rules.RunPolicy, on=month, group=set_for([("site", site.pk)], on=month))
