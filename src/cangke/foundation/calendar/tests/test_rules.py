import datetime as dt
from datetime import UTC

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cangke.foundation.calendar import rules
from cangke.foundation.calendar.rules import DayKind, Opening, OpeningHours, Span, WorkingDays

LA, SHANGHAI, LONDON, LORD_HOWE = (
    "America/Los_Angeles",
    "Asia/Shanghai",
    "Europe/London",
    "Australia/Lord_Howe",
)
zones = st.sampled_from([LA, SHANGHAI, LONDON, LORD_HOWE, "Asia/Kathmandu", "Pacific/Apia", "UTC"])


def utc(*parts):
    return dt.datetime(*parts, tzinfo=UTC)


def between(first, last):
    """Moments at any microsecond from the first to the last."""
    length = (last - first) // dt.timedelta(microseconds=1)
    return st.integers(0, length).map(lambda n: first + dt.timedelta(microseconds=n))


moments = between(utc(2009, 1, 1), utc(2032, 1, 1))


def test_a_day_belongs_to_the_site():
    at = utc(2026, 11, 23, 17, 0)
    assert rules.site_day(at, SHANGHAI) == dt.date(2026, 11, 24)
    assert rules.site_day(at, LA) == dt.date(2026, 11, 23)


def test_refuses_a_naive_moment_and_an_unknown_zone():
    with pytest.raises(ValueError, match="zone"):
        rules.site_day(utc(2026, 1, 1).replace(tzinfo=None), SHANGHAI)
    for name in ("Mars/Base", "../../etc/passwd", "", "Asia/Shanghai\x00"):
        with pytest.raises(rules.UnknownZone):
            rules.site_zone(name)


def test_a_night_shift_over_the_change_of_the_clock_is_an_hour_shorter():
    start = rules.local_moment(dt.date(2026, 3, 7), 22 * 60, LA)
    end = rules.local_moment(dt.date(2026, 3, 7), 30 * 60, LA)
    assert rules.minutes_between(start, end) == 7 * 60
    start = rules.local_moment(dt.date(2026, 10, 31), 22 * 60, LA)
    end = rules.local_moment(dt.date(2026, 10, 31), 30 * 60, LA)
    assert rules.minutes_between(start, end) == 9 * 60


def test_minutes_between_ignores_the_wall_clock_of_the_zone():
    zone = rules.site_zone(LA)
    start = dt.datetime(2026, 3, 7, 22, tzinfo=zone)
    end = dt.datetime(2026, 3, 8, 6, tzinfo=zone)
    assert (end - start) == dt.timedelta(hours=8)
    assert rules.minutes_between(start, end) == 420


def test_a_skipped_time_moves_forward_and_a_doubled_one_has_two_moments():
    skipped = rules.local_moment(dt.date(2026, 3, 8), 150, LA)
    assert skipped == utc(2026, 3, 8, 10, 30)
    assert rules.local_moment(dt.date(2026, 3, 8), 150, LA, later=True) == skipped
    assert rules.local_moment(dt.date(2026, 11, 1), 90, LA) == utc(2026, 11, 1, 8, 30)
    assert rules.local_moment(dt.date(2026, 11, 1), 90, LA, later=True) == utc(2026, 11, 1, 9, 30)


@given(at=moments, zone=zones)
def test_a_moment_lies_within_the_bounds_of_its_day(at, zone):
    start, end = rules.day_bounds(rules.site_day(at, zone), zone)
    assert start <= at < end


# --- opening hours

spans = st.builds(Span, st.integers(0, 1439), st.integers(1, 1440))
hours = st.builds(
    OpeningHours,
    zone=zones,
    weekly=st.lists(
        st.builds(Opening, st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)),
        max_size=8,
    ),
    exceptions=st.dictionaries(
        st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        st.lists(spans, max_size=3),
        max_size=5,
    ),
)
around_2026 = between(utc(2026, 1, 1), utc(2026, 12, 31))


def open_by_scan(hours: OpeningHours, at: dt.datetime) -> bool:
    """The plainest reading: some span of the last days covers the moment."""
    day = rules.site_day(at, hours.zone)
    for back in range(3):
        for span in hours.spans_on(day - dt.timedelta(days=back)):
            started = rules.local_moment(
                day - dt.timedelta(days=back), span.start_minute, hours.zone
            )
            ended = rules.local_moment(
                day - dt.timedelta(days=back),
                span.start_minute + span.length_minutes,
                hours.zone,
                later=True,
            )
            if started <= at < ended:
                return True
    return False


