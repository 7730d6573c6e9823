"""Figures: exact arithmetic over turns, by named definitions."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cangke.desk.rules.definitions import (
    FIGURES,
    AverageResponsePolicy,
    Basis,
    FirstResponsePolicy,
    MeanUnit,
    QuickRatePolicy,
    ServedPolicy,
    define,
    keys_of,
    shipped,
)
from cangke.desk.rules.metrics import (
    Clock,
    DailyWindow,
    Measure,
    MeasuredTurn,
    MetricDefinition,
    Talk,
    Unanswered,
    measure,
    measure_talk,
    round_fraction,
)
from cangke.desk.rules.turns import Turn, TurnState

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def waited(
    seconds, *, state=TurnState.ANSWERED, turn_id=1, customer=1, round_number=1, at=TEN, **more
):
    """Return a turn that ended after so many seconds."""
    end = at + timedelta(seconds=seconds)
    answered = end if state is TurnState.ANSWERED else None
    turn = Turn(
        number=turn_id,
        round_number=round_number,
        opened_seq=turn_id,
        opened_at=at,
        began_at=at,
        began_seq=turn_id,
        segment_id=1,
        agent_id=1,
        agent_from=at,
        state=state,
        ended_at=None if state is TurnState.OPEN else end,
        answered_seq=None if answered is None else turn_id + 1,
        answered_at=answered,
        answered_by_id=None if answered is None else 1,
        effective_at=answered,
        first_of_segment=True,
    )
    turn = replace(turn, **more)
    return MeasuredTurn(
        turn_id,
        turn_id,
        customer,
        date(2026, 11, 23),
        turn,
        open_ms=turn.customer_ms,
        open_effective_ms=turn.customer_effective_ms,
    )


def value(key, rows):
    return measure(shipped(key), rows, zone=SHANGHAI).value


@pytest.mark.requirement("A5")
def test_a5_first_response_of_150_seconds():
    figure = measure(shipped("first_response"), [waited(150)], zone=SHANGHAI)
    assert figure.value == 150
    assert figure.rounded(1) == Decimal("150.0")
    assert [(line.turn_id, line.seconds) for line in figure.trace] == [(1, Decimal(150))]


@pytest.mark.requirement("A8")
def test_a8_the_conversation_waited_six_minutes_each_agent_three():
    start = timedelta(minutes=3)
    first = waited(180, state=TurnState.TRANSFERRED_UNREPLIED, turn_id=1)
    second = waited(360, turn_id=2, agent_id=2, answered_by_id=2, agent_from=TEN + start)
    rows = [first, second]
    assert value("first_response", rows) == 360
    assert value("first_response_agent", [second]) == 180
    assert value("average_response", rows) == 180
    assert value("unreplied", rows) == 1


@pytest.mark.requirement("A25")
def test_a25_a_customer_who_wrote_at_night_waits_from_opening_time_on():
    night = replace(waited(36_000), open_ms=90_000, open_effective_ms=90_000)
    assert value("first_response", [night]) == 90


def test_a_mean_of_thirds_stays_exact():
    figure = measure(shipped("average_response"), [waited(s) for s in (10, 10, 11)], zone=SHANGHAI)
    assert figure.value == Fraction(31, 3)
    assert figure.rounded(2) == Decimal("10.33")


def test_nothing_counted_is_no_value_not_zero():
    assert value("average_response", []) is None
    assert value("average_response", [waited(1, state=TurnState.OPEN)]) is None
    assert value("unreplied", []) == 0


@pytest.mark.parametrize(
    ("seconds", "share"), [(179, 1), (180, 1), (Decimal("180.001"), 0), (181, 0)]
)
def test_three_minutes_include_the_hundred_and_eightieth_second(seconds, share):
    assert value("rate_3_minutes", [waited(float(seconds))]) == share


@pytest.mark.parametrize(
    ("hour", "minute", "inside"), [(7, 59, False), (8, 0, True), (22, 59, True), (23, 0, False)]
)
def test_the_window_is_site_time_start_included_end_not(hour, minute, inside):
    at = datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI)
    figure = measure(shipped("rate_3_minutes"), [waited(10, at=at)], zone=SHANGHAI)
    assert figure.denominator == int(inside)
    assert figure.trace[0].left_out == ("" if inside else "outside_window")


def test_a_window_may_cross_midnight():
    """Fault elsewhere: hours end at midnight, so an evening shift cannot be said."""
    night = DailyWindow(start_minute=22 * 60, length_minutes=4 * 60)
    at = datetime(2026, 11, 23, 1, 59, tzinfo=SHANGHAI)
    assert night.holds(at, SHANGHAI)
    assert not night.holds(at + timedelta(minutes=1), SHANGHAI)


def test_longer_waits_are_cut_at_the_cap_and_unanswered_ones_count_as_the_definition_says():
    rows = [waited(30), waited(1000), waited(90, state=TurnState.EXPIRED)]
    assert value("average_response", rows) == Fraction(30 + 600 + 90, 3)
    assert value("taobao_average_response", rows) == Fraction(30 + 600 + 600, 3)


def test_please_wait_helps_no_house_figure():
    """Fault elsewhere: “please wait” makes a good first response."""
    quick = waited(5, placeholder=True, effective_seq=9, effective_at=TEN + timedelta(seconds=200))
    assert value("first_response", [quick]) == 200
    assert value("rate_3_minutes", [quick]) == 0
    assert value("taobao_rate_3_minutes", [quick]) == 1


def test_a_turn_inside_a_please_wait_is_not_a_second_wait():
    inner = waited(30, continued=True)
    figure = measure(shipped("average_response"), [inner], zone=SHANGHAI)
    assert figure.trace[0].left_out == "continued"


def test_excluded_turns_leave_both_sides_and_say_why():
    """Fault elsewhere: what a bot did alone stands in the agents' times."""
    spam = waited(10, state=TurnState.EXPIRED, excluded_reason="spam")
    figure = measure(shipped("unreplied"), [spam], zone=SHANGHAI)
    assert figure.value == 0
    assert figure.trace[0].left_out == "spam"


