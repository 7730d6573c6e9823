import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from cangke.attendance import actions, queries
from cangke.attendance.actions import Edit
from cangke.attendance.models import (
    DayRecord,
    PunchCorrection,
    RawPunch,
    RedPacket,
    ShiftAssignment,
    ShiftType,
)
from cangke.attendance.ports import serving_until
from cangke.attendance.queries.today import today_of
from cangke.attendance.tests.factories import (
    AT,
    MONTH,
    april,
    certified,
    judge,
    leave,
    local,
    make_crew,
    plan,
    publish,
    punch,
)
from cangke.foundation.notices.models import Notice
from cangke.people.tests.factories import make_site
from cangke.rulebook.models import Explanation, RulebookVersion
from cangke.rulebook.public import ensure_first_version, forget
from cangke.wiring import PORTS

pytestmark = pytest.mark.django_db
LATER = local(30, "23:00")


@pytest.fixture
def crew():
    made = make_crew()
    actions.ensure(at=AT)
    return made


def work(crew, *days, kind="day", who=None):
    who = who or crew.agent
    cells = [(who, day, kind) for day in days]
    cells += [(crew.leader, day, f"{kind}*") for day in days]
    publish(crew, *cells)


def day_of(employee, day):
    return DayRecord.objects.get(employee=employee, date=april(day))


def month_of(employee, at=LATER):
    return queries.judge_months([employee], MONTH, at=at)[0]


@pytest.mark.requirement("K5")
@pytest.mark.parametrize(
    ("clock", "late", "packet", "absent"),
    [
        ("08:30", 0, None, 0),
        ("08:31", 1, 10, 0),
        ("08:40", 10, 10, 0),
        ("08:41", 11, 20, 0),
        ("08:50", 20, 20, 0),
        ("08:51", 21, 50, 0),
        ("09:00", 30, 50, 0),
        ("09:01", 31, None, Decimal("0.5")),
    ],
)
def test_k5_lateness_becomes_a_day_record_and_a_packet(crew, clock, late, packet, absent):
    work(crew, 7)
    punch(crew.agent, local(7, clock), local(7, "17:30"))
    judge(crew.agent, at=LATER)
    row = day_of(crew.agent, 7)
    assert (row.minutes_late, row.absent_days) == (late, absent)
    found = RedPacket.objects.filter(employee=crew.agent).values_list("amount", "parts", "reason")
    assert list(found) == ([(packet, 5, "late")] if packet else [])
    assert row.state == ("marked" if late else "clean")


@pytest.mark.requirement("K6")
@pytest.mark.parametrize(
    ("clock", "early", "packet", "absent"),
    [("17:30", 0, None, 0), ("17:15", 15, 20, 0), ("16:59", 31, None, Decimal("0.5"))],
)
def test_k6_early_leave_has_the_same_tiers(crew, clock, early, packet, absent):
    work(crew, 7)
    punch(crew.agent, local(7, "08:20"), local(7, clock))
    judge(crew.agent, at=LATER)
    row = day_of(crew.agent, 7)
    assert (row.minutes_early, row.absent_days) == (early, absent)
    assert [each.amount for each in RedPacket.objects.all()] == ([packet] if packet else [])


@pytest.mark.requirement("K3")
def test_k3_the_shift_lasts_until_the_last_customer(crew):
    work(crew, 7, kind="evening")

    def answer(*, shifts, at):
        return {each: local(8, "01:25") for each in shifts if each[0] == crew.agent.pk}

    serving_until.plug(answer)
    try:
        punch(crew.agent, local(7, "16:55"), local(8, "01:26"))
        judge(crew.agent, at=LATER)
        row = day_of(crew.agent, 7)
        assert (row.extension_minutes, row.minutes_early, row.state) == (25, 0, "clean")
        assert row.ends_at == local(8, "01:25")
    finally:
        serving_until.plug(PORTS[serving_until])


def test_a_shift_is_not_judged_while_a_customer_is_still_served(crew):
    work(crew, 7, kind="evening")
    serving_until.plug(lambda *, shifts, at: dict.fromkeys(shifts, at))
    try:
        judge(crew.agent, at=local(8, "04:00"))
        assert day_of(crew.agent, 7).state == "waiting"
    finally:
        serving_until.plug(PORTS[serving_until])


