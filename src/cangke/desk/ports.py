"""What the desk asks of the rooms above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import QuerySet

from cangke.foundation.ports import Port


class OnShift(Protocol):
    def __call__(self, *, employee_ids: Collection[int], at: dt.datetime) -> frozenset[int]:
        """Return those of the employees who are rostered at the moment."""


Moment = tuple[int, dt.datetime]


class OffShift(Protocol):
    def __call__(self, *, moments: Collection[Moment]) -> frozenset[Moment]:
        """Return the moments (employee, time) at which a roster held and no shift of theirs ran."""


class Uncertified(Protocol):
    def __call__(self, *, employee_ids: Collection[int], stage: str) -> frozenset[int]:
        """Return those of the employees who may not serve the stage yet (B11)."""


class ShiftLeaders(Protocol):
    def __call__(self, *, team_id: int, at: dt.datetime) -> Sequence[int]:
        """Return who of the team leads a shift that runs at the moment (B8)."""


class PromiseUrl(Protocol):
    def __call__(self, *, conversation_id: int, text: str) -> str:
        """Return where a promise made in the conversation is recorded, or nothing (A18)."""


class OpenPromises(Protocol):
    def __call__(self, *, conversation_id: int) -> Sequence[str]:
        """Return what was promised in the conversation and is still to be kept, in words (A18)."""


class Compensation(Protocol):
    def __call__(
        self, *, conversations: QuerySet[Any], by: Sequence[str]
    ) -> Mapping[tuple[Any, ...], Mapping[str, Decimal]]:
        """
        Return by currency what was paid to customers in the conversations, in hundredths (A26).

        It is told by the values of these fields of a conversation. Whoever answers calls
        `count_conversation_again` in the transaction in which the answer changes.
        """


def _no_leaders(*, team_id: int, at: dt.datetime) -> Sequence[int]:
    return ()


def _none(*, conversation_id: int) -> Sequence[str]:
    return ()


def _unpaid(
    *, conversations: QuerySet[Any], by: Sequence[str]
) -> Mapping[tuple[Any, ...], Mapping[str, Decimal]]:
    return {}


def _nowhere(*, conversation_id: int, text: str) -> str:
    return ""


def _everybody(*, employee_ids: Collection[int], at: dt.datetime) -> frozenset[int]:
    return frozenset(employee_ids)


def _never(*, moments: Collection[Moment]) -> frozenset[Moment]:
    return frozenset()


def _nobody(*, employee_ids: Collection[int], stage: str) -> frozenset[int]:
    return frozenset()


# Attendance answers: without a roster everybody who is online counts as on shift.
on_shift: Port[OnShift] = Port("desk.on_shift", _everybody)
# Attendance answers: without a roster nobody is off shift (AMB-36).
off_shift: Port[OffShift] = Port("desk.off_shift", _never)
# Attendance answers: without a roster the leader of the team is the first to be told.
shift_leaders: Port[ShiftLeaders] = Port("desk.shift_leaders", _no_leaders)
# Training will answer: without courses nobody is kept from serving.
uncertified: Port[Uncertified] = Port("desk.uncertified", _nobody)
# The room of work items will answer: without it promises are only asked about.
promise_url: Port[PromiseUrl] = Port("desk.promise_url", _nowhere)
# The same room knows what is still to be kept when a conversation ends.
open_promises: Port[OpenPromises] = Port("desk.open_promises", _none)
# And what was paid, without it nothing.
compensation: Port[Compensation] = Port("desk.compensation", _unpaid)
