"""The manual's examples and the edges of a month, through the published simulation."""

import copy
import json
from decimal import Decimal

import pytest

from cangke.cli import main
from cangke.payroll.public import BadMonth, simulate_month

pytestmark = pytest.mark.django_db
LA, LONDON = "America/Los_Angeles", "Europe/London"
EXAMPLE = {
    "month": "2026-06",
    "site": {"zone": "Asia/Shanghai", "calendar": "CN"},
    "policy": {"pay.legal_guard": "warn"},
    "as_of": "2026-07-01T09:00:00+08:00",
    "employee": {"base_pay": "2200.00", "employed_from": "2025-01-01", "employed_to": None},
    "shifts": [{"date": "2026-06-09", "type": "day"}, {"date": "2026-06-10", "type": "evening"}],
    "punches": [
        "2026-06-09T08:33:00+08:00",
        "2026-06-09T17:31:00+08:00",
        "2026-06-11T01:26:00+08:00",
    ],
    "makeup_punches": [
        {
            "shift": "2026-06-10",
            "side": "in",
            "claimed": "16:58",
            "actual": "17:06",
            "certified": True,
        }
    ],
    "serving_until": [{"shift": "2026-06-10", "until": "2026-06-11T01:25:00+08:00"}],
    "leave": [{"date": "2026-06-12", "days": "1", "kind": "personal", "state": "approved"}],
    "rest_days_taken": "2",
    "leave_days_previous_month": "0",
    "personal_leave_days_earlier_this_year": "0",
    "packets_sent": [{"shift": "2026-06-09", "side": "in", "at": "2026-06-10T10:00:00+08:00"}],
    "performance_pay": "0.00",
    "bonuses": [{"kind": "outstanding", "amount": "300.00"}],
    "insurance_total": "0.00",
    "tax": {"scheme": "none"},
}


def april(**given):
    """A month of 30 days, 2025-04, with base 2200 and nothing else but what is given."""
    return simulate_month({"month": "2025-04", **given})


def lines(answer):
    return {each["code"]: each["amount"] for each in answer["lines"]}


def at(day, clock, zone="+08:00"):
    return f"2025-04-{day:02d}T{clock}:00{zone}"


def on(day, *clocks, kind="day", **more):
    """One shift with its punches; a clock before 06:00 lies on the next day."""
    punches = [at(day + (clock < "06:00"), clock) for clock in clocks]
    shifts = [{"date": f"2025-04-{day:02d}", "type": kind}]
    return april(shifts=shifts, punches=punches, **more)


def leave(day, days="1", kind="personal", state="approved", month="2025-04"):
    return {"date": f"{month}-{day:02d}", "days": days, "kind": kind, "state": state}


def missed(*days, month="2025-04"):
    return [{"date": f"{month}-{day:02d}", "type": "day"} for day in days]


def test_the_published_example_comes_out_exactly():
    answer = simulate_month(copy.deepcopy(EXAMPLE))
    assert answer["days"][0] | {"explain": "…"} == {
        "date": "2026-06-09",
        "side": "in",
        "minutes_late": 3,
        "minutes_early": 0,
        "absent_days": "0",
        "clause": "K5",
        "explain": "…",
    }
    assert answer["days"][1]["extension_minutes"] == 25
    assert answer["packets"] == [
        {
            "shift": "2026-06-09",
            "side": "in",
            "reason": "late",
            "amount": "10.00",
            "parts": 5,
            "state": "sent",
            "owed": "0.00",
            "clause": "K5",
        }
    ]
    assert lines(answer) == {
        "base_pay": "2200.00",
        "bonus.outstanding": "300.00",
        "leave": "-73.33",
    }
    assert answer["lines"][-1]["explain"] == "1 × 2200.00 / 30"
    expected = {
        "absent_days": "0",
        "leave_days": "1",
        "rest_entitlement": "2",
        "rest_entitlement_next_month": "2",
        "gross": "2500.00",
        "deductions": "73.33",
        "insurance_employee": "0.00",
        "insurance_company": "0.00",
        "tax": "0.00",
        "net": "2426.67",
        "receivable": "0.00",
        "pay_due_on": "2026-07-10",
        "open_exceptions": [],
        "notices": [],
        "proposals": [],
        "guard": {"mode": "warn", "limit": "500.00", "exceeded": False, "uncollected": "0.00"},
    }
    assert {key: answer[key] for key in expected} == expected


