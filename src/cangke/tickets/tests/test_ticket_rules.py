"""Fields, clock and ending of tickets, as tables (A13, A14, A16)."""

import datetime as dt

import pytest

from cangke.tickets.rules import fields, tickets
from cangke.tickets.rules.fields import Source
from cangke.tickets.rules.tickets import Clock, EndFacts, TicketPolicy, TicketState

POLICY = TicketPolicy()
HOURS = POLICY.hours("Asia/Shanghai")
AT = dt.datetime(2026, 6, 9, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai, open 8 to 22
HOUR = dt.timedelta(hours=1)

FIELDS = [
    {"key": "nick", "label": "旺旺名字", "required": True, "source": "customer.nick"},
    {"key": "bought", "label": "购买日期", "type": "date", "required": True},
    {"key": "pieces", "label": "件数", "type": "number"},
    {"key": "amount", "label": "金额", "type": "amount"},
    {
        "key": "found",
        "label": "情况",
        "type": "choice",
        "option": [{"value": "short", "label": "少件"}],
    },
    {"key": "ok", "label": "同意", "type": "yes_no"},
]
SPECS = fields.read_fields(FIELDS)[0]


def test_a_definition_is_read_as_it_stands():
    assert [each.key for each in SPECS] == ["nick", "bought", "pieces", "amount", "found", "ok"]
    assert SPECS[0].required
    assert SPECS[0].source == Source.NICK


@pytest.mark.parametrize(
    "raw",
    [
        "x",
        ["x"],
        [{"key": "Nick", "label": "x"}],
        [{"key": "a", "label": ""}],
        [{"key": "a", "label": "x", "type": "colour"}],
        [{"key": "a", "label": "x", "source": "customer.secret"}],
        [{"key": "a", "label": "x", "type": "choice"}],
        [{"key": "a", "label": "x", "option": [{"value": "1", "label": "1"}]}],
        [{"key": "a", "label": "x", "eval": "1"}],
        [{"key": "a", "label": "x"}, {"key": "a", "label": "y"}],
        [{"key": f"a{n}", "label": "x"} for n in range(31)],
    ],
)
def test_a_bad_definition_is_named_with_its_place(raw):
    assert fields.read_fields(raw)[1]


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("bought", "2026-01-31", "2026-01-31"),
        ("bought", dt.date(2026, 1, 31), "2026-01-31"),
        ("bought", "31.1.26", None),
        ("pieces", "007", "7"),
        ("pieces", "1.5", None),
        ("amount", "12.50", "12.50"),
        ("amount", "NaN", None),
        ("found", "short", "short"),
        ("found", "lost", None),
        ("ok", True, "yes"),
        ("ok", "maybe", None),
        ("nick", "x" * 301, None),
    ],
)
def test_values_are_held_against_their_type(key, typed, kept):
    given = {"nick": "小王", "bought": "2026-01-01", key: typed}
    values, problems = fields.check_values(SPECS, given)
    assert values.get(key) == kept
    assert [each.place for each in problems] == ([] if kept else [key])


def test_what_is_empty_is_missing_only_where_required_and_strangers_are_dropped():
    values, problems = fields.check_values(SPECS, {"nick": " ", "extra": "x"})
    assert values == {}
    assert [each.place for each in problems] == ["nick", "bought"]


def test_fields_are_filled_from_what_is_known():
    assert fields.filled(SPECS, {Source.NICK: "小王", Source.ORDER_NO: "1"}) == {"nick": "小王"}
    assert fields.filled(SPECS, {Source.NICK: ""}) == {}


@pytest.mark.requirement("A13")
@pytest.mark.parametrize(
    ("hours", "due"),
    [
        (4, AT + 4 * HOUR),
        (12, AT + 12 * HOUR),
        (13, AT + 23 * HOUR),  # one hour over: 8 to 9 the next morning
        (14, AT + 24 * HOUR),
    ],
)
def test_a13_due_hours_are_business_hours(hours, due):
    assert tickets.due_after(hours=hours, at=AT, opening=HOURS).value == due


def turn(clock, state, at):
    return tickets.turn_clock(clock, after=state, at=at, opening=HOURS, policy=POLICY)


@pytest.mark.requirement("A13")
def test_a13_the_clock_stands_while_the_customer_is_waited_for():
    clock = Clock(AT + 4 * HOUR)
    stands = turn(clock, "waiting_customer", AT + HOUR)
    assert (stands.paused_at, stands.left_seconds) == (AT + HOUR, 3 * 3600)
    assert not stands.is_overdue(AT + 99 * HOUR)
    assert turn(stands, "waiting_customer", AT + 2 * HOUR) == stands
    goes_on = turn(stands, "in_progress", AT + 11 * HOUR)  # 21:00: one hour today, two tomorrow
    assert goes_on == Clock(AT + 24 * HOUR)
    assert turn(clock, "waiting_warehouse", AT + HOUR) == clock


def test_what_is_overdue_is_not_made_punctual_by_a_pause():
    clock = Clock(AT)
    assert turn(clock, "waiting_customer", AT) == clock
    assert clock.is_overdue(AT)
    assert not clock.is_overdue(AT - dt.timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("new", "in_progress", True),
        ("new", "solved", True),
        ("in_progress", "new", False),
        ("in_progress", "closed", False),
        ("waiting_carrier", "waiting_customer", True),
        ("solved", "closed", True),
        ("solved", "waiting_customer", False),
        ("closed", "in_progress", True),
        ("closed", "solved", False),
        ("merged", "in_progress", False),
        ("void", "in_progress", False),
    ],
)
def test_a_ticket_moves_along_its_states(before, after, may):
    assert tickets.may_move(before, after) is may


@pytest.mark.requirement("A14", "A16")
@pytest.mark.parametrize(
    ("state", "facts", "lacks"),
    [
        ("solved", EndFacts(True, True, "补发", (), False), []),
        ("closed", EndFacts(True, True, "补发", (), False), ["reply"]),
        ("closed", EndFacts(True, True, "补发", (), True), []),
        ("closed", EndFacts(True, False, "补发", (), False), []),
        ("solved", EndFacts(True, False, " ", (), False), ["solution"]),
        ("solved", EndFacts(False, False, "", (), False), []),
        ("solved", EndFacts(True, False, "好", ("查件",), False), ["tasks"]),
    ],
)
def test_a14_ending_asks_for_solution_tasks_and_a_reply(state, facts, lacks):
    found = tickets.missing_for(TicketState(state), facts).value
    assert [each.code for each in found] == lacks


def test_reopening_has_its_days_and_the_last_moment_counts():
    week = dt.timedelta(days=7)
    assert tickets.may_reopen(ended_at=AT, at=AT + week, policy=POLICY)
    late = AT + week + dt.timedelta(microseconds=1)
    assert not tickets.may_reopen(ended_at=AT, at=late, policy=POLICY)


def test_hours_may_pass_midnight_or_be_around_the_clock():
    night = TicketPolicy(day_from=dt.time(20), day_until=dt.time(4)).hours("Asia/Shanghai")
    assert night.is_open(dt.datetime(2026, 6, 9, 19, 0, tzinfo=dt.UTC))  # 03:00
    always = TicketPolicy(day_from=dt.time(0), day_until=dt.time(0)).hours("Asia/Shanghai")
    assert always.open_seconds_between(AT, AT + 24 * HOUR) == 86400
