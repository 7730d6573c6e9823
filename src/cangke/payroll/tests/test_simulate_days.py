"""The days of a month, through the published simulation: late, early, missed (K1–K9, K19, K20)."""

import pytest

from cangke.payroll.public import simulate_month

from .months import april, at, lines, missed, on

pytestmark = pytest.mark.django_db
LA, LONDON = "America/Los_Angeles", "Europe/London"


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
