"""What attendance asks of the rooms above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Protocol

from cangke.foundation.ports import Port

# employee, start and end of a shift
Asked = tuple[int, dt.datetime, dt.datetime]


class ServingUntil(Protocol):
    def __call__(self, *, shifts: Sequence[Asked], at: dt.datetime) -> Mapping[Asked, dt.datetime]:
        """
        Until when whoever was serving a customer at the end of a shift went on doing so (K3).

        As known at the moment ``at``, which is the answer where it still goes on. Shifts at whose
        end nobody was being served are left out.
        """


def _nobody(*, shifts: Sequence[Asked], at: dt.datetime) -> Mapping[Asked, dt.datetime]:
    return {}


serving_until: Port[ServingUntil] = Port("attendance.serving_until", _nobody)
