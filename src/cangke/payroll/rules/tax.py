"""Cumulative withholding of income tax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .amounts import cents
from .policies import TaxPolicy


@dataclass(frozen=True)
class TaxMonth:
    """What counts of one month; ``gross`` is after deductions."""

    gross: Decimal
    insurance_employee: Decimal = Decimal(0)
    special_additional: Decimal = Decimal(0)
    withheld: Decimal = Decimal(0)


def withhold(earlier: Sequence[TaxMonth], this: TaxMonth, policy: TaxPolicy) -> tuple[Decimal, str]:
    """
    Return what is withheld this month, and the arithmetic.

    Taxable pay is summed over the earlier months and this one, each less the monthly allowance;
    the tax on it less what was withheld before, nothing where that is negative.
    """
    months = [*earlier, this]
    taxable = sum(
        (
            Fraction(each.gross)
            - Fraction(each.insurance_employee)
            - Fraction(each.special_additional)
            - Fraction(policy.monthly_allowance)
            for each in months
        ),
        Fraction(0),
    )
    before = sum((each.withheld for each in earlier), Decimal(0))
    fitting = [each for each in policy.brackets if taxable > each.above]
    if not fitting:
        return Decimal(0), f"{cents(max(taxable, Fraction(0)))} → 0"
    bracket = fitting[-1]
    total = taxable * Fraction(bracket.percent) / 100 - Fraction(bracket.quick)
    due = cents(max(Fraction(0), total - Fraction(before)))
    rate, quick = f"{bracket.percent.normalize():f}", f"{bracket.quick.normalize():f}"
    words = f"{cents(taxable)} × {rate}% − {quick} − {before}"
    return due, words
