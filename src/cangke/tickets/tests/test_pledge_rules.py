"""The manual's sentences on promises, as tables (A18)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from cangke.tickets import wording
from cangke.tickets.rules import pledges as rules
from cangke.tickets.rules.pledges import PledgePolicy, PledgeState

AT = dt.datetime(2026, 6, 9, 2, 0, tzinfo=dt.UTC)
DUE = AT + dt.timedelta(hours=8)
MINUTE = dt.timedelta(minutes=1)


def looked_at(**values):
    complete = {
        "kind": "coupon",
        "amount": Decimal(20),
        "currency": "CNY",
        "due_at": DUE,
        "at": AT,
        "promised_ship_at": None,
        "policy": PledgePolicy(),
    }
    return rules.review(**{**complete, **values}).value


@pytest.mark.requirement("A18")
@pytest.mark.parametrize(
    ("done", "state"),
    [
        (DUE - 20 * MINUTE, PledgeState.KEPT),
        (DUE, PledgeState.KEPT),
        (DUE + dt.timedelta(microseconds=1), PledgeState.BROKEN),
        (None, PledgeState.BROKEN),
    ],
)
def test_a18_kept_is_done_by_the_due_moment(done, state):
    assert rules.outcome(due_at=DUE, done_at=done).value == state


@pytest.mark.requirement("A18", "Q6")
@pytest.mark.parametrize(
    ("amount", "currency", "asks"),
    [
        (None, "", False),
        ("49", "CNY", False),
        ("50.00", "CNY", False),
        ("50.01", "CNY", True),
        ("8", "USD", False),
        ("9", "USD", True),
        ("1", "JPY", True),
    ],
)
def test_a18_above_the_limit_of_the_currency_somebody_must_agree(amount, currency, asks):
    found = looked_at(amount=amount and Decimal(amount), currency=currency)
    assert found.needs_approval is asks
    assert [each.code for each in found.excesses] == (["amount"] if asks else [])


@pytest.mark.requirement("A18")
def test_a18_what_is_far_away_or_before_the_order_is_warned_against():
    far = looked_at(due_at=AT + dt.timedelta(days=30, seconds=1))
    assert [each.code for each in far.excesses] == ["far"]
    assert not looked_at(due_at=AT + dt.timedelta(days=30)).excesses
    early = looked_at(kind="ship_date", promised_ship_at=DUE + MINUTE)
    assert [each.code for each in early.excesses] == ["before_order"]
    assert not early.needs_approval
    assert not looked_at(kind="ship_date", promised_ship_at=DUE).excesses
    assert not looked_at(kind="gift", promised_ship_at=DUE + MINUTE).excesses


@pytest.mark.parametrize(
    ("hours", "before"),
    [(8, 60), (2, 60), (1, 30)],
    ids=["long", "at the half", "short"],
)
def test_the_keeper_is_reminded_an_hour_before_or_at_half_time(hours, before):
    due = AT + dt.timedelta(hours=hours)
    assert rules.remind_at(made_at=AT, due_at=due, minutes=60) == due - before * MINUTE


@pytest.mark.requirement("S6")
def test_what_a_rule_came_to_is_told_in_words():
    with translation.override("zh-hans"):
        above = wording.review_text(str(looked_at(amount=Decimal(51))))
        within = wording.review_text(str(looked_at(amount=Decimal(50))))
        assert (above, within) == ("需要批准", "没有超过限额")
        assert wording.outcome_text(str(PledgeState.KEPT)) == "已兑现"
