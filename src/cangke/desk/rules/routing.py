"""
Who serves whom: eligibility, choice and queue order, each with its reasons.

Clauses B3, B4 (team, skill, language, equal load), A20, A21 (queue order from published rules).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from .stage import SplitStatus, Stage
from .wording import Because

NEVER = datetime.min.replace(tzinfo=UTC)


class Presence(StrEnum):
    ONLINE = "online"
    BUSY = "busy"
    BREAK = "break"
    MEETING = "meeting"
    TRAINING = "training"
    AWAY = "away"  # forced by the idle guard (A6)
    OFFLINE = "offline"


# --- the queue


@dataclass(frozen=True, slots=True)
class GroupFact:
    """A queue group. ``stage`` None serves both; ``shops`` None every shop; no language: any."""

    group_id: int
    rank: int
    stage: Stage | None = None
    shops: frozenset[int] | None = None
    languages: frozenset[str] = frozenset()


def choose_group(
    groups: Iterable[GroupFact],
    *,
    stage: Stage,
    shop_id: int | None,
    language: str,
    default_id: int | None = None,
) -> tuple[int | None, Because]:
    """
    Return the queue a conversation waits in: the most particular group that serves it (B3).

    The shop's own group goes before one for every shop, then language, then stage, then the
    channel's default, then rank.
    """
    fit = [group for group in groups if _serves(group, stage, shop_id, language)]
    if not fit:
        return None, Because("group.none")

    def particular(group: GroupFact) -> tuple[bool, bool, bool, bool, int, int]:
        return (
            group.shops is None,
            not (group.languages and language),
            group.stage is None,
            group.group_id != default_id,
            group.rank,
            group.group_id,
        )

    best = min(fit, key=particular)
    if best.shops is not None:
        return best.group_id, Because("group.by_shop")
    return best.group_id, Because("group.by_stage" if best.stage else "group.general")


def _serves(group: GroupFact, stage: Stage, shop_id: int | None, language: str) -> bool:
    return (
        group.stage in (None, stage)
        and (group.shops is None or shop_id in group.shops)
        and (not group.languages or not language or language in group.languages)
    )


# --- eligibility and choice


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """Seconds, minutes and hours as named; ``trainee_share`` of the cap, at least one."""

    PREFIX: ClassVar[str] = "routing"

    split_status: SplitStatus = SplitStatus.SHIPPED
    heartbeat_seconds: int = 30
    sticky_hours: int = 24
    sticky_extra: int = 1
    trainee_share: Decimal = Decimal("0.5")
    require_shift: bool = False


@dataclass(frozen=True, slots=True)
class AgentFact:
    """What is known of one agent now. ``shops`` None means every shop."""

    agent_id: int
    presence: Presence
    heartbeat_at: datetime | None
    load: int
    max_chats: int
    groups: frozenset[int]
    stages: frozenset[Stage]
    weight: Decimal = Decimal(1)
    languages: frozenset[str] = frozenset()
    shops: frozenset[int] | None = None
    last_assigned_at: datetime | None = None
    on_shift: bool = True
    draining: bool = False
    trainee: bool = False
    certified: bool = True


@dataclass(frozen=True, slots=True)
class WorkFact:
    """
    A waiting conversation. An empty ``language`` is unknown and limits nobody.

    ``lapsed`` are the agents who had it and let it wait too long.
    """

    conversation_id: int
    stage: Stage
    group_id: int | None
    waiting_since: datetime
    priority: int = 0
    shop_id: int | None = None
    shop_live: bool = True
    language: str = ""
    within_hours: bool = True
    sticky_agent_id: int | None = None
    sticky_at: datetime | None = None
    lapsed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Eligibility:
    agent_id: int
    against: tuple[Because, ...]

    @property
    def eligible(self) -> bool:
        return not self.against


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who gets the conversation (None: it stays queued), why, and what was weighed."""

    agent_id: int | None
    because: Because
    considered: tuple[Eligibility, ...] = ()
    clause: str = "desk.assignment"


def cap_of(agent: AgentFact, policy: RoutingPolicy) -> int:
    """Return how many conversations the agent may hold; a trainee's share is never below one."""
    if not agent.trainee:
        return agent.max_chats
    return max(1, int(agent.max_chats * policy.trainee_share)) if agent.max_chats else 0


