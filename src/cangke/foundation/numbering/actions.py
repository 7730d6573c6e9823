from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import connection

from cangke.foundation.calendar.public import site_day

from . import rules
from .models import Counter

# One statement on either database: the row is locked until the caller's transaction ends, so two
# callers never read the same value, and a rolled-back document gives its number back.
_TAKE = """
INSERT INTO {table} (kind, site, period, value) VALUES (%s, %s, %s, %s)
ON CONFLICT (kind, site, period) DO UPDATE SET value = {table}.value + excluded.value
RETURNING value
"""


def next_numbers(
    kind: str, count: int, *, at: dt.datetime, site: str = "", zone: str | None = None
) -> list[str]:
    """
    Return the next ``count`` numbers of a series, in order, in one statement.

    The period is the business day of ``at`` in ``zone`` (the installation's zone by default).
    Take numbers late in a transaction: others that number the same series wait for its end.

    :raises UnknownSeries: if no series is declared for the kind
    """
    try:
        series = rules.SERIES[kind]
    except KeyError:
        raise rules.UnknownSeries(kind) from None
    if count < 1:
        raise ValueError("at least one number is taken")
    key = rules.period_key(series, site_day(at, zone or settings.TIME_ZONE))
    rules.spell(series, site, key, 0)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(table=Counter._meta.db_table), [kind, site, key, count])
        last = cursor.fetchone()[0]
    return [rules.spell(series, site, key, n) for n in range(last - count + 1, last + 1)]


def next_number(kind: str, *, at: dt.datetime, site: str = "", zone: str | None = None) -> str:
    """Return the next number of a series, such as ``SO20261123-0001``; see `next_numbers`."""
    return next_numbers(kind, 1, at=at, site=site, zone=zone)[0]