def test_a_month_without_incident_and_the_same_bytes_twice():
    answer = april()
    assert lines(answer) == {"base_pay": "2200.00", "full_attendance": "200.00"}
    assert (answer["net"], answer["pay_due_on"]) == ("2400.00", "2025-05-09")
    assert json.dumps(april()) == json.dumps(answer)


@pytest.mark.requirement("K5")
@pytest.mark.parametrize(
    ("clock", "packet", "absent"),
    [
        ("08:30", None, "0"),
        ("08:31", "10.00", "0"),
        ("08:40", "10.00", "0"),
        ("08:41", "20.00", "0"),
        ("08:50", "20.00", "0"),
        ("08:51", "50.00", "0"),
        ("09:00", "50.00", "0"),
        ("09:01", None, "0.5"),
        ("13:00", None, "0.5"),
        ("13:01", None, "1"),
    ],
)
def test_k5_tiers_of_lateness(clock, packet, absent):
    answer = on(3, clock, "17:30")
    assert [each["amount"] for each in answer["packets"]] == ([packet] if packet else [])
    assert answer["absent_days"] == absent
    assert all(each["parts"] == 5 for each in answer["packets"])


@pytest.mark.requirement("K6")
@pytest.mark.parametrize(
    ("clock", "packet", "absent"),
    [
        ("17:30", None, "0"),
        ("17:29", "10.00", "0"),
        ("17:15", "20.00", "0"),
        ("17:00", "50.00", "0"),
        ("16:59", None, "0.5"),
        ("13:00", None, "0.5"),
        ("12:59", None, "1"),
    ],
)
def test_k6_early_leave_has_the_same_tiers(clock, packet, absent):
    answer = on(3, "08:30", clock)
    assert [each["amount"] for each in answer["packets"]] == ([packet] if packet else [])
    assert answer["absent_days"] == absent


def test_seconds_are_cut_on_both_sides():
    answer = april(
        shifts=missed(3), punches=["2025-04-03T08:30:59+08:00", "2025-04-03T17:29:30+08:00"]
    )
    assert [(each["side"], each["minutes_early"]) for each in answer["days"]] == [("out", 1)]


def test_late_and_early_are_judged_apart_and_two_halves_are_a_day():
    both = on(3, "08:35", "17:10")
    assert [(p["side"], p["amount"]) for p in both["packets"]] == [
        ("in", "10.00"),
        ("out", "20.00"),
    ]
    assert on(3, "09:05", "16:50")["absent_days"] == "1"


def test_more_than_half_in_sum_is_one_day_and_no_packet():
    answer = on(3, "08:50", "13:19")  # 20 + 251 = 271 of 540 minutes
    assert (answer["absent_days"], answer["packets"]) == ("1", [])
    assert on(3, "08:50", "13:20")["absent_days"] == "0.5"  # exactly half


@pytest.mark.requirement("K1", "K3")
def test_k3_the_shift_lasts_until_the_customer_is_served():
    served = [{"shift": "2025-04-03", "until": at(4, "01:25")}]
    answer = on(3, "17:00", "01:26", kind="evening", serving_until=served)
    assert [each["extension_minutes"] for each in answer["days"]] == [25]
    assert (answer["packets"], lines(answer)["full_attendance"]) == ([], "200.00")
    early = on(3, "17:00", "01:10", kind="evening", serving_until=served)
    assert [each["minutes_early"] for each in early["days"]] == [15]
    earlier = [{"shift": "2025-04-03", "until": at(4, "00:50")}]
    assert on(3, "17:00", "01:00", kind="evening", serving_until=earlier)["days"] == []
    off = {"shift.auto_extend": False}
    kept = on(3, "17:00", "01:10", kind="evening", serving_until=served, policy=off)
    assert kept["days"] == []


@pytest.mark.requirement("K1")
def test_k1_the_night_of_the_30th_belongs_to_april():
    night = {
        "shifts": [{"date": "2025-04-30", "type": "evening"}],
        "punches": [at(30, "17:12"), "2025-05-01T01:00:00+08:00"],
    }
    answer = april(**night)
    assert [(d["date"], d["minutes_late"]) for d in answer["days"]] == [("2025-04-30", 12)]
    assert simulate_month({"month": "2025-05", **night})["days"] == []


