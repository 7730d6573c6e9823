"""How amounts and days are spelled and rounded (AMB-09)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from cangke.foundation.money.rules import to_cents as cents

__all__ = ["cents", "days_text"]


def days_text(value: Decimal | Fraction) -> str:
    """Spell days without needless zeros: ``1``, ``0.5``."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{value.normalize() + 0:f}"