@pytest.mark.requirement("K15")
def test_k15_without_punch_and_leave_the_day_is_absence(crew):
    work(crew, 10)
    refused = leave(crew.agent, 10, approve=False)
    actions.drop_leave(request_id=refused.pk, state="refused", at=AT)
    judge(crew.agent, at=LATER)
    row = day_of(crew.agent, 10)
    assert (row.absent_days, row.state) == (1, "marked")
    assert month_of(crew.agent).verdict.absent_days == 1


@pytest.mark.requirement("K13")
def test_k13_approved_leave_is_no_absence(crew):
    work(crew, 10, 13)
    leave(crew.agent, 10)
    judge(crew.agent, at=LATER)
    assert (day_of(crew.agent, 10).state, day_of(crew.agent, 10).absent_days) == ("away", 0)
    assert day_of(crew.agent, 13).absent_days == 1


def test_leave_approved_after_the_absence_was_found_takes_it_back(crew):
    work(crew, 10)
    judge(crew.agent, at=LATER)
    assert day_of(crew.agent, 10).absent_days == 1
    made = leave(crew.agent, 10, approve=False)
    actions.approve_leave(request_id=made.pk, by=None, at=LATER)
    assert day_of(crew.agent, 10).absent_days == 0
    actions.cancel_leave(request_id=made.pk, reason="记错", by=None, at=LATER, anytime=True)
    assert day_of(crew.agent, 10).absent_days == 1


@pytest.mark.requirement("K4")
def test_k4_the_imported_punch_decides_and_both_are_kept(crew):
    work(crew, 7)
    punch(crew.agent, local(7, "08:39"), local(7, "17:31"))
    judge(crew.agent, at=LATER)
    assert day_of(crew.agent, 7).minutes_late == 9
    punch(crew.agent, local(7, "08:41"), local(7, "17:31"), source="sheet")
    judge(crew.agent, at=LATER)
    assert day_of(crew.agent, 7).minutes_late == 11
    assert RawPunch.objects.count() == 4
    assert RedPacket.objects.get().amount == 20


def test_nobody_is_absent_before_the_outside_clock_has_reported(crew):
    work(crew, 7, 8)
    actions.note_synced(until={crew.agent.site_id: local(7, "17:00")}, at=local(7, "18:00"))
    judge(crew.agent, at=LATER)
    assert [day_of(crew.agent, n).state for n in (7, 8)] == ["waiting", "waiting"]
    actions.note_synced(until={crew.agent.site_id: local(8, "12:00")}, at=LATER)
    actions.note_synced(until={crew.agent.site_id: local(6, "12:00")}, at=LATER)
    judge(crew.agent, at=LATER)
    assert [day_of(crew.agent, n).state for n in (7, 8)] == ["marked", "waiting"]


def test_a_shift_is_judged_a_while_after_its_end(crew):
    work(crew, 7)
    punch(crew.agent, local(7, "08:20"))
    actions.settle_days(at=local(7, "17:31"))
    assert day_of(crew.agent, 7).state == "waiting"
    assert not Notice.objects.filter(kind="attendance.day").exists()
    actions.settle_days(at=local(7, "19:30"))
    row = day_of(crew.agent, 7)
    assert (row.state, row.missed_in, row.missed_out) == ("open", False, True)
    assert Notice.objects.filter(kind="attendance.day", account=crew.agent.account_id).count() == 1
    assert actions.settle_days(at=local(7, "19:35")) == 0, "nothing new, nothing written"


@pytest.mark.requirement("K1")
def test_k1_the_last_evening_of_april_belongs_to_april(crew):
    """Design security 84: across midnight."""
    work(crew, 30, kind="evening")
    punch(crew.agent, local(30, "17:05"), local(1, "01:00", month=5))
    judge(crew.agent, at=local(2, "09:00", month=5))
    assert day_of(crew.agent, 30).minutes_late == 5
    judge(crew.agent, at=local(2, "09:00", month=5), month=dt.date(2026, 5, 1))
    assert DayRecord.objects.filter(employee=crew.agent).count() == 1


def test_the_same_facts_give_the_same_bytes_and_write_nothing(crew, django_assert_max_num_queries):
    work(crew, 7, 8, 9)
    punch(crew.agent, local(7, "08:33"), local(7, "17:30"))
    judge(crew.agent, crew.leader, at=LATER)
    before = list(DayRecord.objects.order_by("pk").values())
    with django_assert_max_num_queries(20):
        judge(crew.agent, crew.leader, at=LATER + dt.timedelta(hours=1))
    assert list(DayRecord.objects.order_by("pk").values()) == before
    assert Explanation.objects.filter(figure="day_in").count() == 1


