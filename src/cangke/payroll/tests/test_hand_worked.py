"""Rare months, each worked out on paper from the requirements first; the sums stand beside them."""

from typing import Any

import pytest

from cangke.payroll.public import simulate_month

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("X20", "L1", "L5", "L8")]
Given = dict[str, Any]


def played(month: str, base: str = "2200.00", *, clocks: Given | None = None, **more: Any) -> Given:
    """Play a month through; ``clocks`` are day shifts with their punches by Shanghai time."""
    employee = {"base_pay": base, **more.pop("employee", {})}
    clocks = clocks or {}
    return simulate_month(
        {
            "month": month,
            "employee": employee,
            "shifts": [{"date": f"{month}-{day}", "type": "day"} for day in clocks],
            "punches": [
                f"{month}-{day}T{clock}:00+08:00" for day, both in clocks.items() for clock in both
            ],
            **more,
        }
    )


def lines(answer: Given) -> dict[str, str]:
    return {each["code"]: each["amount"] for each in answer["lines"]}


def packets(answer: Given) -> list[tuple[str, ...]]:
    return [
        (each["shift"], each["side"], each["amount"], each["state"], each["owed"])
        for each in answer["packets"]
    ]


@pytest.mark.parametrize(
    ("month", "begins", "ends", "base", "rest", "expected"),
    [
        # 2200 × 1/30 = 73.33; rest 2 × 1/30 = 0.07, rounded down to 0
        ("2026-06", "2026-06-10", "2026-06-10", "2200.00", "0", {"base_pay": "73.33"}),
        # the 31st: 3100 × 1/31 = 100.00
        ("2026-01", "2026-01-31", None, "3100.00", "0", {"base_pay": "100.00"}),
        # 2200 × 15/30; rest 2 × 15/30 = 1, not taken: 2200/30 = 73.33
        (
            "2026-06",
            "2025-01-01",
            "2026-06-15",
            "2200.00",
            "1",
            {"base_pay": "1100.00", "unused_rest": "73.33"},
        ),
        # 2200 × 8/30 = 586.67; rest 2 × 8/30 = 0.53, down to 0.5: 0.5 × 73.33… = 36.67
        (
            "2026-06",
            "2026-06-23",
            None,
            "2200.00",
            "0.5",
            {"base_pay": "586.67", "unused_rest": "36.67"},
        ),
    ],
)
def test_who_is_there_for_some_days(month, begins, ends, base, rest, expected):
    answer = played(
        month, base, employee={"employed_from": begins, "employed_to": ends}, rest_days_taken="0"
    )
    assert answer["rest_entitlement"] == rest
    assert lines(answer) == expected


def test_half_a_day_of_absence_in_february():
    """3 × 2200/28 = 235.71; rest 2 × 2200/28 = 157.14; gross 2357.14, of it 20 % = 471.43."""
    answer = played("2026-02", clocks={"03": ("09:01", "17:30")}, rest_days_taken="0")
    assert lines(answer) == {"base_pay": "2200.00", "unused_rest": "157.14", "absence": "-235.71"}
    assert (answer["net"], answer["guard"]["limit"]) == ("2121.43", "471.43")


def test_two_halves_on_one_day_of_july():
    """31 late and 31 early are a day: 5 × 2200/31 = 354.84, one figure and no packet."""
    answer = played("2026-07", clocks={"14": ("09:01", "16:59")})
    assert (answer["absent_days"], answer["packets"]) == ("1", [])
    assert lines(answer) == {"base_pay": "2200.00", "absence": "-354.84"}


@pytest.mark.requirement("K18")
def test_the_thirty_days_end_within_half_a_day_of_leave():
    """28.5 + 1 = 29.5; + 1 = 30.5, half too much; + 0.5: all of it. Leave 1.5 × 73.33… = 110.00."""
    answer = played(
        "2026-06",
        leave=[
            {"date": f"2026-06-{day}", "days": days, "kind": "personal", "state": "approved"}
            for day, days in (("10", "1"), ("11", "1"), ("12", "0.5"))
        ],
        personal_leave_days_earlier_this_year="28.5",
    )
    assert answer["absent_days"] == "1"
    assert lines(answer) == {"base_pay": "2200.00", "leave": "-110.00", "absence": "-366.67"}


