"""Amounts of lines and orders."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def line_amount(*, quantity: int, unit_price: Decimal) -> Decimal:
    """Return quantity × unit price, rounded half up to 0.01."""
    return (quantity * unit_price).quantize(CENT, rounding=ROUND_HALF_UP)


def goods_amount(lines: Iterable[tuple[int, Decimal]]) -> Decimal:
    """Return the sum of the lines' amounts, each rounded half up to 0.01."""
    return sum(
        (line_amount(quantity=quantity, unit_price=price) for quantity, price in lines),
        Decimal("0.00"),
    )
