"""What payroll refuses, with the sentence the person reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cangke.foundation.refusal import Conflict, Refusal

if TYPE_CHECKING:
    from ..queries import Blocker


class RunClosed(Conflict):
    """The run is locked or paid, or not yet so far."""


class SamePerson(Refusal):
    """Who prepared it may not check it (Q7)."""


class NotReady(Conflict):
    """Something stands between the run and its lock; ``blockers`` says what."""

    def __init__(self, message: object, blockers: Sequence[Blocker] = ()) -> None:
        super().__init__(message)
        self.blockers = list(blockers)


class MonthSettled(Refusal):
    """The month is locked; what is to be added comes into the next one."""


class BadTerm(Refusal):
    """Pay terms that cannot be."""


class Decided(Conflict):
    """It is decided or answered already."""
