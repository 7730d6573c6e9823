"""Rest, leave and absence of a month, through the published simulation (K12–K18, K21, K28)."""

import pytest

from cangke.payroll.public import simulate_month

from .months import april, at, leave, lines, missed, on

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("K12")
@pytest.mark.parametrize(
    ("month", "taken", "amount"),
    [("2025-04", "0", "146.67"), ("2025-02", "0", "157.14"), ("2025-04", "1", "73.33"),
     ("2025-04", "0.5", "110.00"), ("2024-02", "0", "151.72"), ("2025-05", "1", "70.97")],
)  # fmt: skip
def test_k12_rest_days_not_taken_are_paid(month, taken, amount):
    answer = simulate_month({"month": month, "rest_days_taken": taken})
    assert lines(answer)["unused_rest"] == amount


@pytest.mark.requirement("K16")
def test_k16_leave_is_unpaid():
    answer = april(leave=[leave(8), leave(9)])
    assert (lines(answer)["leave"], answer["leave_days"]) == ("-146.67", "2")
    assert "full_attendance" not in lines(answer)


@pytest.mark.requirement("K17")
@pytest.mark.parametrize(("days", "following"), [("3", "2"), ("3.5", "0"), ("1", "2"), ("10", "0")])
def test_k17_more_than_three_days_leave_no_rest_days_next_month(days, following):
    answer = april(leave=[leave(8, days)])
    assert answer["rest_entitlement_next_month"] == following
    assert answer["leave_days"] == days


def test_after_such_a_month_there_are_none_and_none_is_paid():
    answer = april(leave_days_previous_month="3.5", rest_days_taken="0")
    assert (answer["rest_entitlement"], "unused_rest" in lines(answer)) == ("0", False)
    assert april(leave_days_previous_month="3")["rest_entitlement"] == "2"


@pytest.mark.requirement("K18")
@pytest.mark.parametrize(
    ("earlier", "days", "leave_days", "absent"),
    [("29", "1", "1", "0"), ("29", "2", "1", "1"), ("29.5", "1", "0.5", "0.5"),
     ("30", "1", "0", "1"), ("35", "0.5", "0", "0.5"), ("28", "5", "2", "3")],
)  # fmt: skip
def test_k18_beyond_thirty_days_a_year_it_is_absence(earlier, days, leave_days, absent):
    answer = april(leave=[leave(8, days)], personal_leave_days_earlier_this_year=earlier)
    assert (answer["leave_days"], answer["absent_days"]) == (leave_days, absent)


@pytest.mark.requirement("K28", "K16")
@pytest.mark.parametrize(
    ("kind", "amount", "following"),
    [("sick", "-58.67", "2"), ("marriage", None, "2"), ("personal", "-146.67", "2")],
)
def test_k28_sick_leave_at_sixty_percent_is_a_row_of_the_rulebook(kind, amount, following):
    """Two days: 2 × 40 % × 2200 / 30; a protected kind takes nothing and spoils nothing."""
    kinds = [
        {"kind": "personal", "name": "事假", "deducted_percent": "100", "protected": False},
        {"kind": "sick", "name": "病假", "deducted_percent": "40", "protected": False},
        {"kind": "marriage", "name": "婚假", "deducted_percent": "0", "protected": True},
    ]
    answer = april(leave=[leave(8, "2", kind)], policy={"leave.kinds": kinds})
    assert lines(answer).get("leave") == amount
    assert ("full_attendance" in lines(answer)) is (amount is None)
    assert answer["rest_entitlement_next_month"] == following


def test_only_personal_leave_counts_and_protected_leave_spoils_nothing():
    sick = april(leave=[leave(8, "2", "sick")], personal_leave_days_earlier_this_year="30")
    assert (sick["leave_days"], sick["absent_days"]) == ("2", "0")
    free = april(leave=[leave(8, "5", "statutory")])
    assert lines(free) == {"base_pay": "2200.00", "full_attendance": "200.00"}
    assert free["rest_entitlement_next_month"] == "2"


