"""What a customer says of the service once a conversation has ended: clause G7.1, AMB-19."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import ClassVar

from .closing import ClosingReason

SCORES = (1, 2, 3, 4, 5)
# Ended otherwise, nobody was served.
SERVED = frozenset({ClosingReason.SETTLED, ClosingReason.AUTO_IDLE})


@dataclass(frozen=True, slots=True)
class RatingPolicy:
    """``satisfied_from`` and ``alert_at`` are scores of five, both inclusive; 0 alerts nobody."""

    PREFIX: ClassVar[str] = "rating"

    asks: bool = True
    window_hours: int = 72
    satisfied_from: int = 4
    alert_at: int = 2

    def open_until(self, asked_at: datetime) -> datetime:
        """Return until when, inclusive, the customer may answer."""
        return asked_at + timedelta(hours=self.window_hours)

    def is_satisfied(self, score: int) -> bool:
        return score >= self.satisfied_from

    def alerts(self, score: int) -> bool:
        return score <= self.alert_at


@dataclass(frozen=True, slots=True)
class RatingCount:
    """Conversations whose customers were asked, have answered, and were satisfied."""

    asked: int = 0
    rated: int = 0
    satisfied: int = 0

    @property
    def satisfaction(self) -> Fraction | None:
        """The satisfied among those who answered (CSAT); None without an answer."""
        return Fraction(self.satisfied, self.rated) if self.rated else None

    @property
    def response(self) -> Fraction | None:
        """Those who answered among those asked."""
        return Fraction(self.rated, self.asked) if self.asked else None


def asks_for_rating(
    policy: RatingPolicy, reason: ClosingReason, *, is_chat: bool, human_replies: int
) -> bool:
    """Say whether the end of a conversation asks its customer: only if a person has served them."""
    return policy.asks and is_chat and human_replies > 0 and reason in SERVED
