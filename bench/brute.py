"""
The service report of a period counted the long way, against what the page says.

Run inside the installation: ``python -m bench.brute ACCOUNT FIRST LAST``.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from fractions import Fraction


def main(name: str, first: dt.date, last: dt.date) -> dict[str, object]:
    import django

    django.setup()
    from cangke.desk import public as desk
    from cangke.desk.models import Turn
    from cangke.foundation.access.public import Account
    from cangke.foundation.calendar.public import day_bounds
    from cangke.people.public import default_site

    site = default_site()
    assert site is not None
    since, until = day_bounds(first, site.zone)[0], day_bounds(last, site.zone)[1]
    report = desk.service_report(
        Account.objects.get(username=name),
        desk.ReportFilter(first_date=first, last_date=last, since=since, until=until),
    )
    turns = Turn.objects.filter(duty_date__gte=first, duty_date__lte=last)
    total = count = 0
    rows = turns.filter(state="answered", continued=False)
    for waited in rows.values_list("customer_effective_ms", flat=True).iterator():
        total, count = total + waited, count + 1
    talks = desk.Conversation.objects.all()
    asked = turns.exclude(state="abandoned")
    people = asked.values_list("duty_date", "conversation__customer_id").iterator()
    said = {
        "average_response": str(report.figures["average_response"].value),
        "served": str(report.figures["served"].value),
        "opened": report.opened,
        "closed": report.closed,
    }
    counted = {
        "average_response": str(Fraction(total, count * 1000) if count else None),
        "served": str(len(set(people))),
        "opened": sum(since <= at < until for at in talks.values_list("opened_at", flat=True)),
        "closed": sum(
            at is not None and since <= at < until
            for at in talks.values_list("closed_at", flat=True)
        ),
    }
    return {"equal": said == counted, "said": said, "counted": counted}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], *map(dt.date.fromisoformat, sys.argv[2:4]))))
