import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from cangke.attendance.rules import (
    LatePolicy,
    LeaveDay,
    LeavePolicy,
    PublicationPolicy,
    RestPolicy,
    count_leave,
    nearest_moment,
    place_shift,
    publication_after,
    punches_of,
    rest_entitlement,
    tier_of,
)
from cangke.attendance.wording import result_text
from cangke.foundation.wording import listed

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
DAY = dt.date(2025, 4, 3)


def moment(day, clock, zone=SHANGHAI):
    return dt.datetime.combine(
        dt.date(2025, 4, day), dt.time.fromisoformat(clock), tzinfo=zone
    ).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("minutes", "packet", "absent"),
    [(0, None, 0), (1, 10, 0), (10, 10, 0), (11, 20, 0), (20, 20, 0), (21, 50, 0), (30, 50, 0),
     (31, None, Decimal("0.5")), (600, None, Decimal("0.5"))],
)  # fmt: skip
def test_k5_the_milder_tier_has_its_limit(minutes, packet, absent):
    found, parts, days = tier_of(minutes, LatePolicy())
    assert (found, days) == (packet, absent)
    assert parts == (5 if packet else 0)


def test_minutes_before_the_beginning_are_no_lateness():
    with pytest.raises(ValueError, match="negative"):
        tier_of(-1, LatePolicy())


@pytest.mark.requirement("K1")
def test_k1_a_shift_past_midnight_belongs_to_its_first_day():
    shift = place_shift(DAY, dt.time(17), dt.time(1), SHANGHAI)
    assert (shift.date, shift.start, shift.end) == (DAY, moment(3, "17:00"), moment(4, "01:00"))
    assert shift.length_minutes == 480


@pytest.mark.parametrize(
    ("day", "zone", "start", "end", "minutes"),
    [
        (dt.date(2026, 3, 7), LOS_ANGELES, 22, 6, 420),
        (dt.date(2026, 10, 31), LOS_ANGELES, 22, 6, 540),
        (dt.date(2026, 3, 28), LONDON, 17, 1, 480),
        (dt.date(2026, 10, 24), LONDON, 17, 1, 480),
        (dt.date(2026, 3, 28), LONDON, 22, 6, 420),
    ],
)
def test_a_night_of_the_change_is_as_long_as_its_instants(day, zone, start, end, minutes):
    """Design security 80: subtracted in UTC."""
    shift = place_shift(day, dt.time(start), dt.time(end), zone)
    assert shift.length_minutes == minutes


def test_a_punch_goes_to_the_nearest_shift():
    night = place_shift(DAY, dt.time(17), dt.time(1), SHANGHAI)
    morning = place_shift(dt.date(2025, 4, 4), dt.time(8, 30), dt.time(17, 30), SHANGHAI)
    stray = moment(6, "12:00")
    given = [moment(4, "08:31"), moment(4, "01:10"), moment(4, "04:45"), stray]
    found = punches_of([morning, night], given)
    assert found[night.start] == [moment(4, "01:10"), moment(4, "04:45")]  # half way: the earlier
    assert found[morning.start] == [moment(4, "08:31")]


def test_two_punches_of_one_minute_are_one():
    shift = place_shift(DAY, dt.time(8, 30), dt.time(17, 30), SHANGHAI)
    twice = [moment(3, "08:30"), moment(3, "08:30") + dt.timedelta(seconds=40)]
    assert punches_of([shift], twice)[shift.start] == [moment(3, "08:30")]


def test_a_make_up_time_is_taken_at_its_side_of_the_night():
    end = moment(4, "01:00")
    assert nearest_moment(DAY, dt.time(1, 5), SHANGHAI, to=end) == moment(4, "01:05")
    assert nearest_moment(DAY, dt.time(23, 50), SHANGHAI, to=end) == moment(3, "23:50")


@pytest.mark.requirement("K8")
@pytest.mark.parametrize(("day", "published"), [(3, 7), (6, 7), (7, 14), (13, 14)])
def test_k8_a_week_is_published_on_its_following_monday(day, published):
    found = publication_after(dt.date(2025, 4, day), PublicationPolicy(), SHANGHAI)
    assert found == moment(published, "09:00")


@pytest.mark.requirement("K17")
@pytest.mark.parametrize(
    ("before", "employed", "days"),
    [
        ("3", 30, "2"),
        ("3.5", 30, "0"),
        ("0", 15, "1"),
        ("0", 14, "0.5"),
        ("0", 7, "0"),
        ("0", 0, "0"),
    ],
)
def test_k17_rest_days_of_a_month(before, employed, days):
    found = rest_entitlement(
        leave_days_before=Decimal(before),
        employed_days=employed,
        calendar_days=30,
        rest=RestPolicy(),
        leave=LeavePolicy(),
    )
    assert found == Decimal(days)


@pytest.mark.requirement("K18", "K28")
def test_k18_excess_is_absence_and_takes_no_pay_as_leave():
    days = [LeaveDay(DAY, Decimal(1), "personal"), LeaveDay(DAY, Decimal("0.5"), "statutory")]
    found = count_leave(days, LeavePolicy(), personal_earlier=Decimal("29.5"))
    assert (found.excess, found.days, found.spoiling) == (Decimal("0.5"), 1, Decimal("0.5"))
    assert found.wages == Decimal("0.5")
    with pytest.raises(KeyError):
        count_leave([LeaveDay(DAY, Decimal(1), "party")], LeavePolicy())


@pytest.mark.requirement("S6")
@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("minutes_late=12", "迟到 12 分钟"),
        ("minutes_early=3, extension_minutes=11", "早退 3 分钟，延长 11 分钟"),
        ("absent_days=0.5", "旷工 0.5 天"),
        ("minutes_late=31, absent_days=0.5", "旷工 0.5 天"),
        ("", "没有违规"),
    ],
)
def test_a_result_is_told_in_words(result, said):
    with translation.override("zh-hans"):
        assert result_text(result) == said


def test_lists_and_phrases_are_joined_as_the_language_does():
    """Days after a 、 in Chinese, after a comma in English."""
    with translation.override("zh-hans"):
        assert listed(["04-07", "04-08"]) == "04-07、04-08"
        assert result_text("minutes_early=3, extension_minutes=11") == "早退 3 分钟，延长 11 分钟"
    with translation.override("en"):
        assert listed(["04-07", "04-08"]) == "04-07, 04-08"
        said = result_text("minutes_early=3, extension_minutes=11")
        assert ", " in said
        assert "，" not in said