@given(hours=hours, at=around_2026)
@settings(max_examples=300)
def test_open_as_the_spans_say(hours, at):
    assert hours.is_open(at) == open_by_scan(hours, at)


@given(hours=hours, start=around_2026, minutes=st.integers(0, 3000))
@example(OpeningHours.always(LA), utc(2026, 3, 8), 2880)
def test_open_seconds_equal_a_count_minute_by_minute(hours, start, minutes):
    start = start.replace(second=0, microsecond=0)
    counted = sum(open_by_scan(hours, start + dt.timedelta(minutes=n)) for n in range(minutes))
    end = start + dt.timedelta(minutes=minutes)
    assert hours.open_seconds_between(start, end) == counted * 60


@given(hours=hours, points=st.lists(around_2026, min_size=3, max_size=3))
def test_open_seconds_add_up(hours, points):
    first, second, third = sorted(points)
    assert hours.open_seconds_between(first, third) == pytest.approx(
        hours.open_seconds_between(first, second) + hours.open_seconds_between(second, third)
    )


@given(hours=hours, at=around_2026)
def test_the_next_opening_is_open_and_nothing_before_it_is(hours, at):
    opening = hours.next_opening(at)
    if opening is None:
        assert hours.open_seconds_between(at, at + dt.timedelta(days=30)) == 0
        return
    assert opening >= at
    assert hours.is_open(opening)
    assert hours.open_seconds_between(at, opening) == 0
    if hours.is_open(at):
        assert opening == at


@given(hours=hours, at=around_2026, seconds=st.integers(1, 200_000))
def test_the_moment_after_open_seconds_has_exactly_these_behind_it(hours, at, seconds):
    due = hours.after_open_seconds(at, seconds)
    if due is not None:
        assert hours.open_seconds_between(at, due) == pytest.approx(seconds)


@given(hours=hours)
def test_hours_survive_storage(hours):
    again = OpeningHours.from_data(hours.as_data())
    assert again.as_data() == hours.as_data()


def test_a_day_the_zone_skipped_has_no_hours():
    desk = OpeningHours("Pacific/Apia", [Opening(4, 540, 60), Opening(5, 0, 600)])
    skipped = dt.date(2011, 12, 30)
    assert rules.day_bounds(skipped, desk.zone)[0] == rules.day_bounds(skipped, desk.zone)[1]
    start = rules.local_moment(dt.date(2011, 12, 29), 0, desk.zone)
    assert desk.open_seconds_between(start, start + dt.timedelta(days=2)) == 600 * 60


def test_an_evening_past_midnight_several_spans_and_exceptions():
    desk = OpeningHours(
        SHANGHAI,
        [Opening(0, 9 * 60, 180), Opening(0, 13 * 60 + 30, 270), Opening(0, 20 * 60, 360)],
        {dt.date(2026, 11, 30): [], dt.date(2026, 12, 1): [Span(600, 60)]},
    )
    monday = dt.date(2026, 11, 23)

    def at(minute):
        return rules.local_moment(monday, minute, SHANGHAI)

    assert desk.is_open(at(9 * 60))
    assert not desk.is_open(at(12 * 60))
    assert desk.next_opening(at(12 * 60)) == at(13 * 60 + 30)
    assert desk.is_open(at(25 * 60 + 59))
    assert not desk.is_open(at(26 * 60))
    assert desk.next_closing(at(20 * 60)) == at(26 * 60)
    assert desk.open_seconds_between(at(0), at(30 * 60)) == (180 + 270 + 360) * 60
    assert desk.next_opening(at(26 * 60)) == rules.local_moment(dt.date(2026, 12, 1), 600, SHANGHAI)


