"""Months worked out by hand from the requirements, held against the simulation."""

from typing import Any

import pytest

from cangke.payroll.public import simulate_month

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L1", "L8", "K21", "X20")]
Given = dict[str, Any]


def shift(day: str, kind: object = "day") -> Given:
    return {"date": day, "type": kind}


def day(date: str, *clocks: str, zone: str = "+08:00") -> tuple[list[Given], list[str]]:
    """A day shift and its punches."""
    return [shift(date)], [f"{date}T{clock}:00{zone}" for clock in clocks]


def days(*given: tuple[list[Given], list[str]]) -> Given:
    return {
        "shifts": [each for shifts, _punches in given for each in shifts],
        "punches": [each for _shifts, punches in given for each in punches],
    }


def away(date: str, number: str = "1", kind: str = "personal", state: str = "approved") -> Given:
    return {"date": date, "days": number, "kind": kind, "state": state}


def made_up(date: str, side: str, actual: str, *, certified: bool = True) -> Given:
    return {"shift": date, "side": side, "actual": actual, "certified": certified}


TIERS = {
    "month": "2026-06",
    "employee": {"base_pay": "3000"},
    **days(
        day("2026-06-01", "08:30", "17:30"),
        day("2026-06-02", "08:40", "17:30"),
        day("2026-06-03", "08:41", "17:20"),
        day("2026-06-04", "08:51", "17:15"),
        day("2026-06-29", "08:50", "17:00"),
    ),
    "packets_sent": [
        {"shift": "2026-06-02", "side": "in", "at": "2026-06-07T23:00:00+08:00"},
        {"shift": "2026-06-03", "side": "in", "at": "2026-06-09T10:00:00+08:00"},
    ],
}
THREE_DAYS = {
    "month": "2026-05",
    "employee": {"base_pay": "3100.00"},
    "shifts": [shift("2026-05-04"), shift("2026-05-05"), shift("2026-05-06")],
    "leave": [away("2026-05-07")],
    "performance_pay": "400.00",
    "insurance_total": "1000",
    "rest_days_taken": "0",
    "locked_lines": [{"month": "2026-04", "code": "unused_rest", "amount": "50.00", "now": "0.00"}],
}
FOUR_MADE_UP = [
    made_up("2026-06-01", "in", "08:45"),
    made_up("2026-06-02", "out", "17:31"),
    made_up("2026-06-02", "in", "08:44"),
]
CHANGE = {"zone": "America/Los_Angeles", "calendar": "US"}
NIGHT = {"start": "22:00", "end": "06:00"}
WORKED: list[tuple[str, Given, Given, dict[str, str]]] = [
    (
        "a tier each, sent before and after the publication, the last week still due",
        TIERS,
        {"gross": "3000.00", "net": "3000.00", "absent_days": "0", "pay_due_on": "2026-07-10"},
        {"base_pay": "3000.00"},
    ),
    (
        "two halves and a whole day are two: ten daily wages and a notice",
        {
            "month": "2026-02",
            "employee": {"base_pay": "2800"},
            **days(
                day("2026-02-02", "09:01", "17:30"),
                day("2026-02-03", "08:30", "16:59"),
                day("2026-02-04"),
            ),
        },
        {
            "absent_days": "2",
            "notices": ["company_criticism"],
            "proposals": [],
            "net": "1800.00",
            "guard": {"mode": "warn", "limit": "560.00", "exceeded": True, "uncollected": "0.00"},
        },
        {"base_pay": "2800.00", "absence": "-1000.00"},
    ),
    (
        "two and a half days stand on the step of two",
        {
            "month": "2026-02",
            "employee": {"base_pay": "2800"},
            **days(
                day("2026-02-02", "09:01", "17:30"),
                day("2026-02-03"),
                day("2026-02-04"),
            ),
        },
        {"absent_days": "2.5", "proposals": [], "net": "1800.00"},
        {"base_pay": "2800.00", "absence": "-1000.00"},
    ),
    (
        "three days take all that was earned less the leave; insurance is owed",
        THREE_DAYS,
        {
            "gross": "3450.00",
            "deductions": "3450.00",
            "net": "0.00",
            "receivable": "300.00",
            "notices": ["company_criticism"],
            "proposals": ["dismissal"],
            "guard": {"mode": "warn", "limit": "690.00", "exceeded": True, "uncollected": "0.00"},
        },
        {
            "base_pay": "3100.00",
            "performance_pay": "400.00",
            "adjustment.2026-04": "-50.00",
            "leave": "-100.00",
            "absence": "-3350.00",
            "insurance": "-300.00",
        },
    ),
    (
        "the same where the guard caps",
        {**THREE_DAYS, "policy": {"pay.legal_guard": "cap"}},
        {
            "net": "2360.00",
            "receivable": "0.00",
            "deductions": "790.00",
            "guard": {
                "mode": "cap",
                "limit": "690.00",
                "exceeded": True,
                "uncollected": "2660.00",
            },
        },
        {
            "base_pay": "3100.00",
            "performance_pay": "400.00",
            "adjustment.2026-04": "-50.00",
            "leave": "-100.00",
            "absence": "-690.00",
            "insurance": "-300.00",
        },
    ),
    (
        "exactly a fifth is not more than a fifth",
        {
            "month": "2026-06",
            "shifts": [shift("2026-06-02")],
            "locked_lines": [{"month": "2026-05", "code": "x", "amount": "366.65", "now": "0"}],
        },
        {
            "gross": "1833.35",
            "net": "1466.68",
            "guard": {"mode": "warn", "limit": "366.67", "exceeded": False, "uncollected": "0.00"},
        },
        {"base_pay": "2200.00", "adjustment.2026-05": "-366.65", "absence": "-366.67"},
    ),
    (
        "a cent more is",
        {
            "month": "2026-06",
            "shifts": [shift("2026-06-02")],
            "locked_lines": [{"month": "2026-05", "code": "x", "amount": "366.70", "now": "0"}],
        },
        {
            "gross": "1833.30",
            "guard": {"mode": "warn", "limit": "366.66", "exceeded": True, "uncollected": "0.00"},
        },
        {"base_pay": "2200.00", "adjustment.2026-05": "-366.70", "absence": "-366.67"},
    ),
    (
        "half a cent of half a day goes up on either side",
        {
            "month": "2026-05",
            "employee": {"base_pay": "2200.07"},
            "leave": [away("2026-05-06", "0.5")],
            "rest_days_taken": "1.5",
        },
        {"gross": "2235.56", "deductions": "35.49", "net": "2200.07"},
        {"base_pay": "2200.07", "unused_rest": "35.49", "leave": "-35.49"},
    ),
    (
        "tax and half a cent of insurance in the sixth month",
        {
            "month": "2026-06",
            "employee": {"base_pay": "12000"},
            "insurance_total": "1180.55",
            "tax": {
                "scheme": "cumulative",
                "special_additional": "1500",
                "earlier": [
                    {
                        "gross": "12000",
                        "insurance_employee": "360",
                        "special_additional": "1500",
                        "withheld": "154.20",
                    }
                ]
                * 5,
            },
        },
        {
            "insurance_employee": "354.17",
            "insurance_company": "826.38",
            "tax": "160.37",
            "net": "11685.46",
        },
        {
            "base_pay": "12000.00",
            "full_attendance": "200.00",
            "insurance": "-354.17",
            "tax": "-160.37",
        },
    ),
    (
        "tax in the second bracket, due before Chinese New Year's working Saturdays are over",
        {
            "month": "2026-02",
            "employee": {"base_pay": "30000"},
            "tax": {"scheme": "cumulative", "earlier": [{"gross": "45000", "withheld": "1480"}]},
        },
        {"tax": "2520.00", "net": "27680.00", "pay_due_on": "2026-03-10"},
        {"base_pay": "30000.00", "full_attendance": "200.00", "tax": "-2520.00"},
    ),
    (
        "a joiner of the 16th",
        {
            "month": "2026-04",
            "employee": {"base_pay": "2200", "employed_from": "2026-04-16"},
            **days(day("2026-04-20", "08:42", "17:30")),
            "rest_days_taken": "0",
        },
        {"rest_entitlement": "1", "rest_entitlement_next_month": "2", "net": "1173.33"},
        {"base_pay": "1100.00", "unused_rest": "73.33"},
    ),
    (
        "a leaver of the 10th with four days of leave",
        {
            "month": "2026-06",
            "employee": {"base_pay": "2200", "employed_to": "2026-06-10"},
            "leave": [away("2026-06-01", "4")],
            "rest_days_taken": "0",
        },
        {
            "rest_entitlement": "0.5",
            "rest_entitlement_next_month": "0",
            "leave_days": "4",
            "net": "476.67",
        },
        {"base_pay": "733.33", "unused_rest": "36.67", "leave": "-293.33"},
    ),
    (
        "the cap of thirty days is crossed inside one request",
        {
            "month": "2026-06",
            "leave": [away("2026-06-08", "2.5")],
            "personal_leave_days_earlier_this_year": "29",
        },
        {"leave_days": "1", "absent_days": "1.5", "rest_entitlement_next_month": "2"},
        {"base_pay": "2200.00", "leave": "-73.33", "absence": "-366.67"},
    ),
    (
        "after more than three days of leave no rest day is there to be paid",
        {
            "month": "2026-06",
            "leave_days_previous_month": "3.5",
            "rest_days_taken": "0",
        },
        {"rest_entitlement": "0", "net": "2400.00"},
        {"base_pay": "2200.00", "full_attendance": "200.00"},
    ),
    (
        "sick leave is unpaid and spoils, statutory leave does neither",
        {
            "month": "2026-06",
            "leave": [away("2026-06-08", "2", "sick"), away("2026-06-10", "3", "statutory")],
        },
        {"leave_days": "5", "rest_entitlement_next_month": "2", "absent_days": "0"},
        {"base_pay": "2200.00", "leave": "-146.67"},
    ),
    (
        "the fourth make-up counts by its time, the fifth at the end costs ten",
        {
            "month": "2026-06",
            "shifts": [shift(f"2026-06-0{n}") for n in (1, 2, 3, 4, 5)],
            "punches": [
                "2026-06-01T17:30:00+08:00",
                "2026-06-03T17:30:00+08:00",
                "2026-06-04T08:30:00+08:00",
                "2026-06-05T17:30:00+08:00",
            ],
            "makeup_punches": [
                *FOUR_MADE_UP,
                made_up("2026-06-03", "in", "08:42"),
                made_up("2026-06-04", "out", "17:00"),
                made_up("2026-06-05", "in", "09:30", certified=False),
            ],
        },
        {
            "absent_days": "0",
            "open_exceptions": [{"shift": "2026-06-05", "side": "in"}],
            "net": "2200.00",
        },
        {"base_pay": "2200.00"},
    ),
    (
        "more than thirty minutes by the fourth make-up are half a day",
        {
            "month": "2026-06",
            "shifts": [shift(f"2026-06-0{n}") for n in (1, 2, 3)],
            "punches": ["2026-06-01T17:30:00+08:00", "2026-06-03T17:30:00+08:00"],
            "makeup_punches": [*FOUR_MADE_UP, made_up("2026-06-03", "in", "09:01")],
        },
        {"absent_days": "0.5", "packets": [], "net": "1980.00"},
        {"base_pay": "2200.00", "absence": "-220.00"},
    ),
    (
        "late and early on one day are judged apart: two halves",
        {"month": "2026-06", **days(day("2026-06-09", "09:01", "16:59"))},
        {"absent_days": "1", "packets": []},
        {"base_pay": "2200.00", "absence": "-366.67"},
    ),
    (
        "other hours of another set; half of them is not more than half",
        {
            "month": "2026-06",
            "policy": {"shift.day": "09:00–18:00", "work.weekly_hours": 40},
            **days(
                day("2026-06-09", "13:30", "18:00"),
                day("2026-06-10", "09:10", "18:00"),
            ),
        },
        {"absent_days": "0.5"},
        {"base_pay": "2200.00", "absence": "-220.00"},
    ),
    (
        "the night that loses an hour: 211 of 420 minutes missed are a day",
        {
            "month": "2026-03",
            "site": CHANGE,
            "shifts": [shift("2026-03-07", NIGHT)],
            "punches": ["2026-03-07T22:00:00-08:00", "2026-03-08T01:29:00-08:00"],
        },
        {"absent_days": "1", "pay_due_on": "2026-04-10"},
        {"base_pay": "2200.00", "absence": "-354.84"},
    ),
    (
        "the night that has an hour twice: 270 of 540 minutes missed are not more than half",
        {
            "month": "2026-10",
            "site": CHANGE,
            "shifts": [shift("2026-10-31", NIGHT)],
            "punches": ["2026-10-31T22:00:00-07:00", "2026-11-01T01:30:00-08:00"],
            "as_of": "2026-11-02T09:00:00-08:00",
        },
        {"absent_days": "0.5"},
        {"base_pay": "2200.00", "absence": "-212.90"},
    ),
    (
        "the last night of June, served until 01:40 of July",
        {
            "month": "2026-06",
            "shifts": [shift("2026-06-30", "evening")],
            "serving_until": [{"shift": "2026-06-30", "until": "2026-07-01T01:40:00+08:00"}],
            "punches": ["2026-06-30T16:58:00+08:00", "2026-07-01T01:40:00+08:00"],
        },
        {"absent_days": "0", "packets": [], "net": "2400.00"},
        {"base_pay": "2200.00", "full_attendance": "200.00"},
    ),
    (
        "the last evening of the year belongs to December",
        {
            "month": "2026-12",
            "shifts": [shift("2026-12-31", "evening")],
            "punches": ["2026-12-31T17:21:00+08:00", "2027-01-01T01:00:00+08:00"],
            "as_of": "2027-01-04T08:59:00+08:00",
        },
        {
            "absent_days": "0",
            "pay_due_on": "2027-01-08",
            "packets": [
                {
                    "shift": "2026-12-31",
                    "side": "in",
                    "reason": "late",
                    "amount": "50.00",
                    "parts": 5,
                    "state": "due",
                    "owed": "50.00",
                    "clause": "K5",
                }
            ],
        },
        {"base_pay": "2200.00"},
    ),
    (
        "leave that was refused and no punch is a day of absence",
        {
            "month": "2026-06",
            "shifts": [shift("2026-06-10")],
            "leave": [away("2026-06-10", state="refused")],
        },
        {"absent_days": "1", "leave_days": "0", "rest_entitlement_next_month": "2"},
        {"base_pay": "2200.00", "absence": "-366.67"},
    ),
]


