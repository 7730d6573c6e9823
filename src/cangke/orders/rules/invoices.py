"""
How lines of a shop's invoice file are read (C1): plain Python.

Such files carry sales, cancellations (number with a ``C`` before it), write-offs, stock found and
entries of the books side by side. Each line is taken or refused with a reason; none is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

CANCELLATION = re.compile(r"[Cc]\d+")
BOOK_ENTRY = re.compile(r"[Aa]\d+")


class Why(StrEnum):
    """Why a line is not taken."""

    BAD_DEBT = "bad_debt"
    WRITE_OFF = "write_off"
    STOCK_FOUND = "stock_found"
    ZERO_QUANTITY = "zero_quantity"
    NEGATIVE_PRICE = "negative_price"
    POSITIVE_CANCELLATION = "positive_cancellation"
    NO_SKU = "no_sku"


@dataclass(frozen=True)
class InvoiceLine:
    """One line as the file has it; the quantity is signed."""

    number: str
    sku: str
    quantity: int
    unit_price: Decimal
    customer: str = ""


def is_cancellation(number: str) -> bool:
    """Whether an invoice number is that of a cancellation or return."""
    return bool(CANCELLATION.fullmatch(number.strip()))


def judge_line(line: InvoiceLine) -> Why | None:
    """
    Return why a line cannot be taken, or None.

    ``A…`` and negative prices are entries of the books (bad debt); a negative quantity without
    ``C`` is a write-off of stock. On a cancellation quantities are negative: what came back.
    """
    if BOOK_ENTRY.fullmatch(line.number.strip()):
        return Why.BAD_DEBT
    if not line.sku.strip():
        return Why.NO_SKU
    if line.unit_price < 0:
        return Why.NEGATIVE_PRICE
    if line.quantity == 0:
        return Why.ZERO_QUANTITY
    if is_cancellation(line.number):
        return Why.POSITIVE_CANCELLATION if line.quantity > 0 else None
    return Why.WRITE_OFF if line.quantity < 0 else None


def judge_invoice(lines: Sequence[InvoiceLine]) -> list[Why | None]:
    """
    Return of each line of one invoice why it cannot be taken, or None.

    An invoice without customer on which nothing costs anything is stock that was found, not a
    sale. Free lines of a sale, and of a known customer, are taken as gifts.
    """
    verdicts = [judge_line(line) for line in lines]
    kept = [line for line, why in zip(lines, verdicts, strict=True) if why is None]
    free = all(line.unit_price == 0 for line in kept)
    if kept and free and not any(line.customer.strip() for line in kept):
        return [why or Why.STOCK_FOUND for why in verdicts]
    return verdicts
