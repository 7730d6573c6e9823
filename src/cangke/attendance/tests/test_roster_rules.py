import datetime as dt
from collections import Counter
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from cangke.attendance.rules import (
    Kind,
    Need,
    Person,
    Planned,
    Problem,
    RosterPolicy,
    WeekPolicy,
    check_roster,
    place_shift,
    propose,
    worked_minutes,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = Kind("day", dt.time(8, 30), dt.time(17, 30), 60)
EVENING = Kind("evening", dt.time(17), dt.time(1), 0)
APRIL = [dt.date(2026, 4, n) for n in range(1, 31)]


def planned(employee_id, day, kind=DAY, *, leads=False):
    date = day if isinstance(day, dt.date) else dt.date(2026, 4, day)
    shift = place_shift(date, kind.start, kind.end, SHANGHAI)
    return Planned(employee_id, kind.code, shift, kind.break_minutes, leads)


def check(*rows, days=(), needs=(), away=(), apart=11, week=None):
    return [
        (each.problem, each.date.day, each.number)
        for each in check_roster(
            rows,
            days=days or sorted({row.shift.date for row in rows}),
            needs=needs,
            away=away,
            roster=RosterPolicy(apart_hours=apart),
            week=week or WeekPolicy(),
        )
    ]


@pytest.mark.requirement("B8", "K2")
@pytest.mark.parametrize(
    ("leaders", "problem"), [(0, Problem.NO_LEADER), (1, None), (2, Problem.TWO_LEADERS)]
)
def test_b8_a_shift_has_one_leader(leaders, problem):
    rows = [planned(n, 3, leads=n < leaders) for n in range(3)]
    assert [each[0] for each in check(*rows)] == ([problem] if problem else [])


def test_only_a_missing_leader_blocks():
    assert [each for each in Problem if each.blocks] == [Problem.NO_LEADER]


@pytest.mark.requirement("K2")
def test_k2_a_shift_with_too_few_people_is_named_also_where_nobody_is():
    rows = [planned(1, 3, leads=True)]
    found = check(*rows, days=[rows[0].shift.date], needs=[Need("day", 2), Need("evening", 1)])
    assert found == [
        (Problem.TOO_FEW, 3, Decimal(1)),
        (Problem.TOO_FEW, 3, Decimal(0)),
    ]


@pytest.mark.parametrize(("apart", "warned"), [(7, False), (8, True)])
def test_a_day_after_an_evening_is_seven_hours_and_a_half(apart, warned):
    rows = [planned(1, 3, EVENING, leads=True), planned(1, 4, leads=True)]
    found = check(*rows, apart=apart)
    assert [(each[0], each[2]) for each in found] == (
        [(Problem.TOO_SOON, Decimal("7.5"))] if warned else []
    )


def test_rest_is_looked_at_over_the_edge_of_the_month():
    rows = [planned(1, dt.date(2026, 3, 31), EVENING, leads=True), planned(1, 1, leads=True)]
    assert [each[:2] for each in check(*rows, days=APRIL)] == [(Problem.TOO_SOON, 1)]


@pytest.mark.requirement("K23")
@pytest.mark.parametrize(("days", "warned"), [(5, []), (6, [Decimal(48)])])
def test_k23_more_than_forty_planned_hours_are_warned_of_when_the_policy_checks(days, warned):
    rows = [planned(1, 6 + n, leads=True) for n in range(days)]  # 6 April is a Monday
    assert worked_minutes(rows[0]) == 480
    on = check(*rows, week=WeekPolicy(check=True, hours=Decimal(40)))
    assert [each[2] for each in on if each[0] is Problem.WEEK_HOURS] == warned
    assert check(*rows) == []


def test_somebody_on_leave_is_not_planned_unseen():
    rows = [planned(1, 3, leads=True)]
    assert [each[0] for each in check(*rows, away={(1, rows[0].shift.date)})] == [Problem.AWAY]


# --- the proposal


def crew(count, *, rest=2, leaders=2):
    return [Person(n, may_lead=n <= leaders, rest_days=rest) for n in range(1, count + 1)]


NEEDS = (Need("day", 2), Need("evening", 2))


def proposal(people):
    return propose(people, APRIL, [DAY, EVENING], NEEDS, apart_hours=11, zone=SHANGHAI)


def test_everybody_works_all_days_but_the_rest_days():
    plan = proposal(crew(8))
    assert Counter(each.employee_id for each in plan) == dict.fromkeys(range(1, 9), 28)
    assert len({(each.employee_id, each.date) for each in plan}) == len(plan)


def test_evenings_are_filled_and_shared_evenly():
    plan = proposal(crew(8, leaders=8))
    per_day = Counter(each.date for each in plan if each.kind == "evening")
    assert set(per_day.values()) <= {2, 3}
    evenings = Counter(each.employee_id for each in plan if each.kind == "evening")
    assert max(evenings.values()) - min(evenings.values()) <= 3


def test_each_shift_has_one_leader_and_nobody_is_planned_too_soon():
    people = crew(8, leaders=4)
    plan = proposal(people)
    rows = [
        planned(each.employee_id, each.date, EVENING if each.kind == "evening" else DAY,
                leads=each.leads)
        for each in plan
    ]  # fmt: skip
    assert check(*rows, days=APRIL) == []


def test_the_only_leader_leads_the_first_shift_and_others_take_turns_in_the_evening():
    plan = proposal(crew(8, leaders=1))
    assert {each.kind for each in plan if each.employee_id == 1} == {"day"}
    led = Counter(each.employee_id for each in plan if each.leads and each.kind == "evening")
    assert len(led) == 7


def test_nobody_works_while_away_and_the_same_input_gives_the_same_plan():
    people = [*crew(5), Person(6, away=frozenset(APRIL[:10]), rest_days=2)]
    plan = proposal(people)
    assert not [each for each in plan if each.employee_id == 6 and each.date in APRIL[:10]]
    assert plan == proposal(people)


def test_rest_days_do_not_fall_on_one_day():
    plan = proposal(crew(10))
    resting = Counter(APRIL) - Counter()
    for day in APRIL:
        resting[day] = 10 - sum(each.date == day for each in plan)
    assert max(resting.values()) == 1


def test_no_more_days_a_week_than_allowed():
    people = [Person(n, may_lead=True, most_days_a_week=5) for n in range(1, 7)]
    weeks = Counter((each.employee_id, each.date.isocalendar().week) for each in proposal(people))
    assert max(weeks.values()) == 5


@pytest.mark.parametrize("people", [[], crew(1)])
def test_a_small_team_gets_what_it_can(people):
    assert len(proposal(people)) == (28 if people else 0)