def test_people_are_counted_once_a_day():
    rows = [
        waited(10, customer=1),
        waited(10, customer=1),
        waited(10, customer=2, state=TurnState.OPEN),
    ]
    assert value("served", rows) == 2
    assert value("reply_rate", rows) == Fraction(1, 2)
    assert value("kuaishou_rate_3_minutes", rows) == Fraction(1, 2)


def test_abandoned_waits_count_for_nobody():
    gone = waited(10, state=TurnState.ABANDONED)
    assert value("reply_rate", [gone]) is None
    assert value("average_response", [gone]) is None


def test_answer_ask_ratio_counts_people_s_messages():
    figure = measure_talk(shipped("answer_ask"), [Talk(1, 4, 5), Talk(2, 2, 2)])
    assert figure.value == Fraction(7, 6)


def test_definitions_that_contradict_themselves_are_refused():
    with pytest.raises(ValueError, match="cap"):
        MetricDefinition("x", 1, "x", Measure.MEAN_SECONDS, unanswered=Unanswered.AT_CAP)
    with pytest.raises(ValueError, match="limit"):
        MetricDefinition("x", 1, "x", Measure.MEAN_SECONDS, limit_seconds=3)
    with pytest.raises(ValueError, match="ratio"):
        measure(shipped("answer_ask"), [], zone=SHANGHAI)
    with pytest.raises(ValueError, match="within the day"):
        DailyWindow(1440, 10)


# --- definitions are the rulebook's (A5, S1)


def changed(key, policy):
    return define(FIGURES[key], policy)


