"""Order numbers in what customers write."""

import pytest

from cangke.desk.rules.naming import named_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("请问536365什么时候发货", ("536365",)),
        ("订单 so20261123-0001 和 ５３６３６５", ("SO20261123-0001", "536365")),
        ("536365, 536365", ("536365",)),
        ("价格 1299 元", ()),
        ("ABCDEF", ()),
        ("A" * 60 + "1234", ()),
        (" ".join(f"10000{i}" for i in range(9)), tuple(f"10000{i}" for i in range(5))),
    ],
)
def test_numbers_are_found_whatever_stands_around_them(text, numbers):
    assert named_numbers(text) == numbers
