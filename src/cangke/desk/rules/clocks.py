"""How long somebody may wait: targets (AMB-42), colours of the clocks (O4), the ladder up (B6)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from .wording import Because


@dataclass(frozen=True, slots=True)
class ResponsePolicy:
    """
    Targets of the first response and what happens when nobody answers, by kind of channel.

    Chat is web chat and marketplace IM; mail is e-mail and the API; letter also walk-in notes.
    After ``no_reply`` an unanswered conversation goes back to the queue; a transfer that is not
    accepted within ``accept_seconds`` lapses; an agent shown online who lets a customer wait and
    does nothing for ``idle_seconds`` is set to away (A6).
    """

    PREFIX: ClassVar[str] = "response"

    chat_target_seconds: int = 60
    mail_target_seconds: int = 4 * 3600
    letter_target_seconds: int = 3 * 24 * 3600
    chat_no_reply_seconds: int = 120
    mail_no_reply_seconds: int = 4 * 3600
    letter_no_reply_seconds: int = 3 * 24 * 3600
    accept_seconds: int = 120
    idle_seconds: int = 600
    urgent_share: Decimal = Decimal("0.5")

    def target_seconds(
        self, channel_kind: str, *, priority: int = 0, own: int | None = None
    ) -> int:
        """
        Return the response target, the channel's ``own`` before the one of its kind (AMB-42).

        A flagged conversation has the shorter one (A20).
        """
        target = own or self._of(channel_kind, "target")
        return max(1, int(target * self.urgent_share)) if priority > 0 else target

    def no_reply_seconds(self, channel_kind: str) -> int:
        """Return after how long an unanswered conversation is taken back."""
        return self._of(channel_kind, "no_reply")

    def _of(self, channel_kind: str, what: str) -> int:
        if channel_kind in ("web_chat", "marketplace_im", "wecom", "phone"):
            return self.chat_target_seconds if what == "target" else self.chat_no_reply_seconds
        if channel_kind in ("email", "api"):
            return self.mail_target_seconds if what == "target" else self.mail_no_reply_seconds
        return self.letter_target_seconds if what == "target" else self.letter_no_reply_seconds


class ClockColour(StrEnum):
    CALM = "calm"
    AMBER = "amber"
    RED = "red"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class ClockPolicy:
    """From how many seconds of waiting (inclusive) a clock changes colour."""

    PREFIX: ClassVar[str] = "clocks"

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
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """Times the response target; a longer wait goes up."""

    PREFIX: ClassVar[str] = "escalation"

    leader_times: Decimal = Decimal(2)
    supervisor_times: Decimal = Decimal(4)
    head_times: Decimal = Decimal(8)


def escalation_of(
    waited_seconds: int, target_seconds: int, policy: EscalationPolicy
) -> tuple[Escalation, Because | None]:
    """Return to whom a wait goes up: strictly longer than so many times the target (B6)."""
    times = Fraction(waited_seconds, target_seconds)
    if times > Fraction(policy.head_times):
        return Escalation.HEAD, Because.of("escalate.head", times=policy.head_times)
    if times > Fraction(policy.supervisor_times):
        because = Because.of("escalate.supervisor", times=policy.supervisor_times)
        return Escalation.SUPERVISOR, because
    if times > Fraction(policy.leader_times):
        return Escalation.LEADER, Because.of("escalate.leader", times=policy.leader_times)
    return Escalation.NONE, None
