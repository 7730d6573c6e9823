"""The life of a ticket: states, clock with pauses, what ending it asks for (A13, A14, A16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from cangke.foundation.calendar.rules import Opening, OpeningHours
from cangke.rulebook.rules import Decision, Fact, Sentence

from .wording import gettext_noop


class TicketState(StrEnum):
    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_WAREHOUSE = "waiting_warehouse"
    WAITING_CARRIER = "waiting_carrier"
    SOLVED = "solved"
    CLOSED = "closed"
    MERGED = "merged"
    VOID = "void"


WORKING = frozenset(
    {
        TicketState.NEW,
        TicketState.IN_PROGRESS,
        TicketState.WAITING_CUSTOMER,
        TicketState.WAITING_WAREHOUSE,
        TicketState.WAITING_CARRIER,
    }
)
UNFINISHED = WORKING | {TicketState.SOLVED}
ENDED = frozenset(TicketState) - UNFINISHED

# What a person may move a ticket to by hand; merging and voiding are acts of their own.
MOVES: Mapping[TicketState, frozenset[TicketState]] = {
    **{state: (WORKING - {TicketState.NEW, state}) | {TicketState.SOLVED} for state in WORKING},
    TicketState.SOLVED: frozenset({TicketState.IN_PROGRESS, TicketState.CLOSED}),
    TicketState.CLOSED: frozenset({TicketState.IN_PROGRESS}),
    TicketState.MERGED: frozenset(),
    TicketState.VOID: frozenset(),
}


@dataclass(frozen=True, slots=True)
class TicketPolicy:
    """Business hours of tickets, which states stop the clock, how long they may be reopened."""

    PREFIX: ClassVar[str] = "ticket"
    day_from: dt.time = dt.time(8)
    day_until: dt.time = dt.time(22)
    pauses: tuple[str, ...] = ("waiting_customer",)
    reopen_days: int = 7
    close_days: int = 3
    reopen_on_reply: bool = True

    def hours(self, zone: str) -> OpeningHours:
        """The business hours of every day; the same time twice is around the clock."""
        start = self.day_from.hour * 60 + self.day_from.minute
        end = self.day_until.hour * 60 + self.day_until.minute
        length = (end - start) % 1440 or 1440
        return OpeningHours(zone, tuple(Opening(day, start, length) for day in range(7)))


def may_move(before: str, after: str) -> bool:
    """Whether a person may move a ticket from one state to another."""
    return TicketState(after) in MOVES[TicketState(before)]


def may_reopen(*, ended_at: dt.datetime, at: dt.datetime, policy: TicketPolicy) -> bool:
    """A closed ticket is opened again within so many days, the last moment included."""
    return at - ended_at <= dt.timedelta(days=policy.reopen_days)


def due_after(
    *, hours: int, at: dt.datetime, opening: OpeningHours
) -> Decision[dt.datetime | None]:
    """When so many business hours have passed since ``at``; None where there are none."""
    due = opening.after_open_seconds(at, hours * 3600)
    facts = (
        Fact(gettext_noop("开单时间"), at.isoformat()),
        Fact(gettext_noop("时限（工作小时）"), hours),
    )
    words = Sentence(gettext_noop("从开单起 %(hours)s 个工作小时"), {"hours": hours})
    return Decision(due, "tickets.clock", facts, words)


@dataclass(frozen=True, slots=True)
class Clock:
    """
    The clock of a ticket: while it runs, ``due_at`` is when it is due; while it stands,
    ``left_seconds`` of business time are left and ``paused_at`` says since when.
    """

    due_at: dt.datetime
    paused_at: dt.datetime | None = None
    left_seconds: int | None = None

    def is_overdue(self, at: dt.datetime) -> bool:
        return self.paused_at is None and self.due_at <= at


def turn_clock(
    clock: Clock, *, after: str, at: dt.datetime, opening: OpeningHours, policy: TicketPolicy
) -> Clock:
    """
    Stop or start the clock as a ticket comes into a state.

    What is overdue stays overdue: no pause makes a late ticket punctual.
    """
    pauses = after in policy.pauses
    if pauses and clock.paused_at is None and at < clock.due_at:
        left = int(opening.open_seconds_between(at, clock.due_at))
        return Clock(clock.due_at, at, left)
    if not pauses and clock.paused_at is not None:
        due = opening.after_open_seconds(at, clock.left_seconds or 0)
        return Clock(due or clock.due_at)
    return clock


@dataclass(frozen=True, slots=True)
class EndFacts:
    """What is known of a ticket that is to be solved or closed."""

    needs_solution: bool
    needs_reply: bool
    solution: str
    open_required_tasks: tuple[str, ...]
    answered: bool  # a reply to the customer after opening, not recalled, or a recorded call


@dataclass(frozen=True, slots=True)
class Missing:
    """What an ending still lacks: a code and the values of its sentence."""

    code: str
    values: Mapping[str, str]


def missing_for(state: str, facts: EndFacts) -> Decision[tuple[Missing, ...]]:
    """
    What has to be there before a ticket is solved or closed.

    Solved: the solution in words, and all required tasks. Closed: the same, and where the kind
    asks for it a reply to the customer (A14) or the feedback sent to them (A16).
    """
    lacks: list[Missing] = []
    if facts.needs_solution and not facts.solution.strip():
        lacks.append(Missing("solution", {}))
    if facts.open_required_tasks:
        names = "、".join(facts.open_required_tasks)
        lacks.append(Missing("tasks", {"tasks": names}))
    if state == TicketState.CLOSED and facts.needs_reply and not facts.answered:
        lacks.append(Missing("reply", {}))
    known = (
        Fact(gettext_noop("处理结果"), facts.solution or "—"),
        Fact(gettext_noop("未完成的必做任务"), len(facts.open_required_tasks)),
        Fact(
            gettext_noop("已答复客户"), gettext_noop("是") if facts.answered else gettext_noop("否")
        ),
    )
    words = gettext_noop("还缺内容，不能结束") if lacks else gettext_noop("可以结束")
    return Decision(tuple(lacks), "tickets.end", known, Sentence(words))