@pytest.mark.parametrize(
    ("zone", "date", "start", "end", "first", "out", "early"),
    [
        # the hour that is skipped, and the one that comes twice, in both places
        (LA, "2026-03-07", "22:00", "06:00", "22:00:00-08:00", "2026-03-08T06:00:00-07:00", 0),
        (LA, "2026-03-07", "22:00", "06:00", "22:00:00-08:00", "2026-03-08T05:48:00-07:00", 12),
        (LA, "2026-10-31", "22:00", "06:00", "22:00:00-07:00", "2026-11-01T06:00:00-08:00", 0),
        (LONDON, "2026-03-28", "17:00", "01:00", "17:00:00+00:00", "2026-03-29T01:00:00+00:00", 0),
        (LONDON, "2026-10-24", "17:00", "01:00", "17:00:00+01:00", "2026-10-25T01:00:00+01:00", 0),
        (LONDON, "2026-10-24", "17:00", "01:00", "17:00:00+01:00", "2026-10-25T00:51:00+01:00", 9),
    ],
)
def test_nights_of_the_clock_change_are_counted_in_instants(
    zone, date, start, end, first, out, early
):
    """Design security 80."""
    answer = simulate_month(
        {
            "month": date[:7],
            "site": {"zone": zone, "calendar": "US"},
            "shifts": [{"date": date, "type": {"start": start, "end": end}}],
            "punches": [f"{date}T{first}", out],
        }
    )
    assert [each["minutes_early"] for each in answer["days"]] == ([early] if early else [])
    assert answer["absent_days"] == "0"


@pytest.mark.requirement("K7", "K9")
@pytest.mark.parametrize(
    ("sent", "as_of", "state", "owed"),
    [
        # Thursday 3 April; published on Monday 7 April 09:00
        (None, "2025-04-07T08:59:00+08:00", "due", "10.00"),
        (None, "2025-04-07T09:00:00+08:00", "overdue", "20.00"),
        (None, "2025-04-21T09:00:00+08:00", "overdue", "20.00"),
        ("2025-04-03T10:00:00+08:00", "2025-05-01T09:00:00+08:00", "sent", "0.00"),
        ("2025-04-08T10:00:00+08:00", "2025-05-01T09:00:00+08:00", "sent", "0.00"),
        ("2025-04-08T10:00:00+08:00", "2025-04-08T09:00:00+08:00", "overdue", "20.00"),
        ("2025-04-02T10:00:00+08:00", "2025-05-01T09:00:00+08:00", "overdue", "20.00"),
    ],
)
def test_k9_a_forgotten_packet_doubles_once(sent, as_of, state, owed):
    sending = [{"shift": "2025-04-03", "side": "in", "at": sent}] if sent else []
    answer = on(3, "08:35", "17:30", packets_sent=sending, as_of=as_of)
    found = answer["packets"][0]
    assert (found["amount"], found["state"], found["owed"]) == ("10.00", state, owed)


@pytest.mark.requirement("L9")
def test_l9_packets_are_no_line_of_the_slip():
    answer = on(3, "08:35", "17:30")
    assert set(lines(answer)) == {"base_pay"}


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


