"""What discipline asks of the rooms that score somebody's months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from cangke.foundation.ports import Port


class MonthlyScores(Protocol):
    def __call__(self, *, month: dt.date) -> Mapping[int, Decimal]:
        """
        Employee → points of a hundred in a month, where an appraisal was published (L21).

        Without one the average of quality checks stands in for it.
        """


def _no_scores(*, month: dt.date) -> Mapping[int, Decimal]:
    return {}


monthly_scores: Port[MonthlyScores] = Port("discipline.monthly_scores", _no_scores)
