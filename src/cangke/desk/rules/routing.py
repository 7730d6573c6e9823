"""
Who serves whom: the line between pre-sales and after-sales, eligibility, choice, queue order.

Clauses B1, B2, AMB-23 (the line is the order's 已发货), B3, B4 (team, skill, language, equal load),
A20, A21 (queue order from published rules), B6 (escalation). Every decision says why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cangke.desk.rules.wording import Because

NEVER = datetime.min.replace(tzinfo=UTC)


class Stage(StrEnum):
    PRESALE = "presale"
    AFTERSALE = "aftersale"


class Presence(StrEnum):
    ONLINE = "online"
    BUSY = "busy"
    BREAK = "break"
    MEETING = "meeting"
    TRAINING = "training"
    AWAY = "away"  # forced by the idle guard (A6)
    OFFLINE = "offline"


# --- stage


@dataclass(frozen=True, slots=True)
class LineFact:
    line_id: int
    shipped_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderFact:
    order_id: int
    number: str
    placed_at: datetime
    lines: tuple[LineFact, ...] = ()
    shipped_at: datetime | None = None  # the whole order's mark 已发货

    @property
    def any_shipped(self) -> bool:
        return self.shipped_at is not None or any(line.shipped_at for line in self.lines)

    @property
    def partly_shipped(self) -> bool:
        shipped = sum(line.shipped_at is not None for line in self.lines)
        return self.shipped_at is None and 0 < shipped < len(self.lines)


@dataclass(frozen=True, slots=True)
class StageDecision:
    stage: Stage
    order_id: int | None
    because: Because
    clause: str = "B1"


def decide_stage(
    orders: Sequence[OrderFact],
    *,
    chosen_order_id: int | None = None,
    chosen_line_id: int | None = None,
) -> StageDecision:
    """
    Return whether the matter is pre-sales or after-sales.

    The order or line chosen in the conversation decides; nothing chosen → the customer's latest
    order; any shipped line concerned → after-sales (AMB-23). No order → pre-sales.

    :raises ValueError: if the chosen order or line is not among the orders
    """
    if chosen_line_id is not None:
        return _stage_of_line(orders, chosen_line_id)
    order: OrderFact | None
    if chosen_order_id is not None:
        order, pick = _find(orders, chosen_order_id), "chosen"
    else:
        order, pick = max(orders, key=_recency, default=None), "latest"
    if order is None:
        return StageDecision(Stage.PRESALE, None, Because("stage.no_order"))
    if order.partly_shipped:
        because = Because.of(f"stage.{pick}_partly_shipped", order=order.number)
        return StageDecision(Stage.AFTERSALE, order.order_id, because, clause="AMB-23")
    if order.any_shipped:
        because = Because.of(f"stage.{pick}_shipped", order=order.number)
        return StageDecision(Stage.AFTERSALE, order.order_id, because)
    because = Because.of(f"stage.{pick}_unshipped", order=order.number)
    return StageDecision(Stage.PRESALE, order.order_id, because)


def _recency(order: OrderFact) -> tuple[datetime, int]:
    return (order.placed_at, order.order_id)


def _find(orders: Sequence[OrderFact], order_id: int) -> OrderFact:
    for order in orders:
        if order.order_id == order_id:
            return order
    raise ValueError(f"order {order_id} is not one of the customer's")


def _stage_of_line(orders: Sequence[OrderFact], line_id: int) -> StageDecision:
    for order in orders:
        for line in order.lines:
            if line.line_id != line_id:
                continue
            shipped = line.shipped_at is not None or order.shipped_at is not None
            stage = Stage.AFTERSALE if shipped else Stage.PRESALE
            code = "stage.line_shipped" if shipped else "stage.line_unshipped"
            because = Because.of(code, order=order.number)
            return StageDecision(stage, order.order_id, because, clause="AMB-23")
    raise ValueError(f"line {line_id} is not in the customer's orders")


# --- eligibility and choice


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """Seconds, minutes and hours as named; ``trainee_share`` of the cap, at least one."""

    heartbeat_seconds: int = 30
    sticky_hours: int = 24
    sticky_extra: int = 1
    trainee_share: Decimal = Decimal("0.5")
    require_shift: bool = False
    longest_accept_seconds: int = 120
    escalate_leader_times: Decimal = Decimal(2)
    escalate_supervisor_times: Decimal = Decimal(4)


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
    clause: str = "B4"


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
        return Assignment(None, Because("choice.shop_upcoming"), clause="B3")
    if not work.within_hours:
        return Assignment(None, Because("choice.outside_hours"), clause="A25")
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


# --- clocks and escalation


class ClockColour(StrEnum):
    CALM = "calm"
    AMBER = "amber"
    RED = "red"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class ClockPolicy:
    """From how many seconds of waiting (inclusive) a clock changes colour."""

    amber_seconds: int = 60
    red_seconds: int = 100
    dark_seconds: int = 180


def clock_colour(waited_seconds: int, policy: ClockPolicy) -> ClockColour:
    """Return the colour of a waiting clock."""
    if waited_seconds >= policy.dark_seconds:
        return ClockColour.DARK
    if waited_seconds >= policy.red_seconds:
        return ClockColour.RED
    if waited_seconds >= policy.amber_seconds:
        return ClockColour.AMBER
    return ClockColour.CALM


class Escalation(StrEnum):
    NONE = "none"
    LEADER = "leader"
    SUPERVISOR = "supervisor"


def escalation_of(
    waited_seconds: int, target_seconds: int, policy: RoutingPolicy
) -> tuple[Escalation, Because | None]:
    """Return to whom a wait goes up: strictly longer than so many times the target (B6)."""
    times = Fraction(waited_seconds, target_seconds)
    if times > Fraction(policy.escalate_supervisor_times):
        because = Because.of("escalate.supervisor", times=policy.escalate_supervisor_times)
        return Escalation.SUPERVISOR, because
    if times > Fraction(policy.escalate_leader_times):
        return Escalation.LEADER, Because.of("escalate.leader", times=policy.escalate_leader_times)
    return Escalation.NONE, None


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, (end - start) // timedelta(seconds=1))
