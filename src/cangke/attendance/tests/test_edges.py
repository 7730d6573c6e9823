"""Where days, months and years meet, and what comes in the wrong order."""

import datetime as dt

import pytest

from cangke.attendance import actions, queries
from cangke.attendance.models import DayRecord, RawPunch, ShiftAssignment
from cangke.attendance.tests.factories import (
    AT,
    MONTH,
    april,
    judge,
    leave,
    local,
    make_crew,
    publish,
    punch,
)
from cangke.rulebook.models import RulebookVersion
from cangke.rulebook.public import ensure_first_version, forget
from cangke.rulebook.queries.force import trial

pytestmark = pytest.mark.django_db
LATER = local(30, "23:00")


@pytest.fixture
def crew():
    made = make_crew()
    actions.ensure(at=AT)
    ensure_first_version(at=AT)
    forget()
    return made


def work(crew, *cells):
    """Shifts of the first agent, each led by the leader: (day, kind)."""
    publish(
        crew,
        *((crew.agent, day, kind) for day, kind in cells),
        *((crew.leader, day, f"{kind}*") for day, kind in cells),
    )


def day_of(employee, day):
    return DayRecord.objects.get(employee=employee, date=april(day))


def held(**values):
    """The rulebook with other values, as a version would bring them."""
    return trial("default", {**RulebookVersion.objects.get().body["values"], **values})


def test_an_evening_followed_by_a_day_keeps_its_own_punches(crew):
    work(crew, (7, "evening"), (8, "day"))
    punch(crew.agent, local(7, "16:55"), local(8, "01:02"), local(8, "08:35"), local(8, "17:30"))
    judge(crew.agent, at=LATER)
    assert (day_of(crew.agent, 7).state, day_of(crew.agent, 7).out_at) == (
        "clean",
        local(8, "01:02"),
    )
    assert (day_of(crew.agent, 8).in_at, day_of(crew.agent, 8).minutes_late) == (
        local(8, "08:35"),
        5,
    )


def test_the_last_evening_of_the_year_belongs_to_december(crew):
    """Its punch of the new year is neither January's nor lost."""
    december, january = dt.date(2026, 12, 1), dt.date(2027, 1, 1)
    edits = [
        actions.Edit(who.pk, dt.date(2026, 12, 31), choice)
        for who, choice in ((crew.agent, "evening"), (crew.leader, "evening*"))
    ]
    actions.plan_cells(team=crew.team, month=december, edits=edits, by=None, at=AT)
    actions.publish_roster(team=crew.team, month=december, by=None, at=AT)
    punch(crew.agent, local(31, "17:07", month=12))
    out = dt.datetime(2026, 12, 31, 17, 0, tzinfo=dt.UTC)  # 01:00 on 1 January in Shanghai
    punch(crew.agent, out)
    for month in (december, january):
        judge(crew.agent, at=out + dt.timedelta(days=2), month=month)
    row = DayRecord.objects.get(employee=crew.agent)
    assert (row.date, row.minutes_late, row.out_at) == (dt.date(2026, 12, 31), 7, out)


def test_a_person_has_one_shift_a_day_and_the_later_choice_takes_its_place(crew):
    work(crew, (7, "day"))
    work(crew, (7, "evening"))
    rows = ShiftAssignment.objects.published().filter(employee=crew.agent, date=april(7))
    assert [row.shift_type.code for row in rows] == ["evening"]


@pytest.mark.parametrize(("clock", "taken"), [("05:00", True), ("02:59", True)])
def test_a_lone_early_punch_belongs_to_the_only_shift_and_is_no_absence(crew, clock, taken):
    """What is far from the shift is still the person's: the other side stays open, not absent."""
    work(crew, (7, "day"))
    punch(crew.agent, local(7, clock))
    judge(crew.agent, at=LATER)
    row = day_of(crew.agent, 7)
    assert (row.state, row.missed_out, row.absent_days) == ("open", taken, 0)


def test_punches_out_of_order_and_doubled_come_to_the_same(crew):
    work(crew, (7, "day"), (8, "day"))
    rows = [
        (crew.agent, moment, "")
        for moment in (
            local(7, "17:31"),
            local(7, "08:33"),
            local(7, "08:33"),
            local(7, "12:00"),
        )
    ]
    said = actions.take_punches(punches=rows, source="sheet", by=None, at=LATER)
    assert said == ["taken", "taken", "known", "taken"]
    assert actions.take_punches(punches=rows, source="sheet", by=None, at=LATER) == ["known"] * 4
    actions.note_synced(until={crew.agent.site_id: LATER}, at=LATER)
    judge(crew.agent, at=LATER)
    row = day_of(crew.agent, 7)
    assert (row.in_at, row.out_at, row.minutes_late) == (local(7, "08:33"), local(7, "17:31"), 3)
    assert RawPunch.objects.count() == 3


