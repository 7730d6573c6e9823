"""Unusual months, worked out by hand from the rules before the machine was asked (X20)."""

import pytest

from cangke.payroll.queries import simulate_month

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("X20")]


def lines(answer):
    return {each["code"]: each["amount"] for each in answer["lines"]}


def packets(answer):
    return [
        (each["shift"], each["side"], each["amount"], each["state"], each["owed"])
        for each in answer["packets"]
    ]


def test_the_evening_before_the_hour_comes_twice_in_los_angeles():
    """Ten minutes late on 31 October; out at the first 01:00; not published before 2 November."""
    answer = simulate_month(
        {
            "month": "2026-10",
            "site": {"zone": "America/Los_Angeles", "calendar": "US"},
            "employee": {"base_pay": "3100.00"},
            "rest_days_taken": "0",
            "shifts": [{"date": "2026-10-31", "type": "evening"}],
            "punches": ["2026-10-31T17:10:59-07:00", "2026-11-01T01:00:00-07:00"],
        }
    )
    assert packets(answer) == [("2026-10-31", "in", "10.00", "due", "10.00")]
    assert lines(answer) == {"base_pay": "3100.00", "unused_rest": "200.00"}
    assert (answer["net"], answer["pay_due_on"]) == ("3300.00", "2026-11-10")


def test_the_evening_whose_end_does_not_exist_in_london():
    """01:00 on 29 March is no time there; who leaves an hour later has not left early."""
    answer = simulate_month(
        {
            "month": "2026-03",
            "site": {"zone": "Europe/London", "calendar": "GB"},
            "shifts": [{"date": "2026-03-28", "type": "evening"}],
            "punches": ["2026-03-28T16:58:00+00:00", "2026-03-29T02:00:00+01:00"],
        }
    )
    assert answer["days"] == []
    assert lines(answer) == {"base_pay": "2200.00", "full_attendance": "200.00"}


def test_a_month_looked_at_while_it_runs():
    """A packet sent a second before the publication is single; the other doubles at the hour."""
    days = {"08": "08:41", "09": "08:51"}
    answer = simulate_month(
        {
            "month": "2026-06",
            "as_of": "2026-06-15T09:00:00+08:00",
            "shifts": [{"date": f"2026-06-{day}", "type": "day"} for day in (*days, "15")],
            "punches": [
                *(f"2026-06-{day}T{clock}:00+08:00" for day, clock in days.items()),
                *(f"2026-06-{day}T17:30:00+08:00" for day in days),
                "2026-06-15T08:59:00+08:00",
            ],
            "packets_sent": [
                {"shift": "2026-06-08", "side": "in", "at": "2026-06-15T08:59:59+08:00"}
            ],
        }
    )
    assert packets(answer) == [
        ("2026-06-08", "in", "20.00", "sent", "0.00"),
        ("2026-06-09", "in", "50.00", "overdue", "100.00"),
    ]


@pytest.mark.requirement("L12", "L11", "K21")
def test_everything_is_taken_at_once_and_the_guard_caps_it():
    """Gross 7000 − 225.80; leave 375.00; of 6399.20 for absence 20 % may be taken; no tax left."""
    earlier = {"gross": "7200", "insurance_employee": "354.17", "special_additional": "1000"}
    answer = simulate_month(
        {
            "month": "2026-02",
            "policy": {"pay.legal_guard": "cap"},
            "employee": {"base_pay": "7000.00"},
            "shifts": [{"date": f"2026-02-0{day}", "type": "day"} for day in (2, 3, 4)],
            "leave": [{"date": "2026-02-10", "days": "1.5"}],
            "insurance_total": "1180.55",
            "locked_lines": [
                {"month": "2026-01", "code": "unused_rest", "amount": "451.61", "now": "225.81"}
            ],
            "tax": {
                "scheme": "cumulative",
                "special_additional": "1000",
                "earlier": [{**earlier, "withheld": "25.37"}],
            },
        }
    )
    assert lines(answer) == {
        "base_pay": "7000.00",
        "adjustment.2026-01": "-225.80",
        "leave": "-375.00",
        "absence": "-1354.84",
        "insurance": "-354.17",
    }
    assert answer["guard"] == {
        "mode": "cap",
        "limit": "1354.84",
        "exceeded": True,
        "uncollected": "5044.36",
    }
    assert (answer["gross"], answer["net"], answer["tax"]) == ("6774.20", "4690.19", "0.00")