@pytest.mark.requirement("K13", "K15")
@pytest.mark.parametrize(
    ("state", "absent"), [("approved", "0"), ("refused", "1"), ("requested", "1")]
)
def test_k15_without_approval_it_is_absence(state, absent):
    answer = april(shifts=missed(10), leave=[leave(10, state=state)])
    assert answer["absent_days"] == absent


def test_of_leave_across_the_turn_of_the_month_this_months_days_count():
    across = [{"date": "2025-03-30", "days": "4", "kind": "personal", "state": "approved"}]
    assert april(leave=across)["leave_days"] == "2"
    assert april(leave=[leave(29, "4")])["leave_days"] == "2"


def test_half_a_day_of_leave_excuses_half_of_the_shift():
    half = [leave(10, "0.5")]
    assert april(shifts=missed(10), leave=half)["absent_days"] == "0.5"
    afternoon = on(10, "13:00", "17:30", leave=half)
    assert (afternoon["absent_days"], afternoon["packets"]) == ("0", [])
    morning = on(10, "08:30", "13:00", leave=half)
    assert (morning["absent_days"], morning["packets"]) == ("0", [])
    late = on(10, "13:12", "17:30", leave=half)
    assert [each["amount"] for each in late["packets"]] == ["20.00"]


@pytest.mark.requirement("K21", "L12")
@pytest.mark.parametrize(
    ("clocks", "days", "absence", "notices", "proposals"),
    [
        (["09:01"], (), "-220.00", [], []),
        ([], (3,), "-366.67", [], []),
        (["09:01"], (4,), "-366.67", [], []),
        ([], (3, 4), "-733.33", ["company_criticism"], []),
        (["09:01"], (4, 7), "-733.33", ["company_criticism"], []),
        ([], (3, 4, 7), "-2200.00", ["company_criticism"], ["dismissal"]),
    ],
)
def test_k21_the_highest_step_alone(clocks, days, absence, notices, proposals):
    shifts = missed(*days) + ([{"date": "2025-04-01", "type": "day"}] if clocks else [])
    punches = [at(1, clock) for clock in clocks] + ([at(1, "17:30")] if clocks else [])
    answer = april(shifts=shifts, punches=punches)
    assert lines(answer)["absence"] == absence
    assert (answer["notices"], answer["proposals"]) == (notices, proposals)


def test_at_three_days_everything_earned_is_withheld_and_rest_is_not_paid():
    answer = april(
        shifts=missed(1, 2, 3),
        leave=[leave(8)],
        rest_days_taken="0",
        performance_pay="600.00",
        bonuses=[{"kind": "outstanding", "amount": "100.00"}],
        insurance_total="1000.00",
    )
    assert "unused_rest" not in lines(answer)
    assert (answer["gross"], lines(answer)["leave"]) == ("2900.00", "-73.33")
    assert lines(answer)["absence"] == "-2826.67"
    assert (answer["net"], answer["receivable"]) == ("0.00", "300.00")
    assert answer["guard"] == {
        "mode": "warn",
        "limit": "580.00",
        "exceeded": True,
        "uncollected": "0.00",
    }


@pytest.mark.requirement("L12")
def test_l12_the_guard_warns_caps_or_stays_off():
    two = missed(1, 2)
    warn = april(shifts=two)
    assert (warn["guard"]["exceeded"], warn["deductions"]) == (True, "733.33")
    cap = april(shifts=two, policy={"pay.legal_guard": "cap"})
    assert cap["guard"] == {
        "mode": "cap",
        "limit": "440.00",
        "exceeded": True,
        "uncollected": "293.33",
    }
    assert (lines(cap)["absence"], cap["net"]) == ("-440.00", "1760.00")
    three = april(shifts=missed(1, 2, 3), policy={"pay.legal_guard": "cap"})
    assert (lines(three)["absence"], three["guard"]["uncollected"]) == ("-440.00", "1760.00")
    off = april(shifts=two, policy={"pay.legal_guard": "off"})
    assert (off["guard"]["mode"], off["deductions"]) == ("off", "733.33")
    at_limit = april(
        shifts=missed(1),
        bonuses=[{"kind": "x", "amount": "0.00"}],
        employee={"base_pay": "2200.00"},
    )
    assert at_limit["guard"]["exceeded"] is False  # 366.67 against 440.00
