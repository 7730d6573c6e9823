"""
The reports of a period counted the long way, row by row, against what the pages say.

Run inside the installation: ``python -m bench.brute ACCOUNT FIRST LAST``.

It goes by the shipped definitions: a wait is the agent's, up to the real answer; one that nobody
answered counts for as long as it lasted; none counts more than ten minutes.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

LONGEST_MS = 600_000
Span = tuple[dt.datetime, dt.datetime]


def main(name: str, first: dt.date, last: dt.date) -> dict[str, object]:
    import django

    django.setup()
    from cangke.desk import public as desk
    from cangke.foundation.access.public import Account
    from cangke.foundation.calendar.public import day_bounds
    from cangke.people.public import default_site

    site = default_site()
    assert site is not None
    since, until = day_bounds(first, site.zone)[0], day_bounds(last, site.zone)[1]
    account = Account.objects.get(username=name)
    chosen = desk.ReportFilter(first_date=first, last_date=last, since=since, until=until)
    report = desk.service_report(account, chosen)
    costs = {
        f"{each.case}": [each.count, each.seconds] for each in desk.case_costs(account, chosen)
    }
    said = {
        "average_response": str(report.figures["average_response"].value),
        "served": str(report.figures["served"].value),
        "opened": report.opened,
        "closed": report.closed,
    }
    counted = {**_turns(first, last), **_talks((since, until))}
    costs_counted = _costs((since, until))
    return {
        "equal": said == counted and costs == costs_counted,
        "said": said | ({} if costs == costs_counted else {"costs": costs}),
        "counted": counted | ({} if costs == costs_counted else {"costs": costs_counted}),
    }


def _turns(first: dt.date, last: dt.date) -> dict[str, str]:
    """The mean wait and the customers served, a day each, from the moments of each turn."""
    from cangke.desk import public as desk

    rows = desk.Turn.objects.filter(duty_date__gte=first, duty_date__lte=last).values_list(
        "state", "excluded_reason", "continued", "agent_from", "ended_at", "effective_at",
        "duty_date", "conversation__customer_id",
    )  # fmt: skip
    total = count = 0
    people = set()
    for state, excluded, continued, agent_from, ended, effective, day, customer in rows.iterator():
        if state == "abandoned" or excluded or agent_from is None:
            continue
        people.add((day, customer))
        if state == "open" or continued:
            continue
        end = effective if state == "answered" and effective else ended
        waited = max(0, (end - agent_from) // dt.timedelta(milliseconds=1))
        total, count = total + min(waited, LONGEST_MS), count + 1
    return {
        "average_response": str(Fraction(total, count * 1000) if count else None),
        "served": str(len(people)),
    }


def _talks(span: Span) -> dict[str, int]:
    return {
        "opened": sum(
            span[0] <= each < span[1] for each in _own().values_list("opened_at", flat=True)
        ),
        "closed": sum(1 for _row in _ended(span)),
    }


def _costs(span: Span) -> dict[str, list[int]]:
    """Case type and client → how many ended, and for how many seconds agents held them."""
    from cangke.desk import public as desk

    found: dict[str, tuple[int, dt.timedelta]] = {}
    cases = {}
    for pk, kind, client in _ended(span):
        cases[pk] = f"{(kind, client)}"
        count, taken = found.get(cases[pk], (0, dt.timedelta()))
        found[cases[pk]] = count + 1, taken
    held = desk.Segment.objects.filter(ended_at__isnull=False)
    for pk, start, end in held.values_list("conversation_id", "started_at", "ended_at").iterator():
        if pk in cases:
            count, taken = found[cases[pk]]
            found[cases[pk]] = count, taken + (end - start)
    return {case: [count, int(taken.total_seconds())] for case, (count, taken) in found.items()}


def _own() -> Any:
    """What was said here; records of another tool are in no report."""
    from cangke.desk import public as desk

    return desk.Conversation.objects.exclude(close_reason="imported")


def _ended(span: Span) -> Iterable[tuple[int, int | None, int | None]]:
    rows = _own().filter(state="closed").values_list(
        "pk", "question_type_id", "customer__client_id", "closed_at"
    )  # fmt: skip
    for *row, closed in rows.iterator():
        if span[0] <= closed < span[1]:
            yield row[0], row[1], row[2]


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], *map(dt.date.fromisoformat, sys.argv[2:4]))))
