"""What the rulebook says about probation, its criteria and who may decide (N3, N10, N12)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PostMonths:
    """A post with its own length of probation, in months."""

    post: str
    months: int


@dataclass(frozen=True, slots=True)
class ProbationPolicy:
    """Length, reminder and extension of probation (N3, N14)."""

    PREFIX: ClassVar[str] = "probation"
    months: int = 3
    by_post: tuple[PostMonths, ...] = (PostMonths("cs-supervisor", 3),)
    reminder_days: int = 14
    extend_most_times: int = 1
    longest_months: int = 6

    def months_for(self, post: str) -> int:
        return next((each.months for each in self.by_post if each.post == post), self.months)


@dataclass(frozen=True, slots=True)
class CriteriaPolicy:
    """What is enough (N12): the thresholds of the criteria sheet."""

    PREFIX: ClassVar[str] = "criteria"
    satisfaction_percent: Decimal = Decimal(90)
    resolution_percent: Decimal = Decimal(80)
    first_response_seconds: int = 60
    three_minutes_percent: Decimal = Decimal(90)
    appraisal_points: Decimal = Decimal(80)
    quality_points: Decimal = Decimal(85)
    test_points: Decimal = Decimal(80)
    absent_days: Decimal = Decimal(0)
    demerits: int = 0
    rating_least: int = 3
    least_samples: int = 10


@dataclass(frozen=True, slots=True)
class Authority:
    """Who decides at last for the holders of a post: a seat as approvals writes it."""

    post: str
    seat: str


SHIPPED_AUTHORITY = (
    Authority("cs-leader", "role:manager"),
    Authority("cs-deputy", "role:manager"),
    Authority("cs-supervisor", "role:manager"),
    Authority("warehouse-manager", "role:manager"),
)


@dataclass(frozen=True, slots=True)
class AuthorityPolicy:
    """The table of approval authority for regularization (N10, Q6)."""

    PREFIX: ClassVar[str] = "authority"
    table: tuple[Authority, ...] = SHIPPED_AUTHORITY
    otherwise: str = "head"

    def seat_for(self, post: str) -> str:
        """The seat that decides at last for the holder of a post."""
        return next((each.seat for each in self.table if each.post == post), self.otherwise)
