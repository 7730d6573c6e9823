"""
What each named figure counts: the house's own definitions and those of three marketplaces (A5).

Every number and choice of a definition is a parameter of a clause of its own, so that a company
changes it from a day on and a figure of an earlier day keeps the definition of its time (S3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum
from typing import ClassVar

from .metrics import (
    Clock,
    DailyWindow,
    Measure,
    MetricDefinition,
    ReplyKind,
    Unanswered,
    Unit,
)
from .turns import TurnState
from .wording import gettext_noop

UNREPLIED = frozenset({TurnState.EXPIRED, TurnState.TRANSFERRED_UNREPLIED})
# Turns that the house took from an agent within the grace; spam is in no figure.
PASSED_ON = frozenset({"stage_changed", "taken_over"})
EIGHT, ELEVEN_AT_NIGHT = time(8), time(23)


class Basis(StrEnum):
    """Whose definitions a report goes by."""

    HOUSE = "house"
    TAOBAO = "taobao"
    KUAISHOU = "kuaishou"
    PINDUODUO = "pinduoduo"


class MeanUnit(StrEnum):
    """What a mean is over; a wait is no person, so a person's day is none of these."""

    TURN = "turn"
    FIRST_ROUND = "first_round"
    FIRST_OF_SEGMENT = "first_of_segment"


@dataclass(frozen=True, slots=True)
class MeanPolicy:
    """
    A mean of waits in seconds.

    Waits that began from ``window_from`` up to but not at ``window_until`` on the site's clock
    count; the two alike mean the whole day. ``cap_seconds`` cuts longer waits, 0 cuts none; what
    is to count at the cap counts as it was where there is none. ``passed_on``: turns that the
    house took from the agent within the grace count too.
    """

    unit: MeanUnit = MeanUnit.TURN
    clock: Clock = Clock.AGENT
    reply: ReplyKind = ReplyKind.EFFECTIVE
    cap_seconds: int = 0
    unanswered: Unanswered = Unanswered.LEFT_OUT
    window_from: time = time(0)
    window_until: time = time(0)
    passed_on: bool = False


@dataclass(frozen=True, slots=True)
class SharePolicy:
    """
    What was answered within ``limit_seconds`` (inclusive; 0: at all) over what was asked.

    Window and ``passed_on`` as in `MeanPolicy`.
    """

    unit: Unit = Unit.TURN
    clock: Clock = Clock.AGENT
    reply: ReplyKind = ReplyKind.ANY_HUMAN
    limit_seconds: int = 180
    window_from: time = EIGHT
    window_until: time = ELEVEN_AT_NIGHT
    passed_on: bool = False


@dataclass(frozen=True, slots=True)
class CountPolicy:
    """How many there were. Window and ``passed_on`` as in `MeanPolicy`."""

    window_from: time = time(0)
    window_until: time = time(0)
    passed_on: bool = False


@dataclass(frozen=True, slots=True)
class FirstResponsePolicy(MeanPolicy):
    PREFIX: ClassVar[str] = "first_response"
    unit: MeanUnit = MeanUnit.FIRST_ROUND
    clock: Clock = Clock.OPENING


@dataclass(frozen=True, slots=True)
class AgentFirstResponsePolicy(MeanPolicy):
    PREFIX: ClassVar[str] = "first_response_agent"
    unit: MeanUnit = MeanUnit.FIRST_OF_SEGMENT


@dataclass(frozen=True, slots=True)
class AverageResponsePolicy(MeanPolicy):
    PREFIX: ClassVar[str] = "average_response"
    cap_seconds: int = 600
    unanswered: Unanswered = Unanswered.ELAPSED


@dataclass(frozen=True, slots=True)
class QuickRatePolicy(SharePolicy):
    PREFIX: ClassVar[str] = "quick_rate"
    reply: ReplyKind = ReplyKind.EFFECTIVE


@dataclass(frozen=True, slots=True)
class UnrepliedPolicy(CountPolicy):
    PREFIX: ClassVar[str] = "unreplied"


@dataclass(frozen=True, slots=True)
class ReplyRatePolicy(SharePolicy):
    PREFIX: ClassVar[str] = "reply_rate"
    unit: Unit = Unit.PERSON_DAY
    clock: Clock = Clock.CUSTOMER
    limit_seconds: int = 0
    window_from: time = time(0)
    window_until: time = time(0)


@dataclass(frozen=True, slots=True)
class ServedPolicy(CountPolicy):
    PREFIX: ClassVar[str] = "served"


@dataclass(frozen=True, slots=True)
class TaobaoAveragePolicy(MeanPolicy):
    PREFIX: ClassVar[str] = "taobao_average"
    reply: ReplyKind = ReplyKind.ANY_HUMAN
    cap_seconds: int = 600
    unanswered: Unanswered = Unanswered.AT_CAP
    window_from: time = EIGHT
    window_until: time = ELEVEN_AT_NIGHT
    passed_on: bool = True


@dataclass(frozen=True, slots=True)
class TaobaoRatePolicy(SharePolicy):
    PREFIX: ClassVar[str] = "taobao_rate"
    passed_on: bool = True


@dataclass(frozen=True, slots=True)
class KuaishouRatePolicy(SharePolicy):
    PREFIX: ClassVar[str] = "kuaishou_rate"
    unit: Unit = Unit.PERSON_DAY
    clock: Clock = Clock.CUSTOMER