@pytest.mark.requirement("L2", "K3")
def test_who_joins_on_the_last_day_and_serves_past_midnight():
    answer = simulate_month(
        {
            "month": "2026-01",
            "employee": {"base_pay": "3100", "employed_from": "2026-01-31"},
            "rest_days_taken": "0",
            "shifts": [{"date": "2026-01-31", "type": "evening"}],
            "punches": ["2026-01-31T17:00:59+08:00", "2026-02-01T01:26:00+08:00"],
            "serving_until": [{"shift": "2026-01-31", "until": "2026-02-01T01:25:30+08:00"}],
        }
    )
    assert lines(answer) == {"base_pay": "100.00"}
    assert [each["extension_minutes"] for each in answer["days"]] == [25]
    assert (answer["rest_entitlement"], answer["rest_entitlement_next_month"]) == ("0", "2")


@pytest.mark.requirement("K18")
def test_leave_that_crosses_the_years_limit_and_the_months_end():
    """29.5 before; of three days from the 29th two are of June: half is leave, 1.5 absence."""
    answer = simulate_month(
        {
            "month": "2026-06",
            "personal_leave_days_earlier_this_year": "29.5",
            "leave": [{"date": "2026-06-29", "days": "3", "kind": "personal"}],
            "leave_days_previous_month": "3.5",
            "rest_days_taken": "0",
        }
    )
    assert lines(answer) == {"base_pay": "2200.00", "leave": "-36.67", "absence": "-366.67"}
    assert (answer["absent_days"], answer["rest_entitlement"]) == ("1.5", "0")


@pytest.mark.requirement("K20")
def test_make_ups_count_by_their_day_and_the_one_nobody_vouches_for_stays_open():
    def made(day, side, actual, certified=True):
        shift = f"2026-06-0{day}"
        return {"shift": shift, "side": side, "actual": actual, "certified": certified}

    answer = simulate_month(
        {
            "month": "2026-06",
            "shifts": [{"date": f"2026-06-0{day}", "type": "day"} for day in (1, 2, 3, 4)],
            "punches": [
                "2026-06-02T08:20:00+08:00",
                "2026-06-03T17:31:00+08:00",
                "2026-06-04T17:31:00+08:00",
            ],
            "makeup_punches": [
                made(1, "out", "17:40"),
                made(1, "in", "08:45"),
                made(2, "out", "17:35", certified=False),
                made(3, "in", "09:01"),
                made(4, "in", "09:01"),
            ],
        }
    )
    assert answer["open_exceptions"] == [{"shift": "2026-06-02", "side": "out"}]
    assert (answer["absent_days"], lines(answer)["absence"]) == ("0.5", "-220.00")


@pytest.mark.requirement("K13", "K28")
def test_leave_that_is_only_asked_for_is_absence_and_sick_leave_is_paid_by_its_row():
    kinds = [
        {"kind": "personal", "name": "事假", "deducted_percent": "100", "protected": False},
        {"kind": "sick", "name": "病假", "deducted_percent": "40", "protected": False},
        {"kind": "statutory", "name": "法定假", "deducted_percent": "0", "protected": True},
    ]
    answer = simulate_month(
        {
            "month": "2026-04",
            "policy": {"leave.kinds": kinds},
            "shifts": [{"date": f"2026-04-0{day}", "type": "day"} for day in (7, 8, 9)],
            "leave": [
                {"date": "2026-04-07", "kind": "sick"},
                {"date": "2026-04-08", "kind": "statutory"},
                {"date": "2026-04-09", "kind": "personal", "state": "requested"},
            ],
        }
    )
    assert lines(answer) == {"base_pay": "2200.00", "leave": "-29.33", "absence": "-366.67"}
    assert (answer["absent_days"], answer["leave_days"]) == ("1", "2")


def test_insurance_beyond_pay_leaves_a_receivable():
    answer = simulate_month({"month": "2026-06", "insurance_total": "9000.10"})
    assert (answer["insurance_employee"], answer["insurance_company"]) == ("2700.03", "6300.07")
    assert (answer["net"], answer["receivable"]) == ("0.00", "300.03")
