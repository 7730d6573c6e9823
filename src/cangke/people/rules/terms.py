"""From which day a change of somebody's place may count (Q10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class TermPolicy:
    """How many days later a forgotten transfer may be entered; the house says: none."""

    PREFIX: ClassVar[str] = "terms"

    backdate_days: int = 0


def earliest_transfer(today: dt.date, *, policy: TermPolicy) -> dt.date:
    """
    Return the first day from which a transfer entered today may count.

    Clause Q10: it is not dated back, but for the days the rulebook leaves for late entry.
    """
    return today - dt.timedelta(days=policy.backdate_days)