@pytest.mark.requirement("K19", "K20")
def test_k20_three_are_free_the_fourth_is_not():
    def made_up(day, side="in", actual="08:42", certified=True):
        return {
            "shift": f"2025-04-{day:02d}",
            "side": side,
            "actual": actual,
            "certified": certified,
        }

    def ask(*makeups):
        days = sorted({int(each["shift"][-2:]) for each in makeups})
        punches = []
        for day in days:
            sides = [each["side"] for each in makeups if each["shift"].endswith(f"{day:02d}")]
            punches += [at(day, "17:30")] if "in" in sides and "out" not in sides else []
            punches += [at(day, "08:30")] if "out" in sides and "in" not in sides else []
        return april(shifts=missed(*days), punches=punches, makeup_punches=list(makeups))

    three = ask(made_up(1), made_up(2), made_up(3))
    assert (three["packets"], lines(three)["full_attendance"]) == ([], "200.00")
    four = ask(made_up(1), made_up(2), made_up(3), made_up(4))
    assert [(p["shift"], p["amount"]) for p in four["packets"]] == [("2025-04-04", "20.00")]
    assert "full_attendance" not in lines(four)
    end = ask(made_up(1), made_up(2), made_up(3), made_up(4, "out", "17:20"))
    assert [(p["side"], p["amount"], p["reason"]) for p in end["packets"]] == [
        ("out", "10.00", "missed_punch")
    ]
    assert lines(end)["full_attendance"] == "200.00"
    at_limit = ask(made_up(1), made_up(2), made_up(3), made_up(4, actual="09:00"))
    assert [p["amount"] for p in at_limit["packets"]] == ["50.00"]
    beyond = ask(made_up(1), made_up(2), made_up(3), made_up(4, actual="09:01"))
    assert (beyond["packets"], beyond["absent_days"]) == ([], "0.5")
    at_noon = ask(made_up(1), made_up(2), made_up(3), made_up(4, actual="17:00"))
    assert at_noon["absent_days"] == "0.5", "vouched for: over 30 minutes is half a day, no more"
    same_day = ask(made_up(1), made_up(2), made_up(3, "in"), made_up(3, "out", "17:00"))
    assert [(p["shift"], p["side"]) for p in same_day["packets"]] == [("2025-04-03", "out")]
    open_one = ask(made_up(1, certified=False), made_up(2), made_up(3), made_up(4))
    assert open_one["open_exceptions"] == [{"shift": "2025-04-01", "side": "in"}]
    assert open_one["packets"] == []


def test_one_punch_missing_stays_open_and_is_no_absence():
    answer = on(3, "08:31")
    assert answer["open_exceptions"] == [{"shift": "2025-04-03", "side": "out"}]
    assert (answer["absent_days"], answer["packets"][0]["amount"]) == ("0", "10.00")
    lone = on(3, "17:20")
    assert lone["open_exceptions"] == [{"shift": "2025-04-03", "side": "in"}]
    assert [each["minutes_early"] for each in lone["days"]] == [10]


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


@pytest.mark.requirement("K22")
def test_k22_a_single_minute_takes_the_bonus():
    assert lines(april(rest_days_taken="2"))["full_attendance"] == "200.00"
    assert "full_attendance" not in lines(on(3, "08:31", "17:30"))


@pytest.mark.requirement("L1", "L8")
def test_l8_attendance_flows_into_pay():
    answer = april(performance_pay="600.00", rest_days_taken="1", leave=[leave(8)])
    assert lines(answer) == {
        "base_pay": "2200.00",
        "performance_pay": "600.00",
        "unused_rest": "73.33",
        "leave": "-73.33",
    }
    assert answer["net"] == "2800.00"
    whole = april(performance_pay="600.00")
    assert whole["gross"] == "3000.00"


@pytest.mark.requirement("L4")
@pytest.mark.parametrize(
    ("total", "employee", "company"),
    [("1000", "300.00", "700.00"), ("1180.55", "354.17", "826.38"), ("0.05", "0.02", "0.03")],
)
def test_l4_insurance_is_split_and_the_company_takes_the_rest(total, employee, company):
    """Design security 87: the parts sum to the whole."""
    answer = april(insurance_total=total)
    assert (answer["insurance_employee"], answer["insurance_company"]) == (employee, company)
    assert lines(answer)["insurance"] == f"-{employee}"
    assert Decimal(employee) + Decimal(company) == Decimal(total)


@pytest.mark.requirement("L5")
def test_l5_the_daily_wage_is_never_rounded_alone():
    answer = simulate_month({"month": "2025-05", "leave": [leave(8, "3", month="2025-05")]})
    assert lines(answer)["leave"] == "-212.90"  # 3 × 70.967741…, not 3 × 70.97


@pytest.mark.requirement("L3")
@pytest.mark.parametrize(
    ("month", "calendar", "due"),
    [
        ("2025-04", "CN", "2025-05-09"),  # the 10th is a Saturday
        ("2026-04", "CN", "2026-05-09"),  # Sunday; Saturday the 9th is worked
        ("2026-06", "CN", "2026-07-10"),
        ("2026-09", "CN", "2026-10-10"),  # a Saturday that is worked
        ("2027-03", "CN", "2027-04-09"),  # year unknown: weekends only
        ("2026-12", "CN", "2027-01-08"),
    ],
)
def test_l3_pay_is_due_on_the_working_day_before(month, calendar, due):
    answer = simulate_month({"month": month, "site": {"calendar": calendar}})
    assert answer["pay_due_on"] == due


