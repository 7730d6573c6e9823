"""What payroll asks of other rooms, where they are part of the installation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from cangke.foundation.ports import Port


@dataclass(frozen=True)
class Extra:
    """
    An amount that another room has decided on, for a month of somebody.

    ``kind`` is ``performance``, ``award`` or ``recovery``; ``source`` is ``appraisal``,
    ``liability`` or ``discipline`` and ``reference`` names its record, so that it comes in once;
    ``url`` shows it.
    """

    employee_id: int
    kind: str
    amount: Decimal
    source: str
    reference: str
    reason: str
    url: str = ""


class Extras(Protocol):
    def __call__(self, *, employee_ids: Collection[int], month: dt.date) -> Sequence[Extra]:
        """What appraisal and rewards give, liability and discipline take (L6, L10, L13, L15)."""


class Paused(Protocol):
    def __call__(self, *, item_ids: Collection[int]) -> Collection[int]:
        """Which of the pay items wait for the decision of an objection (S7)."""


def _nothing(*, employee_ids: Collection[int], month: dt.date) -> Sequence[Extra]:
    return ()


def _none(*, item_ids: Collection[int]) -> Collection[int]:
    return ()


extras: Port[Extras] = Port("payroll.extras", _nothing)
paused: Port[Paused] = Port("payroll.paused", _none)