def test_a_verdict_keeps_clause_version_facts_and_arithmetic(crew):
    work(crew, 7)
    punch(crew.agent, local(7, "08:41"), local(7, "17:30"))
    judge(crew.agent, at=LATER)
    kept = Explanation.objects.get(figure="day_in")
    assert kept.clause == "attendance.lateness"
    assert "08:41 − 08:30 = 11 min" in str(kept.arithmetic)
    assert "08:41" in str(kept.facts)


def test_a_shift_taken_out_of_the_past_takes_its_record_along(crew):
    work(crew, 7)
    punch(crew.agent, local(7, "08:41"), local(7, "17:30"))
    judge(crew.agent, at=LATER)
    plan(crew, (crew.agent, 7, ""))
    publish(crew, at=LATER)
    assert not DayRecord.objects.filter(employee=crew.agent).exists()
    assert [(each.state, each.owed) for each in RedPacket.objects.all()] == [("void", 0)]


# --- punches


def test_two_taps_in_a_minute_are_one(crew):
    """Design security 57: doubled."""
    one, first = actions.punch(employee=crew.agent, by=None, at=local(7, "08:29"))
    two, again = actions.punch(
        employee=crew.agent, by=None, at=local(7, "08:29") + dt.timedelta(seconds=40)
    )
    assert (one.pk, first, again) == (two.pk, True, False)
    assert actions.punch(employee=crew.agent, by=None, at=local(7, "08:30"))[1]


def test_who_does_not_work_here_does_not_punch(crew):
    """Design security 84."""
    crew.agent.employed_from = april(8)
    with pytest.raises(actions.NotAtWork):
        actions.punch(employee=crew.agent, by=None, at=local(7, "08:29"))
    assert not RawPunch.objects.exists()


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (local(20, "09:06"), "打卡时间在将来"),
        (local(20, "09:05"), ""),
        (local(4, "23:59"), "打卡在入职之前"),
        (local(11, "01:00"), ""),
        (local(12, "08:00"), "打卡在离职之后"),
    ],
)
def test_impossible_punches_are_named(crew, moment, reason):
    """Design security 84: in the future, before hire, after leaving."""
    crew.agent.employed_from, crew.agent.employed_to = april(5), april(10)
    if "将来" in reason or moment == local(20, "09:05"):
        crew.agent.employed_to = None
    assert actions.why_not(crew.agent, moment, at=local(20, "09:00")) == reason


def test_imported_punches_are_taken_once(crew):
    """Design security 57: doubled."""
    rows = [(crew.agent, local(7, "08:20"), "门口"), (crew.agent, local(7, "08:20"), "门口")]
    take = {"punches": rows, "source": "sheet", "by": None, "at": LATER}
    assert actions.take_punches(**take) == ["taken", "known"]
    assert actions.take_punches(**take) == ["known", "known"]
    assert RawPunch.objects.count() == 1


