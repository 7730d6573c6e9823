import datetime as dt

import pytest

from cangke.attendance import actions
from cangke.attendance.models import DayRecord, PunchSource, RawPunch
from cangke.attendance.tests.factories import april, local, make_crew, publish, punch
from cangke.foundation.sheets.public import run_import

pytestmark = pytest.mark.django_db
LATER = local(20, "09:00")
REPORT = (
    "每日统计表 统计日期：2026-04-07 至 2026-04-08,,,,,,,,,,\n"
    "报表生成时间：2026-04-09 08:00,,,,,,,,,,\n"
    "姓名,考勤组,部门,工号,职位,UserId,日期,workDate,班次,上班1打卡时间,上班1打卡结果,"
    "下班1打卡时间,下班1打卡结果,迟到时长,旷工天数\n"
)


@pytest.fixture
def crew():
    made = make_crew()
    publish(
        made,
        (made.leader, 7, "day*"),
        (made.agent, 7, "day"),
        (made.leader, 8, "evening*"),
        (made.agents[1], 8, "evening"),
    )
    return made


def take(tmp_path, kind, text, **more):
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return run_import(kind, path, by=None, at=LATER, **more)


def line(person, day, came, left, *, came_result="正常", left_result="正常"):
    return (
        f"{person.name},客服,客服部,{person.number},,u1,26-04-{day:02d} 星期二,1775491200000,"
        f"白班,{came},{came_result},{left},{left_result},,\n"
    )


def minutes(person):
    rows = RawPunch.objects.filter(employee=person).order_by("minute")
    return [(each.minute + dt.timedelta(hours=8)).strftime("%d %H:%M") for each in rows]


@pytest.mark.requirement("K4")
def test_k4_raw_punches_come_in_once_and_bad_rows_say_why(crew, tmp_path):
    """Design security 84: unknown people, future and broken times are named by row."""
    crew.agents[1].employed_from = april(8)
    crew.agents[1].save()
    text = (
        "工号,姓名,打卡时间,地点\n"
        f"{crew.agent.number},,2026-04-07 08:41:30,门口\n"
        f"{crew.agent.number},,2026-04-07 08:41:50,门口\n"
        f"{crew.agent.number},,2026-04-07T17:31:00+08:00,\n"
        "99999,,2026-04-07 08:30,\n"
        f"{crew.agent.number},,2026-05-07 08:30,\n"
        f"{crew.agents[1].number},,2026-04-07 08:30,\n"
        ",查无此人,2026-04-07 08:30,\n"
        ",,2026-04-07 08:30,\n"
        f"{crew.agent.number},,昨天,\n"
    )
    report = take(tmp_path, "attendance.punches", text)
    assert (report["taken"], report["unchanged"], report["refused"]) == (2, 1, 6)
    assert minutes(crew.agent) == ["07 08:41", "07 17:31"]
    row = DayRecord.objects.get(employee=crew.agent)
    assert row.minutes_late == 11
    again = take(tmp_path, "attendance.punches", text)
    assert again["taken"] == 0
    assert RawPunch.objects.count() == 2


def test_a_trial_takes_nothing_in(crew, tmp_path):
    text = f"工号,打卡时间\n{crew.agent.number},2026-04-07 08:41\n"
    report = take(tmp_path, "attendance.punches", text, dry_run=True)
    assert report["taken"] == 1
    assert not RawPunch.objects.exists()
    assert not PunchSource.objects.exists()


@pytest.mark.requirement("K4")
def test_k4_the_daily_report_is_found_by_its_headings_and_judged_anew(crew, tmp_path):
    evening = crew.agents[1]
    text = REPORT + line(crew.agent, 7, "08:45", "17:31") + line(evening, 8, "16:58", "次日 01:02")
    report = take(tmp_path, "attendance.dingtalk", text)
    assert (report["taken"], report["refused"]) == (2, 0)
    assert minutes(crew.agent) == ["07 08:45", "07 17:31"]
    assert minutes(evening) == ["08 16:58", "09 01:02"]
    assert DayRecord.objects.get(employee=crew.agent).minutes_late == 15
    assert DayRecord.objects.get(employee=evening).state == "clean"


def test_a_time_beside_a_missed_punch_is_no_punch(crew, tmp_path):
    text = REPORT + line(crew.agent, 7, "08:30", "17:30", left_result="缺卡")
    take(tmp_path, "attendance.dingtalk", text)
    assert minutes(crew.agent) == ["07 08:30"]
    assert DayRecord.objects.get(employee=crew.agent).missed_out


def test_an_evening_without_the_word_for_the_next_day_ends_after_midnight(crew, tmp_path):
    text = REPORT + line(crew.agents[1], 8, "17:00", "01:05")
    take(tmp_path, "attendance.dingtalk", text)
    assert minutes(crew.agents[1]) == ["08 17:00", "09 01:05"]


def test_a_report_without_a_punch_makes_the_day_an_absence(crew, tmp_path):
    actions.recompute(employee_ids=[crew.agent.pk], months=[april(1)], at=local(7, "23:00"))
    text = REPORT + line(crew.agent, 7, "", "", came_result="旷工", left_result="旷工")
    report = take(tmp_path, "attendance.dingtalk", text)
    assert (report["unchanged"], report["refused"]) == (1, 0)
    assert PunchSource.objects.get(site=crew.agent.site).synced_until == local(8, "12:00")
    actions.settle_days(at=local(8, "13:00"))
    assert DayRecord.objects.get(employee=crew.agent).absent_days == 1


def test_punches_in_the_system_stay_beside_the_imported(crew, tmp_path):
    punch(crew.agent, local(7, "08:20"), local(7, "17:31"))
    take(tmp_path, "attendance.dingtalk", REPORT + line(crew.agent, 7, "08:33", "17:31"))
    assert RawPunch.objects.filter(employee=crew.agent).count() == 4
    assert DayRecord.objects.get(employee=crew.agent).minutes_late == 3


@pytest.mark.parametrize("day", ["", "2026", "26-13-01", "x"])
def test_a_day_that_is_none_is_refused(crew, tmp_path, day):
    text = REPORT + line(crew.agent, 7, "08:30", "17:30").replace("26-04-07 星期二", day)
    report = take(tmp_path, "attendance.dingtalk", text)
    assert (report["taken"], report["refused"]) == (0, 1)
