"""What is asked of other departments and ordered from above: states and reminders (A24, O18)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class ErrandKind(StrEnum):
    """Asked of a department (A24, B9), or ordered of a person by whoever leads them (O18)."""

    ASK = "ask"
    ORDER = "order"


class ErrandState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


RUNNING = frozenset({ErrandState.OPEN, ErrandState.TAKEN})


@dataclass(frozen=True, slots=True)
class ErrandPolicy:
    """How long before its time a reply is asked for once more."""

    PREFIX: ClassVar[str] = "errand"
    remind_minutes: int = 60


def is_overdue(*, state: str, due_at: dt.datetime, at: dt.datetime) -> bool:
    """Without a reply at the due moment it is overdue, for who asked and for who was asked."""
    return state in RUNNING and due_at <= at


def remind_at(*, asked_at: dt.datetime, due_at: dt.datetime, minutes: int) -> dt.datetime:
    """When a reply is asked for once more: so long before, for short ones at half-time."""
    return max(due_at - dt.timedelta(minutes=minutes), asked_at + (due_at - asked_at) / 2)
