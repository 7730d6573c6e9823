"""The parameters of pay as the rules read them; their text is in ``clauses.toml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar


class DailyWage(StrEnum):
    """What base pay is divided by for a day."""

    CALENDAR_DAYS = "calendar_days"
    MEAN_DAYS = "mean_days"


class Guard(StrEnum):
    """What happens when absence takes more than the guarded share (AMB-29)."""

    WARN = "warn"
    CAP = "cap"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class PayPolicy:
    """Base pay, daily wage, pay day and guard (L2, L3, L5, L12)."""

    PREFIX: ClassVar[str] = "pay"
    base: Decimal = Decimal(2200)
    daily_wage: DailyWage = DailyWage.CALENDAR_DAYS
    due_day: int = 10
    guard_percent: Decimal = Decimal(20)
    legal_guard: Guard = Guard.WARN


@dataclass(frozen=True, slots=True)
class BonusPolicy:
    """The full-attendance bonus (K22, L7)."""

    PREFIX: ClassVar[str] = "bonus"
    full_attendance: Decimal = Decimal(200)


@dataclass(frozen=True, slots=True)
class InsurancePolicy:
    """Who bears the insurance (L4)."""

    PREFIX: ClassVar[str] = "insurance"
    company_percent: Decimal = Decimal(70)


@dataclass(frozen=True, slots=True)
class Bracket:
    """Taxable pay above an amount, its rate, and what is taken off the product."""

    above: Decimal
    percent: Decimal
    quick: Decimal


SHIPPED_BRACKETS = tuple(
    Bracket(Decimal(above), Decimal(percent), Decimal(quick))
    for above, percent, quick in (
        ("0", "3", "0"),
        ("36000", "10", "2520"),
        ("144000", "20", "16920"),
        ("300000", "25", "31920"),
        ("420000", "30", "52920"),
        ("660000", "35", "85920"),
        ("960000", "45", "181920"),
    )
)


@dataclass(frozen=True, slots=True)
class TaxPolicy:
    """Cumulative withholding."""

    PREFIX: ClassVar[str] = "tax"
    monthly_allowance: Decimal = Decimal(5000)
    brackets: tuple[Bracket, ...] = SHIPPED_BRACKETS


@dataclass(frozen=True, slots=True)
class RunPolicy:
    """Corrections after the lock, questions about a slip, reminders (L3, L11)."""

    PREFIX: ClassVar[str] = "run"
    correct_months: int = 12
    query_days: int = 3
    remind_days: int = 5


@dataclass(frozen=True, slots=True)
class SalaryRange:
    """What a post usually earns a month, both ends included."""

    post: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Scheme:
    """A named way to be paid, as a decision to regularize names it (L22)."""

    name: str
    base: Decimal


@dataclass(frozen=True, slots=True)
class SalaryPolicy:
    """The salary ranges of posts and the named schemes (L2, L22)."""

    PREFIX: ClassVar[str] = "salary"
    ranges: tuple[SalaryRange, ...] = (
        SalaryRange("logistics-cs", Decimal(6500), Decimal(8000)),
        SalaryRange("storage-cs", Decimal(5000), Decimal(8000)),
    )
    schemes: tuple[Scheme, ...] = (Scheme("正式", Decimal(2200)),)

    def outside(self, post: str, base: Decimal) -> SalaryRange | None:
        """The post's range, if the base is not within it."""
        for each in self.ranges:
            if each.post == post and not each.low <= base <= each.high:
                return each
        return None

    def scheme(self, name: str) -> Scheme | None:
        """The scheme of a name, whatever space stands around it."""
        wanted = name.strip()
        return next((each for each in self.schemes if each.name == wanted), None)


@dataclass(frozen=True, slots=True)
class PayPolicies:
    """Everything pay needs beside attendance."""

    pay: PayPolicy = field(default_factory=PayPolicy)
    bonus: BonusPolicy = field(default_factory=BonusPolicy)
    insurance: InsurancePolicy = field(default_factory=InsurancePolicy)
    tax: TaxPolicy = field(default_factory=TaxPolicy)
