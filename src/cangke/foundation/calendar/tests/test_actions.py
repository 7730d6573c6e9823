import datetime as dt

import pytest
from django.utils import translation

from cangke.foundation.calendar import actions, ports, queries
from cangke.foundation.calendar.models import CalendarDay, CalendarYear
from cangke.foundation.calendar.rules import DayKind, Opening, OpeningHours
from cangke.foundation.refusal import Refusal

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 1, 5, 3, tzinfo=dt.UTC)


def test_seeds_known_years_and_says_which():
    assert actions.seed_calendar(region="CN", years=[2026, 2099], at=AT) == [2026]
    assert not queries.is_working_day(dt.date(2026, 10, 1))
    assert queries.is_working_day(dt.date(2026, 10, 10))
    assert queries.working_day_before(dt.date(2026, 10, 8)) == dt.date(2026, 9, 30)
    assert queries.working_day_on_or_before(dt.date(2026, 5, 10)) == dt.date(2026, 5, 9)
    assert queries.is_known_year("CN", 2026)
    assert not queries.is_known_year("CN", 2099)


def test_a_holiday_is_named_in_the_readers_language_and_the_companys_words_stay():
    actions.seed_calendar(region="CN", years=[2026], at=AT)
    own = actions.set_day(
        region="CN", date=dt.date(2026, 6, 9), kind=DayKind.HOLIDAY, by=None, at=AT, name="店庆"
    )
    day = CalendarDay.objects.get(region="CN", date=dt.date(2026, 10, 1))
    assert day.title == "国庆节"
    with translation.override("en"):
        assert (day.title, own.title) == ("National Day", "店庆")


def test_in_an_unknown_year_only_the_weekend_is_free():
    assert queries.is_working_day(dt.date(2026, 10, 1))
    assert not queries.is_working_day(dt.date(2026, 10, 10))
    assert not queries.is_working_day(dt.date(2026, 10, 10), "ZZ")


def test_seeding_twice_changes_nothing_and_keeps_days_set_by_hand():
    actions.seed_calendar(region="CN", years=[2026], at=AT)
    count = CalendarDay.objects.count()
    actions.set_day(region="CN", date=dt.date(2026, 10, 1), kind=DayKind.WORKDAY, by=None, at=AT)
    actions.set_day(region="CN", date=dt.date(2026, 6, 1), kind=DayKind.HOLIDAY, by=None, at=AT)
    actions.seed_calendar(region="CN", years=[2026], at=AT)
    assert CalendarDay.objects.count() == count + 1
    assert CalendarYear.objects.count() == 1
    assert queries.is_working_day(dt.date(2026, 10, 1))
    assert not queries.is_working_day(dt.date(2026, 6, 1))


def test_an_unknown_region_is_refused_and_changes_nothing():
    with pytest.raises(Refusal):
        actions.seed_calendar(region="ZZ", years=[2026], at=AT)
    assert not CalendarYear.objects.exists()


def test_many_days_cost_one_query(django_assert_num_queries):
    actions.seed_calendar(region="CN", years=[2026], at=AT)
    with django_assert_num_queries(1):
        days = queries.working_days("CN", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
        assert days.count_working_days(dt.date(2026, 1, 1), dt.date(2026, 12, 31)) == 248


def test_setting_hours_records_what_changed():
    seen = []
    before = ports.recorded.ask
    ports.recorded.plug(lambda **values: seen.append(values))
    try:
        hours = OpeningHours("Asia/Shanghai", [Opening(0, 540, 540)])
        actions.set_opening_hours(name="网页客服", hours=hours, by=None, at=AT)
        table = actions.set_opening_hours(
            name="网页客服", hours=OpeningHours.always("Asia/Shanghai"), by=None, at=AT
        )
    finally:
        ports.recorded.plug(before)
    assert table.opening_hours().is_open(AT)
    assert [each["action"] for each in seen] == ["calendar.hours_set"] * 2
    assert seen[1]["changes"]["hours"][0] == hours.as_data()
