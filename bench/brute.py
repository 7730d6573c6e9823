"""
The average response of a period counted the long way, against what the report's query says.

Run inside the installation: ``python -m bench.brute FIRST LAST``.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from fractions import Fraction


def main(first: dt.date, last: dt.date) -> dict[str, object]:
    import django

    django.setup()
    from cangke.desk.models import Turn
    from cangke.desk.queries.figures import figures

    turns = Turn.objects.filter(duty_date__gte=first, duty_date__lte=last)
    shown = figures(turns, ["average_response"], first_date=first, last_date=last)
    said = shown[()]["average_response"].value
    total = count = 0
    rows = turns.filter(state="answered", continued=False)
    for waited in rows.values_list("customer_effective_ms", flat=True).iterator():
        total, count = total + waited, count + 1
    counted = Fraction(total, count * 1000) if count else None
    return {"equal": said == counted, "said": str(said), "counted": str(counted)}


if __name__ == "__main__":
    print(json.dumps(main(*map(dt.date.fromisoformat, sys.argv[1:3]))))
