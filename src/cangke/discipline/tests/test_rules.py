"""Grounds, triggers and months (L14–L21), without a database."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.discipline import rules
from cangke.discipline.rules import ConductPolicy, Effect, GroundPolicy, Trigger, TriggerPolicy

JAN, FEB, MAR = (dt.date(2026, n, 1) for n in (1, 2, 3))


@pytest.mark.requirement("L15")
def test_all_kinds_of_discipline_are_there_with_their_effects():
    kinds = {each.code: each.effect for each in ConductPolicy().kinds}
    assert kinds == {
        "warning": "none",
        "demerit": "none",
        "fine": "fine",
        "suspension": "suspension",
        "criticism": "criticism",
        "compensation": "compensation",
        "dismissal": "dismissal",
    }
    assert {Effect(each) for each in kinds.values()} == set(Effect)
    approved = {each.code for each in ConductPolicy().kinds if each.approval}
    assert approved == {"fine", "suspension", "criticism", "compensation", "dismissal"}


@pytest.mark.requirement("L17", "L18", "L19")
def test_the_grounds_contain_those_of_the_manual():
    codes = {each.code for each in GroundPolicy().entries}
    assert {"promise", "slack", "disorder"} <= codes
    assert {"breach", "conflict", "secrets", "films", "games", "games_installed"} <= codes
    assert "noise" in codes


@pytest.mark.requirement("L18")
def test_installing_games_proposes_a_demerit():
    found = GroundPolicy().ground("games_installed")
    assert found is not None
    assert found.proposes == "demerit"
    known = {each.code for each in ConductPolicy().kinds}
    assert {each.proposes for each in GroundPolicy().entries} <= known


@pytest.mark.requirement("L20")
@pytest.mark.parametrize(("facts", "put_forward"), [(1, False), (2, False), (3, True), (4, True)])
def test_facts_become_a_candidate_once_they_are_enough(facts, put_forward):
    lateness = TriggerPolicy().trigger("lateness")
    assert lateness is not None
    decision = rules.is_candidate(facts, trigger=lateness)
    assert decision.value is put_forward
    assert decision.clause == "discipline.candidates"


def test_every_trigger_has_a_ground_that_exists():
    grounds = {each.code for each in GroundPolicy().entries}
    assert {each.ground for each in TriggerPolicy().entries} <= grounds
    assert "poor" in grounds
    once = Trigger("pledge", "", "", "promise", 1)
    assert rules.is_candidate(1, trigger=once).value


@pytest.mark.requirement("L21")
@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ({FEB: "59", MAR: "59.99"}, [FEB, MAR]),
        ({FEB: "60", MAR: "59"}, []),  # 60 is not below 60
        ({FEB: "59", MAR: "60"}, []),
        ({MAR: "10"}, []),  # a month without a score breaks the row
        ({JAN: "10", MAR: "10"}, []),
        ({JAN: "10", FEB: "10", MAR: "10"}, [FEB, MAR]),
    ],
)
def test_two_months_in_a_row_below_the_limit(scores, found):
    numbers = {month: Decimal(points) for month, points in scores.items()}
    assert rules.is_poor(numbers, MAR, policy=TriggerPolicy()) == found


def test_the_row_of_months_goes_over_the_year():
    december = dt.date(2025, 12, 1)
    scores = {december: Decimal(1), JAN: Decimal(1)}
    assert rules.is_poor(scores, JAN, policy=TriggerPolicy()) == [december, JAN]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
    ],
)
def test_months_later_keeps_within_the_month(day, months, later):
    """Design security 83: 29 February, the 31st and one month, the end of the year."""
    got = rules.months_later(dt.date.fromisoformat(day), months)
    assert got == dt.date.fromisoformat(later)