def test_punches_are_never_changed_or_deleted(crew):
    punch(crew.agent, local(7, "08:20"))
    for act in (
        lambda: RawPunch.objects.update(place="x"),
        lambda: RawPunch.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


# --- make-up punches


@pytest.mark.requirement("K19")
def test_k19_a_make_up_shows_who_vouched_and_a_false_one_is_theirs(crew):
    work(crew, 7)
    punch(crew.agent, local(7, "17:31"))
    judge(crew.agent, at=LATER)
    assert day_of(crew.agent, 7).state == "open"
    leader = crew.account(crew.leader)
    made = certified(crew.agent, 7, "in", "08:29", by=leader, at=LATER)
    assert made.certified_by == leader
    assert day_of(crew.agent, 7).state == "clean"
    false = actions.prove_false(
        correction_id=made.pk, note="监控看到九点才到", by=crew.account(crew.boss), at=LATER
    )
    assert (false.state, false.certified_by) == ("false", leader)
    assert day_of(crew.agent, 7).state == "open", "the punch no longer counts"
    assert Notice.objects.filter(account=leader, kind="attendance.day").exists()
    with pytest.raises(actions.CorrectionOver):
        actions.prove_false(correction_id=made.pk, note="x", by=leader, at=LATER)


@pytest.mark.requirement("K20")
def test_k20_the_first_three_are_free_the_fourth_counts(crew):
    work(crew, 7, 8, 9, 10)
    leader = crew.account(crew.leader)
    for day in (7, 8, 9):
        punch(crew.agent, local(day, "17:31"))
        certified(crew.agent, day, "in", "08:45", by=leader, at=LATER)
    punch(crew.agent, local(10, "17:31"))
    certified(crew.agent, 10, "in", "08:42", by=leader, at=LATER)
    late = list(DayRecord.objects.filter(employee=crew.agent).order_by("date"))
    assert [each.minutes_late for each in late] == [0, 0, 0, 12]
    assert [each.amount for each in RedPacket.objects.all()] == [20]


@pytest.mark.requirement("K20")
def test_k20_the_fourth_at_the_end_costs_a_packet(crew):
    work(crew, 7, 8, 9, 10)
    for day in (7, 8, 9, 10):
        punch(crew.agent, local(day, "08:20"))
        certified(crew.agent, day, "out", "17:30", by=crew.account(crew.leader), at=LATER)
    assert [(each.amount, each.parts, each.reason) for each in RedPacket.objects.all()] == [
        (10, 5, "missed_punch")
    ]
    assert day_of(crew.agent, 10).minutes_early == 0


def test_a_make_up_asked_for_while_the_shift_runs_is_made_up_now(crew):
    work(crew, 7)
    made = actions.ask_correction(
        employee=crew.agent, date=april(7), side="in", clock=dt.time(8, 28), reason="忘了",
        by=crew.account(crew.agent), at=local(7, "08:42"),
    )  # fmt: skip
    assert (made.claimed_at, made.made_up_at) == (local(7, "08:28"), local(7, "08:42"))


@pytest.mark.parametrize(
    ("day", "clock", "at"),
    [(8, "08:30", LATER), (7, "08:30", local(7, "08:00")), (7, "17:30", local(7, "12:00"))],
)
def test_a_make_up_that_cannot_be_is_refused(crew, day, clock, at):
    work(crew, 7)
    with pytest.raises(actions.CorrectionImpossible):
        certified(crew.agent, day, "in", clock, by=crew.account(crew.leader), at=at)
    assert not PunchCorrection.objects.exists()


def test_a_side_has_one_make_up(crew):
    work(crew, 7)
    certified(crew.agent, 7, "in", "08:30", by=crew.account(crew.leader), at=LATER)
    with pytest.raises(actions.CorrectionImpossible):
        certified(crew.agent, 7, "in", "08:30", by=crew.account(crew.leader), at=LATER)


# --- a month


@pytest.mark.requirement("K22")
@pytest.mark.parametrize(("clock", "whole"), [("08:30", True), ("08:31", False)])
def test_k22_rest_days_do_not_spoil_full_attendance_a_minute_does(crew, clock, whole):
    work(crew, 7, 13, 14)
    for day in (13, 14):
        leave(crew.agent, day, kind="rest")
    punch(crew.agent, local(7, clock), local(7, "17:30"))
    found = month_of(crew.agent)
    assert found.verdict.is_clean is whole
    assert found.rest_taken == 2


@pytest.mark.requirement("K18")
def test_k18_the_31st_day_of_the_year_is_absence_of_its_month(crew):
    day = dt.date(2026, 1, 1)
    for n in range(29):
        earlier = actions.ask_leave(
            employee=crew.agent, kind="personal", first=day + dt.timedelta(days=n),
            last=day + dt.timedelta(days=n), reason="x", by=crew.account(crew.agent),
            at=dt.datetime(2025, 12, 1, tzinfo=dt.UTC),
        )  # fmt: skip
        actions.approve_leave(request_id=earlier.pk, by=None, at=AT)
    made = leave(crew.agent, 9, 10)
    assert "cap" in [each["matter"] for each in made.warnings]
    found = month_of(crew.agent)
    assert (found.verdict.leave.excess, found.verdict.absent_days) == (1, 1)


def test_many_people_take_the_same_queries(crew, django_assert_max_num_queries):
    people = [crew.agent, *make_crew(agents=5).agents]
    with django_assert_max_num_queries(10):
        queries.judge_months(people, MONTH, at=LATER)


def test_the_shift_at_hand_is_the_one_that_runs_then_the_nearest_then_todays(crew):
    from_evening = today_of(crew.agent, at=local(7, "12:00"))
    assert (from_evening.row, from_evening.side) == (None, "in")
    work(crew, 7, kind="evening")
    work(crew, 8)
    assert today_of(crew.agent, at=local(7, "09:00")).row.date == april(7)
    punch(crew.agent, local(7, "17:03"))
    running = today_of(crew.agent, at=local(8, "00:30"))
    assert (running.row.date, running.late, running.side) == (april(7), 3, "out")
    punch(crew.agent, local(8, "01:02"), local(8, "08:25"))
    assert today_of(crew.agent, at=local(8, "08:26")).came == local(8, "08:25")


@pytest.mark.requirement("S3", "K5")
def test_a_rule_changed_within_a_month_holds_from_its_day(crew):
    """Design security 86: each day keeps the version of its day, also when judged anew later."""
    ensure_first_version(at=AT)
    first = RulebookVersion.objects.get()
    second = RulebookVersion.objects.get()
    second.pk, second.number, second.effective_from = None, 2, april(15)
    second.body = {**first.body, "values": {**first.body["values"], "late.tier1": "15"}}
    second.save()
    forget()
    work(crew, 14, 15)
    for day in (14, 15):
        punch(crew.agent, local(day, "08:33"), local(day, "17:30"))
    judge(crew.agent, at=LATER)
    packets = dict(RedPacket.objects.values_list("date", "amount"))
    assert packets == {april(14): Decimal(10), april(15): Decimal(15)}
    assert [day_of(crew.agent, day).rule_version for day in (14, 15)] == [1, 2]
    kept = Explanation.objects.filter(figure="day_in").order_by("pk")
    assert [each.version_number for each in kept] == [1, 2]
    punch(crew.agent, local(14, "08:31"))
    judge(crew.agent, at=LATER + dt.timedelta(hours=1))
    again = day_of(crew.agent, 14)
    assert (again.minutes_late, again.rule_version) == (1, 1)
    forget()


@pytest.mark.requirement("K5")
def test_who_moves_to_another_zone_within_the_month_keeps_the_days_worked(crew):
    """Shifts and punches are instants: a clock elsewhere makes nobody late."""
    work(crew, 7)
    punch(crew.agent, local(7, "08:33"), local(7, "17:30"))
    judge(crew.agent, at=LATER)
    before = DayRecord.objects.filter(employee=crew.agent).values().get()
    crew.agent.site = make_site(zone="Europe/London")
    crew.agent.save()
    judge(crew.agent, at=LATER)
    after = DayRecord.objects.filter(employee=crew.agent).values().get()
    same = ("date", "starts_at", "ends_at", "in_at", "minutes_late", "minutes_early", "state")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert RedPacket.objects.get(employee=crew.agent).amount == 10


@pytest.mark.requirement("K1", "K4")
@pytest.mark.parametrize(
    ("zone", "day", "month", "hours"),
    [
        ("America/Los_Angeles", 7, 3, 7),  # the night that loses an hour
        ("America/Los_Angeles", 31, 10, 9),  # the night that has one twice
        ("Europe/London", 28, 3, 7),
        ("Europe/London", 24, 10, 9),
    ],
)
def test_a_night_of_the_change_is_worked_and_judged_by_instants(zone, day, month, hours):
    """Design security 80: planned, punched and judged where the clock changes."""
    crew = make_crew()
    actions.ensure(at=AT)
    crew.agent.site.zone = zone
    crew.agent.site.save()
    night = ShiftType.objects.create(
        code="night", name="夜班", mark="夜", start=dt.time(22), end=dt.time(6),
        break_minutes=0, tone="block", place=3,
    )  # fmt: skip
    first = dt.date(2026, month, 1)
    edits = [
        Edit(who.pk, dt.date(2026, month, day), f"{night.code}{mark}")
        for who, mark in ((crew.agent, ""), (crew.leader, "*"))
    ]
    early = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    actions.plan_cells(team=crew.team, month=first, edits=edits, by=None, at=early)
    actions.publish_roster(team=crew.team, month=first, by=None, at=early)
    row = ShiftAssignment.objects.published().get(employee=crew.agent)
    assert row.ends_at - row.starts_at == dt.timedelta(hours=hours)
    punch(crew.agent, row.starts_at + dt.timedelta(minutes=3), row.ends_at)
    judge(crew.agent, at=row.ends_at + dt.timedelta(days=2), month=first)
    found = DayRecord.objects.get(employee=crew.agent)
    assert (found.minutes_late, found.minutes_early, found.absent_days) == (3, 0, 0)