@pytest.mark.requirement("A5")
def test_cap_and_what_is_unanswered_are_the_clauses():
    rows = [waited(1000), waited(90, state=TurnState.EXPIRED)]
    for policy, expected in (
        (AverageResponsePolicy(), Fraction(600 + 90, 2)),
        (AverageResponsePolicy(cap_seconds=60), 60),
        (AverageResponsePolicy(cap_seconds=0), Fraction(1000 + 90, 2)),
        (AverageResponsePolicy(unanswered=Unanswered.LEFT_OUT), 600),
        (AverageResponsePolicy(unanswered=Unanswered.AT_CAP), 600),
        (AverageResponsePolicy(unanswered=Unanswered.AT_CAP, cap_seconds=0), Fraction(1090, 2)),
    ):
        found = measure(changed("average_response", policy), rows, zone=SHANGHAI)
        assert found.value == expected, policy


@pytest.mark.requirement("A5")
def test_hours_limit_and_exclusions_are_the_clauses():
    at_nine = waited(100, at=TEN - timedelta(hours=1))
    taken = waited(
        30, state=TurnState.TRANSFERRED_UNREPLIED, excluded_reason="taken_over", turn_id=2
    )
    for policy, expected in (
        (QuickRatePolicy(), 1),
        (QuickRatePolicy(limit_seconds=99), 0),
        (QuickRatePolicy(limit_seconds=100), 1),
        (QuickRatePolicy(window_from=time(9, 1)), None),
        (QuickRatePolicy(window_from=time(22), window_until=time(9, 1)), 1),
        (QuickRatePolicy(window_from=time(9), window_until=time(9)), 1),
        (QuickRatePolicy(passed_on=True), Fraction(1, 2)),
    ):
        found = measure(changed("rate_3_minutes", policy), [at_nine, taken], zone=SHANGHAI)
        assert found.value == expected, policy


def test_unit_and_clock_are_the_clauses():
    first, later = waited(100), waited(20, turn_id=2, round_number=2)
    every = FirstResponsePolicy(unit=MeanUnit.TURN, clock=Clock.AGENT)
    found = measure(changed("first_response", every), [first, later], zone=SHANGHAI)
    assert (value("first_response", [first, later]), found.value) == (100, 60)


def test_a_figure_is_not_defined_by_another_kind_of_clause():
    with pytest.raises(TypeError, match="served"):
        changed("served", AverageResponsePolicy())
    assert changed("served", ServedPolicy()).measure is Measure.COUNT


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (Fraction(5, 1000), "0.01"),
        (Fraction(-5, 1000), "-0.01"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
    ],
)
def test_rounding_is_half_up(exact, shown):
    assert str(round_fraction(exact, 2)) == shown


rows = st.builds(
    waited,
    st.integers(0, 5000),
    state=st.sampled_from(TurnState),
    turn_id=st.integers(1, 50),
    customer=st.integers(1, 5),
    round_number=st.integers(1, 3),
)


@given(st.lists(rows, max_size=20))
def test_every_shipped_figure_is_between_its_bounds_and_traces_every_turn(turns):
    for each in map(shipped, FIGURES):
        if each.measure is Measure.RATIO:
            continue
        figure = measure(each, turns, zone=SHANGHAI)
        assert len(figure.trace) == len(turns)
        if figure.value is not None:
            assert figure.value >= 0
        if each.measure is Measure.SHARE and figure.value is not None:
            assert figure.value <= 1
        if each.measure is Measure.MEAN_SECONDS and each.cap_seconds and figure.value:
            assert figure.value <= each.cap_seconds


@given(st.lists(rows, max_size=20), st.randoms())
def test_the_order_of_turns_does_not_matter(turns, random):
    shuffled = list(turns)
    random.shuffle(shuffled)
    for each in map(shipped, keys_of(Basis.HOUSE)):
        before = measure(each, turns, zone=SHANGHAI)
        after = measure(each, shuffled, zone=SHANGHAI)
        assert before.value == after.value
