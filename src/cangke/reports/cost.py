"""What service costs: time and compensation by case type and client (A26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from cangke.desk import public as desk
from cangke.foundation.access.public import Account


@dataclass(frozen=True)
class CostLine:
    """One case type and client: cases, time, and what was paid in each currency."""

    case: desk.Case | None
    type_name: str
    type_name_en: str
    client: str
    count: int
    seconds: int
    paid: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def minutes(self) -> Decimal:
        """Average minutes of a case, to one place."""
        return _places(Fraction(self.seconds, 60 * self.count), "0.1") if self.count else Decimal(0)

    @property
    def each(self) -> list[tuple[str, Decimal, Decimal]]:
        """Currency, paid in all, paid on average for each case."""
        return [
            (currency, amount, _places(Fraction(amount) / self.count, "0.01"))
            for currency, amount in sorted(self.paid.items())
        ]


def _places(value: Fraction, exponent: str) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(exponent), rounding=ROUND_HALF_UP)


def cost_of_service(account: Account, chosen: desk.ReportFilter) -> tuple[list[CostLine], CostLine]:
    """Return a line for each case type and client, and the whole; in a fixed number of queries."""
    lines = [CostLine(**vars(each)) for each in desk.case_costs(account, chosen)]
    whole: dict[str, Decimal] = {}
    for line in lines:
        for currency, amount in line.paid.items():
            whole[currency] = whole.get(currency, Decimal(0)) + amount
    total = CostLine(
        case=None,
        type_name="",
        type_name_en="",
        client="",
        count=sum(each.count for each in lines),
        seconds=sum(each.seconds for each in lines),
        paid=whole,
    )
    return lines, total