@pytest.mark.parametrize(
    ("given", "expected", "amounts"),
    [each[1:] for each in WORKED],
    ids=[each[0] for each in WORKED],
)
def test_a_month_worked_out_by_hand(given: Given, expected: Given, amounts: dict[str, str]):
    answer = simulate_month(given)
    assert {each["code"]: each["amount"] for each in answer["lines"]} == amounts
    assert {key: answer[key] for key in expected} == expected


@pytest.mark.requirement("K5", "K6", "K7", "K9")
def test_the_packets_of_the_first_month():
    """Doubled where the Monday of their week has passed them by: not those of the last week."""
    told = [
        (each["shift"][-2:], each["side"], each["amount"], each["state"], each["owed"])
        for each in simulate_month(TIERS)["packets"]
    ]
    assert told == [
        ("02", "in", "10.00", "sent", "0.00"),
        ("03", "in", "20.00", "sent", "0.00"),
        ("03", "out", "10.00", "overdue", "20.00"),
        ("04", "in", "50.00", "overdue", "100.00"),
        ("04", "out", "20.00", "overdue", "40.00"),
        ("29", "in", "20.00", "due", "20.00"),
        ("29", "out", "50.00", "due", "50.00"),
    ]


@pytest.mark.requirement("K20")
def test_the_packets_of_make_ups_beyond_the_free_ones():
    given = next(each[1] for each in WORKED if each[0].startswith("the fourth make-up"))
    told = [
        (each["shift"][-2:], each["side"], each["reason"], each["amount"], each["parts"])
        for each in simulate_month(given)["packets"]
    ]
    assert told == [("03", "in", "late", "20.00", 5), ("04", "out", "missed_punch", "10.00", 5)]