@pytest.mark.requirement("X9")
@pytest.mark.parametrize(
    ("zone", "calendar", "month", "day", "punches", "absent", "absence"),
    [
        # 22:00–06:00 over the lost hour is 420 minutes; 225 > 210: a day, 5 × 3100/31
        (
            "America/Los_Angeles",
            "US",
            "2026-03",
            "07",
            ["2026-03-08T01:45:00-08:00", "2026-03-08T06:00:00-07:00"],
            "1",
            "-500.00",
        ),
        # over the hour that comes twice it is 540; 270 is not more than half: 3 × 3100/31
        (
            "Europe/London",
            "GB",
            "2026-10",
            "24",
            ["2026-10-25T01:30:00+00:00", "2026-10-25T06:00:00+00:00"],
            "0.5",
            "-300.00",
        ),
    ],
)
def test_half_of_a_night_is_half_of_what_the_clocks_make_of_it(
    zone, calendar, month, day, punches, absent, absence
):
    answer = simulate_month(
        {
            "month": month,
            "site": {"zone": zone, "calendar": calendar},
            "employee": {"base_pay": "3100.00"},
            "shifts": [{"date": f"{month}-{day}", "type": {"start": "22:00", "end": "06:00"}}],
            "punches": punches,
        }
    )
    assert answer["absent_days"] == absent
    assert lines(answer) == {"base_pay": "3100.00", "absence": absence}


@pytest.mark.requirement("K1", "K6")
def test_who_leaves_early_after_the_months_last_midnight():
    """00:40 of the evening shift of 30 June: 20 minutes, of June; published on 6 July only."""
    answer = simulate_month(
        {
            "month": "2026-06",
            "shifts": [{"date": "2026-06-30", "type": "evening"}],
            "punches": ["2026-06-30T17:00:00+08:00", "2026-07-01T00:40:00+08:00"],
        }
    )
    assert packets(answer) == [("2026-06-30", "out", "20.00", "due", "20.00")]
    assert lines(answer) == {"base_pay": "2200.00"}


def test_without_a_site_the_clock_is_that_of_shanghai():
    """00:31 UTC is 08:31: a minute late."""
    answer = simulate_month(
        {
            "month": "2026-06",
            "shifts": [{"date": "2026-06-09", "type": "day"}],
            "punches": ["2026-06-09T00:31:00+00:00", "2026-06-09T09:30:00+00:00"],
        }
    )
    assert answer["days"][0]["minutes_late"] == 1
    # Published on Monday the 15th, and nothing was sent: doubled once by 1 July.
    assert packets(answer) == [("2026-06-09", "in", "10.00", "overdue", "20.00")]


def test_half_cents_go_up_on_both_sides_of_zero():
    """3000.30/30 = 100.01; half a day of leave is 50.005, and 30 % of 33.35 is 10.005."""
    answer = played(
        "2026-06",
        "3000.30",
        leave=[{"date": "2026-06-12", "days": "0.5", "kind": "personal", "state": "approved"}],
        rest_days_taken="1",
        insurance_total="33.35",
    )
    assert lines(answer) == {
        "base_pay": "3000.30",
        "unused_rest": "100.01",
        "leave": "-50.01",
        "insurance": "-10.01",
    }
    assert (answer["insurance_company"], answer["net"]) == ("23.34", "3040.29")


@pytest.mark.requirement("K20", "K19")
def test_the_make_up_nobody_vouches_for_is_not_one_of_the_three():
    """Those of the 1st, 2nd and 4th are free, the 3rd stays open, the 8th is 12 minutes late."""
    days = ("01", "02", "03", "04", "08")
    answer = simulate_month(
        {
            "month": "2026-06",
            "shifts": [{"date": f"2026-06-{day}", "type": "day"} for day in days],
            "punches": [f"2026-06-{day}T17:30:00+08:00" for day in days],
            "makeup_punches": [
                {
                    "shift": f"2026-06-{day}",
                    "side": "in",
                    "claimed": "08:30",
                    "actual": "08:42",
                    "certified": day != "03",
                }
                for day in days
            ],
            "as_of": "2026-06-12T12:00:00+08:00",
        }
    )
    assert packets(answer) == [("2026-06-08", "in", "20.00", "due", "20.00")]
    assert [(each["shift"], each["side"]) for each in answer["open_exceptions"]] == [
        ("2026-06-03", "in")
    ]


@pytest.mark.requirement("K9")
def test_an_odd_packet_doubles_to_the_cent():
    answer = played("2026-06", clocks={"09": ("08:33", "17:30")}, policy={"late.tier1": "9.99"})
    assert packets(answer) == [("2026-06-09", "in", "9.99", "overdue", "19.98")]


@pytest.mark.requirement("L12", "K21")
def test_three_days_of_absence_under_the_cap():
    """All of 3000 would be withheld, of it 20 % = 600 is; rest not taken is not paid."""
    answer = simulate_month(
        {
            "month": "2026-04",
            "policy": {"pay.legal_guard": "cap"},
            "employee": {"base_pay": "3000.00"},
            "shifts": [{"date": f"2026-04-{day}", "type": "day"} for day in ("07", "08", "09")],
            "rest_days_taken": "0",
        }
    )
    assert lines(answer) == {"base_pay": "3000.00", "absence": "-600.00"}
    assert answer["guard"] == {
        "mode": "cap",
        "limit": "600.00",
        "exceeded": True,
        "uncollected": "2400.00",
    }
    assert (answer["net"], answer["receivable"]) == ("2400.00", "0.00")
    assert (answer["notices"], answer["proposals"]) == (["company_criticism"], ["dismissal"])