def test_never_open_and_always_open():
    at = utc(2026, 5, 1)
    assert OpeningHours(LA).next_opening(at) is None
    assert OpeningHours(LA).after_open_seconds(at, 60) is None
    assert OpeningHours.always(LA).open_seconds_between(at, at + dt.timedelta(days=400)) == 34560000
    assert OpeningHours.always(LA).next_closing(at) is None
    assert OpeningHours.always(LA).open_seconds_between(at, at - dt.timedelta(1)) == 0


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("", ""),
        ("9:00-18:00", "09:00-18:00"),
        ("13:30–18:00，09:00~12:00", "09:00-12:00, 13:30-18:00"),
        ("20:00-02:00", "20:00-02:00"),
        ("0:00-24:00", "00:00-24:00"),
        ("08:00-08:00", "08:00-08:00"),
    ],
)
def test_reads_hours_as_people_type_them(text, spelled):
    assert rules.spell_spans(rules.parse_spans(text)) == spelled
    assert rules.parse_spans(spelled) == rules.parse_spans(text)


@pytest.mark.parametrize(
    "text", ["9-18", "25:00-26:00", "09:60-10:00", "09:00-18:00, 17:00-19:00", "09:00-24:30", "x"]
)
def test_refuses_hours_that_are_none(text):
    with pytest.raises(ValueError, match=r".+"):
        rules.parse_spans(text)


@pytest.mark.parametrize(
    "data", [{}, {"zone": "Nowhere"}, {"zone": SHANGHAI, "weekly": [[9, 0, 1]]},
             {"zone": SHANGHAI, "weekly": [[1, 0]]}, {"zone": SHANGHAI, "exceptions": {"x": []}},
             {"zone": SHANGHAI, "exceptions": []}],
)  # fmt: skip
def test_refuses_stored_hours_that_are_none(data):
    if data == {"zone": SHANGHAI, "exceptions": []}:
        assert OpeningHours.from_data(data).exceptions == {}
        return
    with pytest.raises(ValueError, match=r".*"):
        OpeningHours.from_data(data)


# --- working days


@pytest.mark.requirement("AMB-27")
def test_due_on_the_tenth_or_the_working_day_before():
    days = rules.working_days_of("CN", [2026])
    assert days.on_or_before(dt.date(2026, 7, 10)) == dt.date(2026, 7, 10)
    assert days.on_or_before(dt.date(2026, 5, 10)) == dt.date(2026, 5, 9)  # make-up Saturday
    assert days.on_or_before(dt.date(2026, 10, 10)) == dt.date(2026, 10, 10)  # make-up Saturday
    plain = WorkingDays()
    assert plain.on_or_before(dt.date(2026, 10, 10)) == dt.date(2026, 10, 9)


def test_published_days_of_china():
    days = rules.published_days("CN", 2026)
    assert days[dt.date(2026, 10, 1)][0] == DayKind.HOLIDAY
    assert days[dt.date(2026, 2, 14)][0] == DayKind.WORKDAY
    assert all(day.year == 2026 for day in days)
    assert rules.published_days("CN", 2099) is None


def test_published_days_have_english_names_where_they_are_published():
    october = dt.date(2026, 10, 1)
    assert rules.english_names("CN", 2026)[october] == "National Day"
    assert rules.published_days("CN", 2026, language="zh_CN")[october][1] == "国庆节"
    assert rules.english_names("ZZ", 2026) == {}


def test_published_days_elsewhere():
    assert dt.date(2026, 7, 3) in rules.published_days("US", 2026)
    assert dt.date(2026, 3, 31) in rules.published_days("US-CA", 2026)
    assert rules.working_days_of("AE", [2026]).weekend != {4}
    for region in ("ZZ", "US-ZZ", "", "../x"):
        with pytest.raises(rules.UnknownRegion):
            rules.published_days(region, 2026)


def test_counts_and_adds_working_days():
    days = rules.working_days_of("CN", [2026])
    assert days.count_working_days(dt.date(2026, 10, 1), dt.date(2026, 10, 10)) == 3
    assert days.add_working_days(dt.date(2026, 9, 30), 1) == dt.date(2026, 10, 8)
    assert days.add_working_days(dt.date(2026, 10, 8), -1) == dt.date(2026, 9, 30)
    assert days.working_day_after(dt.date(2026, 9, 30)) == dt.date(2026, 10, 8)
    assert days.on_or_after(dt.date(2026, 10, 1)) == dt.date(2026, 10, 8)
    assert days.working_day_before(dt.date(2026, 10, 8)) == dt.date(2026, 9, 30)


def test_an_endless_holiday_is_an_error_not_a_loop():
    free = WorkingDays(weekend=frozenset(range(7)))
    with pytest.raises(ValueError, match="two months"):
        free.on_or_before(dt.date(2026, 1, 1))
