"""The course of a case: from its tasks, what is open, what is done, and what comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .flow import Flow, Mode, Step


class CaseState(StrEnum):
    """Where a case stands."""

    RUNNING = "running"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TaskState(StrEnum):
    """Where somebody's part stands; ``waiting`` is a later seat of a sequence."""

    WAITING = "waiting"
    OPEN = "open"
    AGREED = "agreed"
    OBJECTED = "objected"
    LAPSED = "lapsed"  # an opinion that did not come in time
    DROPPED = "dropped"  # no longer needed: settled by others, replaced, a new round


class Action(StrEnum):
    """What somebody did with a case."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"
    OPINION = "opinion"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"
    ADD_SIGNER = "add_signer"
    COMMENT = "comment"
    COPY = "copy"
    LAPSE = "lapse"
    REROUTE = "reroute"
    RESTART = "restart"
    REMIND = "remind"
    ESCALATE = "escalate"


SETTLED = frozenset({TaskState.AGREED, TaskState.OBJECTED, TaskState.LAPSED})
AWAITED = frozenset({TaskState.OPEN, TaskState.WAITING})


@dataclass(frozen=True)
class TaskFacts:
    """A task of the present round, as the course needs to know it."""

    id: int
    step: str
    position: int
    state: TaskState
    added: bool = False  # a signer whom a decider asked in; always must agree
    seat: int | None = None  # the task whose seat this one shares; its own where None


@dataclass(frozen=True)
class Course:
    """What follows from the tasks of a round."""

    state: CaseState
    stage: int | None  # the stage that is on, None once all are passed
    to_open: tuple[int, ...] = ()  # waiting tasks whose turn it is
    to_drop: tuple[int, ...] = ()  # open tasks that nobody needs any more
    next_stage: bool = False  # the stage is done, the next may be seated


def _seat(task: TaskFacts) -> int:
    return task.id if task.seat is None else task.seat


def _filled(tasks: Sequence[TaskFacts]) -> set[int]:
    """The seats somebody agreed from: of several who share one, one is enough."""
    return {_seat(task) for task in tasks if task.state == TaskState.AGREED}


def _passed(step: Step, tasks: Sequence[TaskFacts]) -> bool:
    seated = [task for task in tasks if task.state != TaskState.DROPPED]
    if not seated:
        return True  # an optional step nobody was asked for
    if step.mode == Mode.OPINION:
        return all(task.state in SETTLED for task in seated)
    filled = _filled(seated)
    if any(task.added and _seat(task) not in filled for task in seated):
        return False
    own = {_seat(task) for task in seated if not task.added}
    agreed = any if step.mode == Mode.ANY else all
    return agreed(seat in filled for seat in own)


def progress(flow: Flow, stage: int, tasks: Sequence[TaskFacts]) -> Course:
    """
    Say what follows from the tasks of the present stage.

    An objection outside an opinion step refuses the case at once. ``any`` drops the seats that are
    no longer needed; a sequence opens the next seat. Who shares a seat that somebody agreed from is
    asked no more. A stage is done when all its steps are.
    """
    opens: list[int] = []
    drops: list[int] = []
    done = True
    for step in flow.of_stage(stage):
        mine = sorted((t for t in tasks if t.step == step.key), key=lambda t: (t.position, t.id))
        if step.mode != Mode.OPINION and any(t.state == TaskState.OBJECTED for t in mine):
            rest = [t.id for t in tasks if t.state in AWAITED]
            return Course(CaseState.REFUSED, stage, to_drop=tuple(rest))
        if _passed(step, mine):
            drops += [t.id for t in mine if t.state in AWAITED]
            continue
        done = False
        filled = _filled(mine) if step.mode != Mode.OPINION else set()
        drops += [t.id for t in mine if t.state in AWAITED and _seat(t) in filled]
        waiting = [t for t in mine if t.state == TaskState.WAITING and _seat(t) not in filled]
        if waiting and not any(t.state == TaskState.OPEN and t.id not in drops for t in mine):
            opens.append(waiting[0].id)
    if not done:
        return Course(CaseState.RUNNING, stage, tuple(opens), tuple(drops))
    last = stage_after(flow, stage) is None
    state = CaseState.APPROVED if last else CaseState.RUNNING
    return Course(state, None if last else stage, (), tuple(drops), next_stage=not last)


def stage_after(flow: Flow, stage: int | None) -> int | None:
    """Return the stage that follows, the first one for None, None after the last."""
    return next((each for each in flow.stages() if stage is None or each > stage), None)


@dataclass(frozen=True)
class Seat:
    """Who sits where: ``instead_of`` is the one who could not, ``reason`` a code for why."""

    account_id: int
    instead_of: int | None = None
    reason: str = ""


def fallback_seat(
    wanted: Sequence[int],
    *,
    barred: Collection[int],
    able: Collection[int],
    groups: Sequence[Sequence[int]],
) -> list[Seat]:
    """
    Seat the wanted people, or whoever steps in for a seat that cannot decide.

    ``barred`` are applicant and submitter: nobody sits on their own case (Q7). If none of the
    wanted can, the first group of substitutes with somebody able sits instead; an empty answer
    means that really nobody is left.
    """
    seats = [Seat(one) for one in wanted if one in able and one not in barred]
    if seats:
        return seats
    own = any(one in barred for one in wanted)
    reason = "own" if own else ("gone" if wanted else "vacant")
    missing = next((one for one in wanted), None)
    for group in groups:
        found = [one for one in group if one in able and one not in barred]
        if found:
            return [Seat(one, missing, reason) for one in found]
    return []


def warnings_due(opened_at: dt.datetime, due_at: dt.datetime | None, now: dt.datetime) -> int:
    """
    How far the time of a task has run: 0, 1 (half), 2 (all of it), 3 (one and a half).

    Reminders go out at 1 and 2, at 3 the next person up is told.
    """
    if due_at is None or due_at <= opened_at:
        return 0
    used = (now - opened_at) / (due_at - opened_at)
    return 3 if used >= 1.5 else 2 if used >= 1 else 1 if used >= 0.5 else 0