def check_eligibility(
    agent: AgentFact, work: WorkFact, *, policy: RoutingPolicy, at: datetime, extra: int = 0
) -> Eligibility:
    """Return what speaks against giving the work to the agent; ``extra`` lifts the cap."""
    against = [
        *_absent(agent, policy, at),
        *_unsuited(agent, work),
    ]
    cap = cap_of(agent, policy) + extra
    if agent.load >= cap:
        against.append(Because.of("agent.full", load=agent.load, cap=cap))
    return Eligibility(agent.agent_id, tuple(against))


def _absent(agent: AgentFact, policy: RoutingPolicy, at: datetime) -> list[Because]:
    against = []
    if agent.presence is not Presence.ONLINE:
        against.append(Because.of("agent.presence", presence=agent.presence.value))
    elif agent.heartbeat_at is None or _seconds(agent.heartbeat_at, at) > policy.heartbeat_seconds:
        silent = "∞" if agent.heartbeat_at is None else _seconds(agent.heartbeat_at, at)
        against.append(Because.of("agent.heartbeat", seconds=silent))
    if policy.require_shift and not agent.on_shift:
        against.append(Because("agent.off_shift"))
    if agent.draining:
        against.append(Because("agent.draining"))
    return against


def _unsuited(agent: AgentFact, work: WorkFact) -> list[Because]:
    against = []
    if work.stage not in agent.stages:
        against.append(Because("agent.stage"))
    if work.group_id is not None and work.group_id not in agent.groups:
        against.append(Because("agent.group"))
    if work.language and work.language not in agent.languages:
        against.append(Because.of("agent.language", language=work.language))
    if work.shop_id is not None and agent.shops is not None and work.shop_id not in agent.shops:
        against.append(Because("agent.shop"))
    if not agent.certified:
        against.append(Because("agent.uncertified"))
    if agent.agent_id in work.lapsed:
        against.append(Because("agent.lapsed"))
    return against


def choose_agent(
    agents: Iterable[AgentFact], work: WorkFact, *, policy: RoutingPolicy, at: datetime
) -> Assignment:
    """
    Return who gets the conversation.

    First the agent who served this customer lately, one above the cap; else the smallest load ÷
    weight; a tie goes to whoever waited longest for an assignment (never = longest), then to the
    lower id, so that the same facts always give the same answer.
    """
    if not work.shop_live:
        return Assignment(None, Because("choice.shop_upcoming"), clause="desk.teams")
    if not work.within_hours:
        return Assignment(None, Because("choice.outside_hours"), clause="desk.hours")
    everybody = list(agents)
    sticky = _sticky(everybody, work, policy, at)
    if sticky is not None:
        return Assignment(sticky, Because("choice.sticky"))
    considered = tuple(check_eligibility(a, work, policy=policy, at=at) for a in everybody)
    fit = [a for a, checked in zip(everybody, considered, strict=True) if checked.eligible]
    if not fit:
        return Assignment(None, Because("choice.nobody"), considered)
    best = min(fit, key=_preference)
    return Assignment(best.agent_id, _why(best, fit), considered)


def _sticky(
    agents: Sequence[AgentFact], work: WorkFact, policy: RoutingPolicy, at: datetime
) -> int | None:
    if work.sticky_agent_id is None or work.sticky_at is None:
        return None
    if at - work.sticky_at > timedelta(hours=policy.sticky_hours):
        return None
    for agent in agents:
        if agent.agent_id == work.sticky_agent_id:
            checked = check_eligibility(
                agent, work, policy=policy, at=at, extra=policy.sticky_extra
            )
            return agent.agent_id if checked.eligible else None
    return None


def _burden(agent: AgentFact) -> Fraction:
    return Fraction(agent.load) / Fraction(agent.weight)


def _preference(agent: AgentFact) -> tuple[Fraction, datetime, int]:
    return (_burden(agent), agent.last_assigned_at or NEVER, agent.agent_id)


def _why(best: AgentFact, fit: Sequence[AgentFact]) -> Because:
    if len(fit) == 1:
        return Because("choice.only_one")
    if sum(_burden(agent) == _burden(best) for agent in fit) > 1:
        return Because("choice.longest_idle")
    return Because.of("choice.least_load", load=best.load, weight=best.weight)


def order_queue(waiting: Iterable[WorkFact]) -> list[WorkFact]:
    """Return the queue: urgent first, then who waits longest, then who came first (A20, A21)."""
    return sorted(waiting, key=lambda w: (-w.priority, w.waiting_since, w.conversation_id))


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, (end - start) // timedelta(seconds=1))
