"""How long somebody may wait: colours of the waiting clocks (O4) and the ladder upward (B6)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from .wording import Because


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


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """Times the response target; a longer wait goes up."""

    leader_times: Decimal = Decimal(2)
    supervisor_times: Decimal = Decimal(4)


def escalation_of(
    waited_seconds: int, target_seconds: int, policy: EscalationPolicy
) -> tuple[Escalation, Because | None]:
    """Return to whom a wait goes up: strictly longer than so many times the target (B6)."""
    times = Fraction(waited_seconds, target_seconds)
    if times > Fraction(policy.supervisor_times):
        because = Because.of("escalate.supervisor", times=policy.supervisor_times)
        return Escalation.SUPERVISOR, because
    if times > Fraction(policy.leader_times):
        return Escalation.LEADER, Because.of("escalate.leader", times=policy.leader_times)
    return Escalation.NONE, None
