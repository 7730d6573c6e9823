"""
Somebody who came late, for a story: in the month that is over, or on the day it is.

Run inside an installation: ``python -m tests.stories.seeds.late WHEN NAME USERNAME MINUTES``, WHEN
``before`` (who is hired) or ``today``; prints the day.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from .shifts import clock, give_shift, local_today, newcomer

MINUTE = dt.timedelta(minutes=1)


def before(name: str, username: str, minutes: int) -> dict[str, Any]:
    """Hired long ago, and late on the tenth of the month that is over."""
    from django.utils import timezone

    today = timezone.localdate()
    day = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=10)
    agent = newcomer(name, username, since=day - dt.timedelta(days=200))
    return _late(agent, day, minutes)


def today(name: str, username: str, minutes: int) -> dict[str, Any]:
    """Late again; the day is judged as it stands once it is over."""
    from cangke.people.public import Employee

    people = Employee.objects.select_related("site", "account", "team__site")
    agent = people.get(name=name, account__username=username)
    return _late(agent, local_today(agent), minutes)


def _late(agent: Any, day: dt.date, minutes: int) -> dict[str, Any]:
    shift = give_shift(agent, day, "day")
    record = clock(
        agent,
        day,
        shift.start + minutes * MINUTE,
        shift.end + MINUTE,
        at=shift.end + dt.timedelta(hours=6),
    )
    return {"day": f"{day:%Y-%m-%d}", "record": record.pk}


def main(when: str, name: str, username: str, minutes: str) -> dict[str, Any]:
    import django

    django.setup()
    return {"before": before, "today": today}[when](name, username, int(minutes))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:]), ensure_ascii=False))
