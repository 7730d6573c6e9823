"""Taking turns at chores and duties (K26, K27)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence


def take_turns(
    days: Sequence[dt.date],
    *,
    there: Mapping[dt.date, Sequence[int]],
    had: Mapping[int, int],
) -> dict[dt.date, int]:
    """
    Give each day to one of those who are there: whoever had the fewest turns, then the lower id.

    Days on which nobody is there are left out.
    """
    counts = dict(had)
    found: dict[dt.date, int] = {}
    before: int | None = None
    for day in days:
        people = sorted(set(there.get(day, ())))
        if not people:
            continue
        # Nobody twice in a row while there is somebody else.
        others = [each for each in people if each != before] or people
        chosen = min(others, key=lambda each: (counts.get(each, 0), each))
        counts[chosen] = counts.get(chosen, 0) + 1
        found[day] = before = chosen
    return found
