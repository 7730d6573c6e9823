import datetime as dt

import pytest

from cangke.foundation.numbering import rules
from cangke.foundation.numbering.rules import Period, Series

DAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("series", "site", "value", "number"),
    [
        (Series("order", "SO"), "", 1, "SO20261123-0001"),
        (Series("order", "SO"), "LAX", 12345, "SOLAX20261123-12345"),
        (Series("bill", "BL", Period.MONTH), "", 7, "BL202611-0007"),
        (Series("payrun", "PR", Period.YEAR), "", 7, "PR2026-0007"),
        (Series("customer", "CU", Period.NEVER, 6), "", 42, "CU000042"),
    ],
)
def test_spells_numbers(series, site, value, number):
    assert rules.spell(series, site, rules.period_key(series, DAY), value) == number


@pytest.mark.parametrize("site", ["lax", "TOOLONG", "A-1", "洛", "A B"])
def test_refuses_a_site_that_is_no_code(site):
    with pytest.raises(ValueError, match="site"):
        rules.spell(Series("order", "SO"), site, "", 1)


def test_prefixes_are_never_shared():
    prefixes = [each.prefix for each in rules.SERIES.values()]
    assert len(prefixes) == len(set(prefixes))
    with pytest.raises(ValueError, match="taken"):
        rules.register_series("something", prefix="SO")
    with pytest.raises(ValueError, match="otherwise"):
        rules.register_series("order", prefix="XX")
    assert rules.register_series("order", prefix="SO") == rules.SERIES["order"]
