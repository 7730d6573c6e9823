"""What attendance asks of the rooms above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
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


# somebody's time from one moment to another
Span = tuple[dt.datetime, dt.datetime]


class Online(Protocol):
    def __call__(
        self, *, employee_ids: Collection[int], since: dt.datetime, until: dt.datetime
    ) -> Mapping[int, Sequence[Span]]:
        """When people could be given customers, between two moments (AMB-36)."""


def _never_online(
    *, employee_ids: Collection[int], since: dt.datetime, until: dt.datetime
) -> Mapping[int, Sequence[Span]]:
    return {}


online: Port[Online] = Port("attendance.online", _never_online)


class Barred(Protocol):
    def __call__(
        self, *, employee_ids: Collection[int], first: dt.date, last: dt.date
    ) -> Collection[tuple[int, dt.date]]:
        """The days from one to another, both included, on which people may not work (L15)."""


def _nobody_barred(
    *, employee_ids: Collection[int], first: dt.date, last: dt.date
) -> Collection[tuple[int, dt.date]]:
    return ()


barred: Port[Barred] = Port("attendance.barred", _nobody_barred)