@dataclass(frozen=True, slots=True)
class PinduoduoRatePolicy(SharePolicy):
    PREFIX: ClassVar[str] = "pinduoduo_rate"
    clock: Clock = Clock.CUSTOMER
    limit_seconds: int = 300


Policy = MeanPolicy | SharePolicy | CountPolicy


@dataclass(frozen=True, slots=True)
class Named:
    """
    A figure by its key: what people call it, the clause that defines it, the policy it reads.

    ``%(minutes)s`` in the label is the limit. A figure without a policy compares messages.
    """

    key: str
    basis: Basis
    label: str
    clause: str
    policy: type[MeanPolicy] | type[SharePolicy] | type[CountPolicy] | None
    counts: MetricDefinition | None = None


def _count(key: str, label: str, unit: Unit, states: frozenset[TurnState] | None) -> Named:
    """A figure that counts something: what it counts is the figure, hours are the policy's."""
    policy = UnrepliedPolicy if key == "unreplied" else ServedPolicy
    counts = MetricDefinition(key, 0, label, Measure.COUNT, unit, Clock.AGENT, states=states)
    return Named(key, Basis.HOUSE, label, f"desk.{key}", policy, counts)


FIGURES: Mapping[str, Named] = {
    each.key: each
    for each in (
        Named(
            "first_response", Basis.HOUSE, gettext_noop("首次响应时间"),
            "desk.first_response", FirstResponsePolicy,
        ),
        Named(
            "first_response_agent", Basis.HOUSE, gettext_noop("首次响应时间（客服）"),
            "desk.first_response_agent", AgentFirstResponsePolicy,
        ),
        Named(
            "average_response", Basis.HOUSE, gettext_noop("平均响应时间"),
            "desk.average_response", AverageResponsePolicy,
        ),
        Named(
            "rate_3_minutes", Basis.HOUSE, gettext_noop("%(minutes)s 分钟回复率"),
            "desk.quick_rate", QuickRatePolicy,
        ),
        _count("unreplied", gettext_noop("未回复数"), Unit.TURN, UNREPLIED),
        Named(
            "reply_rate", Basis.HOUSE, gettext_noop("回复率"), "desk.reply_rate", ReplyRatePolicy
        ),
        _count("served", gettext_noop("接待人数"), Unit.PERSON_DAY, None),
        Named("answer_ask", Basis.HOUSE, gettext_noop("答问比"), "desk.answer_ask", None),
        Named(
            "taobao_average_response", Basis.TAOBAO, gettext_noop("旺旺人工平均响应时间"),
            "desk.taobao_average", TaobaoAveragePolicy,
        ),
        Named(
            "taobao_rate_3_minutes", Basis.TAOBAO, gettext_noop("%(minutes)s 分钟人工回复率"),
            "desk.taobao_rate", TaobaoRatePolicy,
        ),
        Named(
            "kuaishou_rate_3_minutes", Basis.KUAISHOU,
            gettext_noop("%(minutes)s 分钟人工回复率（按人）"),
            "desk.kuaishou_rate", KuaishouRatePolicy,
        ),
        Named(
            "pinduoduo_rate_5_minutes", Basis.PINDUODUO, gettext_noop("%(minutes)s 分钟回复率"),
            "desk.pinduoduo_rate", PinduoduoRatePolicy,
        ),
    )
}  # fmt: skip


def define(named: Named, policy: Policy | None, *, version: int = 0) -> MetricDefinition:
    """
    Return the definition that the policy says; ``version`` is the rulebook's, 0 the shipped one.

    :raises TypeError: if the policy is none of the figure's kind
    """
    start = MetricDefinition(named.key, version, named.label, Measure.RATIO, clause=named.clause)
    if policy is None and named.policy is None:
        return start
    if policy is None or not isinstance(policy, named.policy or ()):
        raise TypeError(f"{named.key} is defined by {named.policy}, not by {type(policy)}")
    start = replace(
        start,
        window=_window(policy.window_from, policy.window_until),
        keep_excluded=PASSED_ON if policy.passed_on else frozenset(),
    )
    if isinstance(policy, MeanPolicy):
        capped = policy.cap_seconds > 0
        bare = policy.unanswered is Unanswered.AT_CAP and not capped
        return replace(
            start,
            measure=Measure.MEAN_SECONDS,
            unit=Unit(policy.unit.value),
            clock=policy.clock,
            reply=policy.reply,
            cap_seconds=policy.cap_seconds if capped else None,
            unanswered=Unanswered.ELAPSED if bare else policy.unanswered,
        )
    if isinstance(policy, SharePolicy):
        return replace(
            start,
            measure=Measure.SHARE,
            unit=policy.unit,
            clock=policy.clock,
            reply=policy.reply,
            limit_seconds=policy.limit_seconds or None,
        )
    counts = named.counts
    assert counts is not None, "what counts says what is counted"
    return replace(
        start, measure=counts.measure, unit=counts.unit, clock=counts.clock, states=counts.states
    )


def shipped(key: str) -> MetricDefinition:
    """
    Return a figure's definition as the software ships it.

    :raises KeyError: if there is none by that key
    """
    named = FIGURES[key]
    return define(named, None if named.policy is None else named.policy())


def keys_of(basis: Basis) -> tuple[str, ...]:
    """Return the figures of a basis that are counted from turns, in their order."""
    return tuple(
        each.key for each in FIGURES.values() if each.basis is basis and each.policy is not None
    )


def _window(start: time, end: time) -> DailyWindow | None:
    start_minute, end_minute = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    length = (end_minute - start_minute) % 1440
    return DailyWindow(start_minute, length) if length else None
