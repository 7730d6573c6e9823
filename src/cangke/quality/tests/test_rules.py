"""The sample and the total (A23), without a database."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.quality import rules
from cangke.quality.rules import InspectionPolicy

POLICY = InspectionPolicy()
WEEK = dt.date(2026, 11, 16)


def chosen(ids, size=5, secret=b"s", week=WEEK, employee_id=1):
    return rules.draw(ids, size=size, secret=secret, week=week, employee_id=employee_id)


@pytest.mark.requirement("A23")
@pytest.mark.parametrize(
    ("count", "size"), [(0, 0), (1, 1), (19, 1), (20, 1), (21, 2), (40, 2), (100, 5), (101, 6)]
)
def test_five_percent_are_read_rounded_up_and_one_at_least(count, size):
    assert rules.sample_size(count, policy=POLICY) == size


def test_without_a_share_only_the_least_is_read():
    none = InspectionPolicy(percent=Decimal(0), least=0)
    assert rules.sample_size(50, policy=none) == 0
    assert rules.sample_size(2, policy=InspectionPolicy(least=3)) == 2
    assert rules.sample_size(8, policy=InspectionPolicy(percent=Decimal("12.5"))) == 1


def test_the_same_draw_comes_out_again_and_nobody_can_foresee_it():
    ids = list(range(200))
    first = chosen(ids)
    assert first == chosen(list(reversed(ids)))
    assert len(set(first)) == 5
    assert first != chosen(ids, secret=b"another")
    assert first != chosen(ids, week=WEEK + dt.timedelta(days=7))
    assert first != chosen(ids, employee_id=2)


def test_every_conversation_is_drawn_about_as_often():
    times = dict.fromkeys(range(20), 0)
    for week in range(400):
        for pk in chosen(list(times), size=2, week=WEEK + dt.timedelta(days=7 * week)):
            times[pk] += 1
    assert sum(times.values()) == 800
    assert min(times.values()) > 15
    assert max(times.values()) < 75


def marks(**changes):
    return {each.code: each.points for each in POLICY.items} | changes


def total(*, is_call=False, fatal=(), **changes):
    items = POLICY.items_for(is_call=is_call)
    return rules.total_of(items, marks(**changes), fatal, policy=POLICY)


@pytest.mark.requirement("A23")
def test_the_total_is_points_given_of_points_possible():
    assert total().value == Decimal("100.00")
    decided = total(expression=9)
    assert decided.value == Decimal("94.00")
    assert decided.clause == "quality.inspection"
    assert total(is_call=True, pace=5).value == Decimal("95.83")
    assert [each.code for each in POLICY.items_for(is_call=False)] == [
        "expression",
        "listening",
        "empathy",
        "product",
        "attitude",
        "truth",
    ]
    assert {each.code for each in POLICY.items_for(is_call=True)} >= {"sincerity", "pace"}


def test_what_is_fatal_leaves_nothing():
    decided = total(fatal=["abuse"])
    assert decided.value == Decimal(0)
    assert any("辱骂客户" in str(fact.value) for fact in decided.facts)
