"""What service costs: time and compensation by case type and client (A26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from cangke.desk import public as desk
from cangke.foundation.access.public import Account
from cangke.tickets.public import compensation_in


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
    """Return a line for each case type and client, and the whole; in four queries."""
    times = desk.case_times(account, chosen)
    rows = desk.cases_behind(account, chosen, None)
    paid = compensation_in(rows)
    cases = dict(rows.filter(pk__in=paid).order_by().values_list("pk", "question_type_id"))
    clients = dict(rows.filter(pk__in=paid).order_by().values_list("pk", "customer__client_id"))
    sums: dict[desk.Case, dict[str, Decimal]] = {}
    whole: dict[str, Decimal] = {}
    for pk, amounts in paid.items():
        line = sums.setdefault((cases.get(pk), clients.get(pk)), {})
        for currency, amount in amounts.items():
            line[currency] = line.get(currency, Decimal(0)) + amount
            whole[currency] = whole.get(currency, Decimal(0)) + amount
    lines = [
        CostLine(
            each.case,
            each.type_name,
            each.type_name_en,
            each.client,
            each.count,
            each.seconds,
            sums.get(each.case, {}),
        )
        for each in times
    ]
    total = CostLine(
        None,
        "",
        "",
        "",
        sum(each.count for each in lines),
        sum(each.seconds for each in lines),
        whole,
    )
    return lines, total