@pytest.mark.parametrize(
    ("begins", "ends", "base", "entitlement", "following"),
    [
        ("2025-04-16", None, "1100.00", "1", "2"),
        ("2025-04-01", None, "2200.00", "2", "2"),
        ("2025-04-30", None, "73.33", "0", "2"),
        ("2025-04-24", None, "513.33", "0", "2"),
        ("2025-04-09", None, "1613.33", "1", "2"),
        ("2025-04-08", None, "1686.67", "1.5", "2"),
        (None, "2025-04-15", "1100.00", "1", "0"),
        (None, "2025-04-30", "2200.00", "2", "0"),
        (None, "2025-05-15", "2200.00", "2", "0.5"),
    ],
)
def test_who_joins_or_leaves_has_a_share(begins, ends, base, entitlement, following):
    person = {"employed_from": begins, "employed_to": ends}
    answer = april(employee={k: v for k, v in person.items() if v}, rest_days_taken="0")
    assert lines(answer)["base_pay"] == base
    assert answer["rest_entitlement"] == entitlement
    assert answer["rest_entitlement_next_month"] == following
    assert ("full_attendance" in lines(answer)) == (base == "2200.00")


@pytest.mark.requirement("L11")
def test_l11_corrections_of_closed_months_are_lines_of_this_one():
    answer = april(
        locked_lines=[
            {"month": "2025-03", "code": "absence", "amount": "-212.90", "now": "-35.48"},
            {"month": "2025-02", "code": "unused_rest", "amount": "157.14", "now": "78.57"},
        ]
    )
    assert lines(answer)["adjustment.2025-03"] == "177.42"
    assert lines(answer)["adjustment.2025-02"] == "-78.57"
    assert answer["gross"] == "2498.85"


def test_tax_is_withheld_cumulatively():
    first = simulate_month(
        {"month": "2026-01", "employee": {"base_pay": "20000"}, "tax": {"scheme": "cumulative"}}
    )
    assert first["tax"] == "456.00"  # (20000 + 200 − 5000) × 3 %
    earlier = [{"gross": "20200.00", "insurance_employee": "0", "withheld": "456.00"}] * 2
    third = simulate_month(
        {
            "month": "2026-03",
            "employee": {"base_pay": "20000"},
            "tax": {"scheme": "cumulative", "special_additional": "1000", "earlier": earlier},
        }
    )
    assert third["tax"] == "1028.00"  # 44600 × 10 % − 2520 − 912
    low = simulate_month({"month": "2026-01", "tax": {"scheme": "cumulative"}})
    assert (low["tax"], "tax" in lines(low)) == ("0.00", False)


