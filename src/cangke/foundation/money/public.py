"""The front door of money."""

from .models import currency_choices
from .rules import (
    CURRENCIES,
    Currency,
    CurrencyMismatch,
    Exact,
    Money,
    allocate,
    exact,
    parse_amount,
    round_half_up,
    round_money,
    split,
    to_cents,
    total,
)

__all__ = [
    "CURRENCIES",
    "Currency",
    "CurrencyMismatch",
    "Exact",
    "Money",
    "allocate",
    "currency_choices",
    "exact",
    "parse_amount",
    "round_half_up",
    "round_money",
    "split",
    "to_cents",
    "total",
]
