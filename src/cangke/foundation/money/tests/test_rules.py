from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cangke.foundation.money import models, rules
from cangke.foundation.money.rules import CurrencyMismatch, Money

amounts = st.decimals(
    min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False
)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Decimal("1.005"), "1.01"),
        (Decimal("1.0049999999999999999999999999999999"), "1.00"),
        (Decimal("-1.005"), "-1.01"),
        (Decimal("-0.004"), "0.00"),
        (Fraction(2200, 30), "73.33"),
        (Fraction(1, 3) * 3, "1.00"),
        (7, "7.00"),
    ],
)
def test_rounds_half_up_to_cents(value, rounded):
    assert str(rules.to_cents(value)) == rounded


def test_rounds_to_the_smallest_unit_of_the_currency():
    assert str(rules.round_money(Decimal("1234.5"), "JPY")) == "1235"
    assert str(rules.round_money(Decimal("1234.565"), "USD")) == "1234.57"


@pytest.mark.parametrize("value", [0.1, True])
def test_refuses_binary_floats_and_truth_values(value):
    with pytest.raises(TypeError):
        rules.to_cents(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_refuses_what_is_no_number(value):
    with pytest.raises(ValueError, match="finite"):
        rules.to_cents(value)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12", "12"), (" 12.50 ", "12.50"), ("-0.01", "-0.01"), ("-0", "0"), ("007.10", "7.10")],
)
def test_reads_amounts(text, amount):
    assert str(rules.parse_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    ["", "NaN", "1e400", "1e-30", "１２", "1,234.5", "1" * 31, "1.005", ".5", "5.", "+3", "1 2",
     "٣", "0x10", "1_000", "--1", "∞", "12\x00"],
)  # fmt: skip
def test_refuses_amounts_that_are_not_plain(text):
    """Design security 41: NaN, huge, tiny and full-width numbers."""
    with pytest.raises(ValueError, match=r"amount|decimal"):
        rules.parse_amount(text)


@given(total=amounts, parts=st.integers(1, 60))
def test_equal_parts_sum_to_the_total_and_differ_by_a_cent(total, parts):
    split = rules.split(total, parts)
    assert sum(split) == total
    assert len(split) == parts
    assert max(split) - min(split) <= Decimal("0.01")


@given(total=amounts, weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_shares_sum_to_the_total_and_stay_within_a_cent(total, weights):
    if not sum(weights):
        with pytest.raises(ValueError, match="weights"):
            rules.allocate(total, weights)
        return
    shares = rules.allocate(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Fraction(share) - Fraction(total) * weight / sum(weights)) < Fraction(1, 100)
        assert weight or not share


def test_a_cent_split_in_three():
    assert [str(each) for each in rules.split(Decimal("0.01"), 3)] == ["0.01", "0.00", "0.00"]
    assert [str(each) for each in rules.split(Decimal("-0.02"), 3)] == ["-0.01", "-0.01", "0.00"]
    assert rules.split(Decimal("100"), 3, currency="JPY") == [34, 33, 33]


def test_refuses_a_split_that_cannot_be_exact():
    with pytest.raises(ValueError, match="finer"):
        rules.split(Decimal("0.005"), 2)
    with pytest.raises(ValueError, match="at least one"):
        rules.split(Decimal("1"), 0)
    with pytest.raises(ValueError, match="weights"):
        rules.allocate(Decimal("1"), [1, -1])


def test_money_adds_within_a_currency_only():
    assert Money(Decimal("1.10")) + Money(Decimal("2.2")) == Money(Decimal("3.30"))
    assert str(Money(Decimal("1.10")) - Money(Decimal("2.20"))) == "-1.10 CNY"
    assert Money(Decimal(1)) < Money(Decimal(2))
    assert not Money.zero("USD")
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1)) + Money(Decimal(1), "USD")
    with pytest.raises(CurrencyMismatch):
        _ = Money(Decimal(1)) <= Money(Decimal(1), "USD")
    with pytest.raises(CurrencyMismatch):
        rules.total([Money(Decimal(1), "USD")], "CNY")


def test_money_is_exact_to_its_smallest_unit():
    with pytest.raises(ValueError, match="round"):
        Money(Decimal("0.005"))
    with pytest.raises(KeyError):
        Money(Decimal(1), "XXX")
    assert Money.rounded(Fraction(2, 3)).amount == Decimal("0.67")
    assert Money(Decimal("10")).times(Fraction(1, 3)) == Money(Decimal("3.33"))
    assert rules.total(Money(Decimal("0.01")).split(3)) == Money(Decimal("0.01"))


def test_every_currency_has_a_name():
    assert [code for code, name in models.currency_choices() if not str(name)] == []
    assert set(models.NAMES) == set(rules.CURRENCIES)
