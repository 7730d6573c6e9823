"""
Amounts of money: exact while they are reckoned, rounded once, split without losing a cent.

Reckon with ``Fraction`` or ``Decimal``, round at the end with `round_money`, keep the result as a
Decimal beside an ISO 4217 code. Binary floats are refused everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Exact = int | Decimal | Fraction


@dataclass(frozen=True)
class Currency:
    """An ISO 4217 currency: ``digits`` decimal places, ``sign`` as printed before the amount."""

    code: str
    digits: int
    sign: str


CURRENCIES: dict[str, Currency] = {
    each.code: each
    for each in (
        Currency("CNY", 2, "¥"),
        Currency("USD", 2, "$"),
        Currency("EUR", 2, "€"),
        Currency("GBP", 2, "£"),
        Currency("JPY", 0, "JP¥"),
        Currency("HKD", 2, "HK$"),
        Currency("TWD", 2, "NT$"),
        Currency("KRW", 0, "₩"),
        Currency("SGD", 2, "S$"),
        Currency("MYR", 2, "RM"),
        Currency("THB", 2, "฿"),
        Currency("VND", 0, "₫"),
        Currency("PHP", 2, "₱"),
        Currency("IDR", 2, "Rp"),
        Currency("INR", 2, "₹"),
        Currency("AUD", 2, "A$"),
        Currency("NZD", 2, "NZ$"),
        Currency("CAD", 2, "C$"),
        Currency("MXN", 2, "MX$"),
        Currency("BRL", 2, "R$"),
        Currency("CHF", 2, "CHF"),
        Currency("SEK", 2, "SEK"),
        Currency("NOK", 2, "NOK"),
        Currency("DKK", 2, "DKK"),
        Currency("PLN", 2, "zł"),
        Currency("CZK", 2, "Kč"),
        Currency("TRY", 2, "₺"),
        Currency("RUB", 2, "₽"),
        Currency("AED", 2, "AED"),
        Currency("SAR", 2, "SAR"),
        Currency("ZAR", 2, "R"),
    )
}

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


class CurrencyMismatch(ValueError):
    """Amounts of two currencies cannot be added or compared."""


def exact(value: Exact | str) -> Fraction:
    """
    Return the value as a Fraction, without any rounding.

    :raises TypeError: for a float or a bool
    :raises ValueError: for NaN, an infinity or a text that is no plain number
    """
    if isinstance(value, bool | float):
        raise TypeError("money is never a binary float or a truth value")
    if isinstance(value, str):
        return Fraction(parse_amount(value, digits=6))
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("money is a finite number")
    return Fraction(value)


def parse_amount(text: str, *, digits: int = 2) -> Decimal:
    """
    Read an amount as typed: ASCII digits, at most ``digits`` after one point, no separators.

    ``-0`` becomes ``0``. What could mean two things (``1,234.5``), is out of range, or is written
    with other digits is refused rather than guessed.

    :raises ValueError: if the text is no such amount
    """
    text = text.strip()
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount")
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits:
        raise ValueError("too many decimal places")
    return value + 0 if value else abs(value)


def round_half_up(value: Exact, digits: int = 2) -> Decimal:
    """Return the value at ``digits`` decimal places; a half goes away from zero."""
    fraction = exact(value)
    scale = 10**digits
    units = (abs(fraction) * scale * 2 + 1) // 2
    signed = -units if fraction < 0 else units
    return Decimal(int(signed)).scaleb(-digits)


def round_money(value: Exact, currency: str = "CNY") -> Decimal:
    """
    Round once, half up, to the smallest unit of the currency (0.01 CNY, 1 JPY).

    :raises KeyError: if the currency is not known
    """
    return round_half_up(value, CURRENCIES[currency].digits)


def to_cents(value: Exact) -> Decimal:
    """Round once, half up, to two decimal places."""
    return round_half_up(value, 2)


def split(total: Decimal, parts: int, *, currency: str = "CNY") -> list[Decimal]:
    """
    Split an amount into equal parts that sum to it exactly; earlier parts take the odd cents.

    :raises ValueError: if there are no parts, or the total is finer than the currency
    """
    if parts < 1:
        raise ValueError("an amount is split into at least one part")
    return allocate(total, [1] * parts, currency=currency)


def allocate(total: Decimal, weights: Sequence[Exact], *, currency: str = "CNY") -> list[Decimal]:
    """
    Split an amount in proportion to the weights; the parts sum to it exactly.

    Each part is its exact share rounded toward zero; the cents left over go to the largest
    remainders, ties to the earlier part.

    :raises ValueError: if a weight is negative, all are zero, or the total is finer than the
        currency
    """
    shares = [exact(weight) for weight in weights]
    if not shares or any(share < 0 for share in shares) or not sum(shares):
        raise ValueError("weights must be zero or more, and one of them more")
    digits = CURRENCIES[currency].digits
    cents = exact(total) * 10**digits
    if cents.denominator != 1:
        raise ValueError("the total is finer than the currency")
    sign = -1 if cents < 0 else 1
    whole = sum(shares, Fraction(0))
    wanted = [abs(cents) * share / whole for share in shares]
    taken = [int(each) for each in wanted]
    left = int(abs(cents)) - sum(taken)
    order = sorted(range(len(wanted)), key=lambda n: (taken[n] - wanted[n], n))
    for index in order[:left]:
        taken[index] += 1
    return [
        Decimal(sign * each).scaleb(-digits) if each else Decimal(0).scaleb(-digits)
        for each in taken
    ]


@dataclass(frozen=True)
class Money:
    """
    An amount that is owed or paid: exact to the smallest unit of its currency.

    Reckon with fractions first, then make it with `Money.rounded`. Two currencies never mix.

    :raises ValueError: if the amount is finer than the currency's smallest unit
    :raises KeyError: if the currency is not known
    """

    amount: Decimal
    currency: str = "CNY"

    def __post_init__(self) -> None:
        rounded = round_money(self.amount, self.currency)
        if rounded != self.amount:
            raise ValueError("round the amount before it becomes money")
        object.__setattr__(self, "amount", rounded)

    @classmethod
    def rounded(cls, value: Exact, currency: str = "CNY") -> Money:
        """Round once, half up, and say in which currency."""
        return cls(round_money(value, currency), currency)

    @classmethod
    def zero(cls, currency: str = "CNY") -> Money:
        return cls(Decimal(0), currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def times(self, factor: Exact) -> Money:
        """Multiply exactly and round once."""
        return Money.rounded(exact(self.amount) * exact(factor), self.currency)

    def split(self, parts: int) -> list[Money]:
        """Split into equal parts that sum to this amount exactly."""
        return [
            Money(each, self.currency) for each in split(self.amount, parts, currency=self.currency)
        ]

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} is not {other.currency}")


def total(amounts: Iterable[Money], currency: str = "CNY") -> Money:
    """
    Add amounts of one currency; nothing adds up to zero of ``currency``.

    :raises CurrencyMismatch: if one is in another currency
    """
    result = Money.zero(currency)
    for each in amounts:
        result = result + each
    return result
