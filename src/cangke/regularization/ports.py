"""
What regularization asks of the rooms that keep the facts of a probation (N12).

One port for each measure, all of the same shape. The safe default knows nothing, and a criterion
without facts reads "not enough data".
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from cangke.foundation.ports import Port

from .measures import MEASURES, PERIOD, Recorded


class Evidence(Protocol):
    """
    What is recorded about an employee from one day to another, both included; None if nothing is.

    ``url`` of the answer opens the records for whoever may see them.
    """

    def __call__(
        self, *, employee_id: int, from_date: dt.date, to_date: dt.date
    ) -> Recorded | None: ...


def _nothing(*, employee_id: int, from_date: dt.date, to_date: dt.date) -> Recorded | None:
    return None


# measure → its port
EVIDENCE: dict[str, Port[Evidence]] = {
    key: Port(f"regularization.{key}", _nothing) for key in MEASURES if key not in PERIOD
}
