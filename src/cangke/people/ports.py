"""What the organisation asks of the rooms above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from cangke.foundation.access.public import Account
from cangke.foundation.ports import Port


class ProcedureUrl(Protocol):
    """The page of the procedure that makes somebody regular, or "" where there is none for them."""

    def __call__(self, *, employee_id: int) -> str: ...


def _no_procedure(*, employee_id: int) -> str:
    return ""


procedure_url: Port[ProcedureUrl] = Port("people.procedure_url", _no_procedure)


class TrainingFor(Protocol):
    """What somebody may learn a topic from: (title, address) of courses, articles or tests."""

    def __call__(self, *, topic: str) -> Sequence[tuple[str, str]]: ...


def _no_training(*, topic: str) -> Sequence[tuple[str, str]]:
    return ()


training_for: Port[TrainingFor] = Port("people.training_for", _no_training)


@dataclass(frozen=True)
class WorkCount:
    """How often somebody did one kind of work that belongs to a core field of the post (R11)."""

    field: str
    label: str
    count: int
    url: str = ""


class WorkDone(Protocol):
    """What somebody did from one day to another, both included, by the five core fields."""

    def __call__(
        self, *, employee_id: int, first_date: dt.date, last_date: dt.date
    ) -> Sequence[WorkCount]: ...


def _no_work(*, employee_id: int, first_date: dt.date, last_date: dt.date) -> Sequence[WorkCount]:
    return ()


work_done: Port[WorkDone] = Port("people.work_done", _no_work)


@dataclass(frozen=True)
class AbilityEvidence:
    """A recorded fact that speaks for or against an ability, in words of the room that keeps it."""

    ability: str
    text: str
    url: str = ""


class AbilityFacts(Protocol):
    """What is recorded about somebody's abilities from one day to another, both included (R6)."""

    def __call__(
        self, *, employee_id: int, first_date: dt.date, last_date: dt.date
    ) -> Sequence[AbilityEvidence]: ...


def _no_facts(
    *, employee_id: int, first_date: dt.date, last_date: dt.date
) -> Sequence[AbilityEvidence]:
    return ()


ability_facts: Port[AbilityFacts] = Port("people.ability_facts", _no_facts)


class Duty(Protocol):
    """The judged days of a period: how many, how often late, how many days absent."""

    @property
    def days(self) -> int: ...

    @property
    def late_times(self) -> int: ...

    @property
    def absent_days(self) -> Decimal: ...


class DutyOf(Protocol):
    """What is on record about somebody's days, both ends included; None where nothing is."""

    def __call__(
        self, *, employee_id: int, first_date: dt.date, last_date: dt.date
    ) -> Duty | None: ...


def _no_duty(*, employee_id: int, first_date: dt.date, last_date: dt.date) -> Duty | None:
    return None


duty_of: Port[DutyOf] = Port("people.duty_of", _no_duty)


@dataclass(frozen=True)
class HeldWork:
    """One piece of open work that waits for somebody, with the page that shows it."""

    kind: str
    text: str
    url: str = ""


class HeldBy(Protocol):
    """The open work that somebody is answerable for (Q8)."""

    def __call__(self, *, employee_id: int) -> Sequence[HeldWork]: ...


def _holds_nothing(*, employee_id: int) -> Sequence[HeldWork]:
    return ()


held_work: Port[HeldBy] = Port("people.held_work", _holds_nothing)


class HandOver(Protocol):
    """Give all of it to a colleague, for a reason; how many pieces were given."""

    def __call__(
        self, *, employee_id: int, to_id: int, reason: str, by: Account, at: dt.datetime
    ) -> int: ...


def _gives_nothing(
    *, employee_id: int, to_id: int, reason: str, by: Account, at: dt.datetime
) -> int:
    return 0


hand_over: Port[HandOver] = Port("people.hand_over", _gives_nothing)