@pytest.mark.requirement("K2")
def test_a_swap_asked_before_and_decided_after_the_shift_began_moves_nothing(crew):
    """Whoever punched stays on the shift: what has begun is not given away any more."""
    one, two = crew.agents
    publish(crew, (crew.leader, 7, "day*"), (one, 7, "day"))
    made = actions.ask_swap(
        asker=one, date=april(7), partner=two, their_date=None, reason="有事",
        by=crew.account(one), at=local(7, "07:00"),
    )  # fmt: skip
    actions.answer_swap(swap_id=made.pk, agrees=True, by=crew.account(two), at=local(7, "07:30"))
    punch(one, local(7, "08:25"), local(7, "17:31"))
    with pytest.raises(actions.SwapImpossible):
        actions.decide_swap(
            swap_id=made.pk, approves=True, by=crew.account(crew.leader), at=local(7, "08:31")
        )
    judge(one, two, at=LATER)
    assert day_of(one, 7).state == "clean"
    assert not DayRecord.objects.filter(employee=two).exists()


def test_a_swap_approved_in_time_moves_the_shift_and_keeps_the_punch_on_record(crew):
    one, two = crew.agents
    publish(crew, (crew.leader, 7, "day*"), (one, 7, "day"))
    made = actions.ask_swap(
        asker=one, date=april(7), partner=two, their_date=None, reason="有事",
        by=crew.account(one), at=local(7, "07:00"),
    )  # fmt: skip
    actions.answer_swap(swap_id=made.pk, agrees=True, by=crew.account(two), at=local(7, "07:30"))
    punch(one, local(7, "08:20"))
    actions.decide_swap(
        swap_id=made.pk, approves=True, by=crew.account(crew.leader), at=local(7, "08:29")
    )
    punch(two, local(7, "08:29"), local(7, "17:31"))
    judge(one, two, at=LATER)
    assert not DayRecord.objects.filter(employee=one).exists(), "no shift, no missed punch"
    assert day_of(two, 7).state == "clean"
    assert RawPunch.objects.filter(employee=one).count() == 1


@pytest.mark.requirement("K18")
def test_leave_across_the_years_end_is_asked_for_in_two_and_counts_in_each_year(crew):
    def asked(first, last):
        return actions.ask_leave(
            employee=crew.agent, kind="personal", first=first, last=last, reason="回家",
            by=crew.account(crew.agent), at=AT,
        )  # fmt: skip

    eve, new = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
    with pytest.raises(actions.LeaveImpossible, match="分两次"):
        asked(dt.date(2026, 12, 30), dt.date(2027, 1, 2))
    for first, last in ((dt.date(2026, 12, 30), eve), (new, dt.date(2027, 1, 2))):
        actions.approve_leave(request_id=asked(first, last).pk, by=None, at=AT)
    years = [
        queries.leave_used([crew.agent.pk], dt.date(year, 1, 1), dt.date(year, 12, 31))
        for year in (2026, 2027)
    ]
    assert [sum(each.values()) for each in years] == [2, 2]
    later = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
    judged = queries.judge_months([crew.agent], dt.date(2027, 1, 1), at=later)[0]
    assert (judged.verdict.leave.days, judged.verdict.leave.excess) == (2, 0)


@pytest.mark.requirement("K14")
@pytest.mark.parametrize("called", [True, False])
def test_k14_an_emergency_is_leave_once_applied_for_and_absence_otherwise(crew, called):
    work(crew, (10, "day"), (13, "day"))
    if called:
        actions.log_call(
            employee=crew.agent, date=april(10), called_at=local(10, "07:50"), reason="发烧",
            by=crew.account(crew.leader), at=local(10, "08:00"),
        )  # fmt: skip
        leave(crew.agent, 10, emergency=True, at=local(13, "09:00"))
    judge(crew.agent, at=local(13, "23:00"))
    row = day_of(crew.agent, 10)
    assert (row.state, row.absent_days) == (("away", 0) if called else ("marked", 1))


@pytest.mark.requirement("K13", "K15")
def test_k13_leave_begun_without_approval_is_absence_until_it_is_approved(crew):
    work(crew, (10, "day"))
    asked = leave(crew.agent, 10, approve=False)
    judge(crew.agent, at=LATER)
    assert (asked.state, day_of(crew.agent, 10).absent_days) == ("asked", 1)


@pytest.mark.requirement("K28")
def test_k28_sick_leave_at_sixty_percent_is_a_row_of_the_rulebook(crew):
    """Asked for, approved and counted by a version of the rulebook that knows it; no code."""
    kinds = [
        {"kind": "personal", "name": "事假", "deducted_percent": "100", "protected": False},
        {"kind": "sick60", "name": "病假六成", "deducted_percent": "40", "protected": False},
    ]
    with pytest.raises(actions.LeaveImpossible):
        leave(crew.agent, 10, kind="sick60")
    with held(**{"leave.kinds": kinds}):
        assert leave(crew.agent, 10, kind="sick60").state == "approved"
        found = queries.judge_months([crew.agent], MONTH, at=LATER)[0].verdict.leave
        assert (float(found.wages), found.spoiling) == (0.4, 1)


@pytest.mark.requirement("K23")
def test_k23_the_rulebook_switches_the_forty_hours_on(crew):
    with held(**{"week.check": True, "week.hours": "40"}):
        made = publish(crew, *((crew.leader, 6 + n, "day*") for n in range(6)))
    assert [each["problem"] for each in made.warnings] == ["week_hours"]