@pytest.mark.requirement("S3", "S1")
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"late.tier1": "15"}, "15.00"),
        ({"late.tier1": {"to": 10, "packet": "15.00", "parts": 3}}, "15.00"),
        ({"late.tier1_to": 4}, "20.00"),
        ({"shift.day": "08:35–17:30"}, None),
    ],
)
def test_a_value_of_the_trial_takes_the_place_of_the_rulebooks(policy, expected):
    answer = on(3, "08:35", "17:30", policy=policy)
    assert [each["amount"] for each in answer["packets"]] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("policy", "code", "amount"),
    [
        ({"absence.1_day": "4"}, "absence", "-293.33"),
        ({"absence.3_days": "as_two"}, "absence", "-366.67"),
        ({"bonus.full_attendance": "0"}, "absence", "-366.67"),
        ({"pay.base": "3000"}, "base_pay", "3000.00"),
        ({"insurance.split": "60/40"}, "insurance", "-40.00"),
        ({"kpi.csat": "90"}, "base_pay", "2200.00"),
        ({"pay.daily_wage": "mean_days"}, "absence", "-505.75"),
        ({"missed_punch.off_duty_packet": {"packet": "15", "parts": 3}}, "absence", "-366.67"),
    ],
)
def test_the_published_keys_are_understood(policy, code, amount):
    answer = april(shifts=missed(3), insurance_total="100", policy=policy)
    assert lines(answer)[code] == amount


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"month": "2025-13"}, "month"),
        ({"month": None}, "month"),
        ({"surprise": 1}, "surprise"),
        ({"site": {"zone": "Mars/Base"}}, "site.zone"),
        ({"site": []}, "site"),
        ({"policy": False}, "policy"),
        ({"employee": 0}, "employee"),
        ({"tax": ""}, "tax"),
        ({"site": {"calendar": "XX"}}, "site.calendar"),
        ({"employee": {"base_pay": "-1"}}, "employee.base_pay"),
        ({"employee": {"base_pay": "1e9"}}, "employee.base_pay"),
        ({"employee": {"base_pay": True}}, "employee.base_pay"),
        ({"employee": {"employed_from": "2025-05-01"}}, "employee"),
        ({"employee": {"employed_from": "2025-04-09", "employed_to": "2025-04-08"}}, "employee"),
        ({"shifts": [{"date": "2025-05-02", "type": "day"}]}, "shifts[0].date"),
        ({"leave": [{"date": "2025-03-30", "days": "2"}]}, "leave[0].date"),
        ({"shifts": [{"date": "2025-04-31", "type": "day"}]}, "shifts[0].date"),
        ({"shifts": [{"date": "2025-04-01", "type": "night"}]}, "shifts[0].type"),
        ({"shifts": [{"date": "2025-04-01", "type": {"start": "8:30", "end": "17:30"}}]}, "start"),
        ({"shifts": [{"date": "2025-04-01", "type": "day"}] * 2}, "shifts[1].date"),
        ({"punches": ["2025-04-01T08:30:00"]}, "punches[0]"),
        ({"punches": ["yesterday"]}, "punches[0]"),
        ({"punches": "08:30"}, "punches"),
        ({"makeup_punches": [{"shift": "2025-04-01", "side": "in", "actual": "08:30"}]}, "shift"),
        ({"leave": [{"date": "2025-04-01", "days": "0.3"}]}, "leave[0].days"),
        ({"leave": [{"date": "2025-04-01", "kind": "party"}]}, "leave[0].kind"),
        ({"leave": [{"date": "2025-04-01", "kind": ["personal"]}]}, "leave[0].kind"),
        ({"leave": [{"date": "2025-04-01", "kind": {}}]}, "leave[0].kind"),
        ({"leave": [{"date": "2025-04-01"}, {"date": "2025-04-01"}]}, "leave[1].date"),
        ({"policy": {"pay.legal_guard": "sometimes"}}, "policy.pay.legal_guard"),
        ({"policy": {"pay.magic": "1"}}, "policy.pay.magic"),
        ({"policy": {"late.tier1": "-5"}}, "policy.late.tier1"),
        ({"bonuses": [{"kind": "x y", "amount": "1"}]}, "bonuses[0].kind"),
        ({"tax": {"scheme": "flat"}}, "tax.scheme"),
        ({"locked_lines": [{"month": "2025-04", "code": "x", "amount": "1", "now": "1"}]}, "month"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_place(changes, place):
    with pytest.raises(BadMonth) as refused:
        april(**changes) if "month" not in changes else simulate_month(changes)
    assert any(place in reason for reason in refused.value.reasons), refused.value.reasons


@pytest.mark.parametrize("given", [[], None, "x", {}, 3])
def test_what_is_no_object_is_refused(given):
    with pytest.raises(BadMonth):
        simulate_month(given)


def test_the_command_prints_json_and_tells_by_its_status(tmp_path, capsys):
    file = tmp_path / "month.json"
    file.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    assert main(["simulate", "month", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["net"] == "2426.67"
    file.write_text(json.dumps({**EXAMPLE, "rest_days_taken": "x", "month": "2026-06"}), "utf-8")
    assert main(["simulate", "month", str(file)]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.startswith("rest_days_taken")) == ("", True)
    for bad in ("{", "[NaN]", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        file.write_text(bad, encoding="utf-8")
        assert main(["simulate", "month", str(file)]) == 1
    assert main(["simulate", "month", str(tmp_path / "none.json")]) == 1
    with pytest.raises(SystemExit) as wrong:
        main(["simulate"])
    assert wrong.value.code == 2
