"""Until when a figure may be objected to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ObjectionPolicy:
    """How long after a figure became known it may be objected to (S7)."""

    PREFIX: ClassVar[str] = "objection"
    days: int = 7


def last_day(known_on: dt.date, policy: ObjectionPolicy) -> dt.date:
    """
    Return the last day on which an objection is heard; it still is on that day (S7).

    ``known_on`` is the local day on which the figure became known to the person.
    """
    return known_on + dt.timedelta(days=policy.days)
