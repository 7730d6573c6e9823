import datetime as dt
from decimal import Decimal

import pytest

from cangke.attendance import actions, queries
from cangke.attendance.actions import Edit
from cangke.attendance.models import Roster, ShiftAssignment, ShiftType, StaffingNeed
from cangke.attendance.ports import online, serving_until
from cangke.attendance.queries import rosters
from cangke.attendance.rules import WeekPolicy
from cangke.attendance.tests.factories import (
    AT,
    MONTH,
    april,
    local,
    make_crew,
    plan,
    publish,
    shift_type,
)
from cangke.foundation.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    return make_crew()


def published(employee):
    rows = queries.shifts_of(employee, april(1), april(30))
    return [(row.date.day, row.shift_type.code, row.published_leads) for row in rows]


@pytest.mark.requirement("K1")
def test_k1_two_shifts_ship_and_the_evening_ends_the_next_day(crew):
    actions.ensure(at=AT)
    assert [
        (each.code, each.hours_text, each.crosses_midnight) for each in ShiftType.objects.all()
    ] == [
        ("day", "08:30–17:30", False),
        ("evening", "17:00–01:00", True),
    ]
    publish(crew, (crew.leader, 30, "evening*"))
    row = ShiftAssignment.objects.get()
    assert (row.starts_at, row.ends_at) == (local(30, "17:00"), local(1, "01:00", month=5))
    assert row.date == april(30), "also the last evening belongs to April"


@pytest.mark.requirement("K1")
def test_k1_another_shift_is_added_and_its_times_do_not_change_under_people(crew):
    night = actions.save_shift_type(
        pk=None, by=None, at=AT, code="night", name="夜班", mark="夜",
        start=dt.time(22), end=dt.time(6), break_minutes=30, tone="", place=3, active=True,
    )  # fmt: skip
    plan(crew, (crew.leader, 10, "night*"))
    with pytest.raises(actions.ShiftInUse):
        actions.save_shift_type(pk=night.pk, by=None, at=AT, start=dt.time(23))
    night.refresh_from_db()
    assert night.start == dt.time(22)
    actions.save_shift_type(pk=night.pk, by=None, at=AT, name="大夜班")


@pytest.mark.requirement("K2", "B8")
def test_b8_a_shift_without_leader_is_not_published(crew):
    plan(crew, (crew.leader, 7, "day*"), (crew.agent, 8, "day"))
    with pytest.raises(actions.NobodyLeads, match="04-08"):
        publish(crew)
    assert Roster.objects.get().number == 0
    assert published(crew.agent) == []
    assert not Notice.objects.filter(kind="attendance.roster").exists()


@pytest.mark.requirement("K2", "B8")
def test_b8_two_leaders_are_published_with_a_warning(crew):
    made = publish(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day*"))
    assert [each["problem"] for each in made.warnings] == ["two_leaders"]


@pytest.mark.requirement("K2")
def test_k2_a_later_change_waits_for_publication_and_tells_only_those_it_affects(crew):
    one, two = crew.agents
    publish(crew, (crew.leader, 7, "day*"), (one, 7, "day"), (two, 7, "day"))
    Notice.objects.all().delete()
    plan(crew, (one, 7, ""), (one, 8, "day"), (crew.leader, 8, "day*"))
    assert published(one) == [(7, "day", False)], "nobody sees what is only planned"
    made = publish(crew)
    assert made.number == 2
    assert published(one) == [(8, "day", False)]
    told = set(Notice.objects.filter(kind="attendance.roster").values_list("account", flat=True))
    assert told == {one.account_id, crew.leader.account_id}
    assert sorted(each[1:] for each in made.changes) == [
        ["2026-04-07", "day", ""],
        ["2026-04-08", "", "day"],
        ["2026-04-08", "", "day*"],
    ]


def test_a_change_taken_back_is_no_change(crew):
    publish(crew, (crew.leader, 7, "day*"))
    plan(crew, (crew.leader, 7, ""))
    plan(crew, (crew.leader, 7, "day*"))
    with pytest.raises(actions.NothingPlanned):
        publish(crew)
    assert Roster.objects.get().number == 1
    plan(crew, (crew.leader, 7, "evening*"))
    publish(crew)
    assert published(crew.leader) == [(7, "evening", True)]
    assert ShiftAssignment.objects.count() == 1


def test_a_new_leader_of_a_published_shift_waits_too(crew):
    publish(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day"))
    plan(crew, (crew.leader, 7, "day"), (crew.agent, 7, "day*"))
    assert published(crew.agent) == [(7, "day", False)]
    publish(crew)
    assert published(crew.agent) == [(7, "day", True)]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(crew):
    plan(crew, (crew.leader, 7, "day*"))
    edits = [
        Edit(crew.leader.pk, april(7), "evening*", was=""),
        Edit(crew.agent.pk, april(7), "day", was=""),
    ]
    with pytest.raises(actions.Outdated, match="04-07"):
        actions.plan_cells(team=crew.team, month=MONTH, edits=edits, by=None, at=AT)
    assert [row.shift_type.code for row in ShiftAssignment.objects.all()] == ["day"]


@pytest.mark.parametrize("choice", ["nonsense", "nonsense*"])
def test_an_unknown_shift_is_refused(crew, choice):
    with pytest.raises(actions.ShiftMissing):
        plan(crew, (crew.leader, 7, choice))
    assert not ShiftAssignment.objects.exists()


def test_nobody_is_planned_before_the_first_or_after_the_last_day_of_work(crew):
    crew.agent.employed_from, crew.agent.employed_to = april(5), april(10)
    crew.agent.save()
    for day in (4, 11):
        with pytest.raises(actions.NotEmployed):
            plan(crew, (crew.agent, day, "day"))
    assert plan(crew, (crew.agent, 5, "day"), (crew.agent, 10, "day")) == 2


def test_filling_takes_the_weekdays_asked_for_within_the_month(crew):
    count = actions.fill(
        team=crew.team, month=MONTH, employee_ids=[crew.agent.pk], choice="day",
        first=dt.date(2026, 3, 20), last=dt.date(2026, 5, 20), weekdays=[0, 1], by=None, at=AT,
    )  # fmt: skip
    assert count == 8, "four Mondays and four Tuesdays"
    assert {row.date.weekday() for row in ShiftAssignment.objects.all()} == {0, 1}


@pytest.mark.requirement("K2")
def test_k2_too_few_people_are_warned_of(crew):
    actions.save_needs(team=crew.team, least={shift_type("day").pk: 3}, by=None, at=AT)
    plan(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day"))
    found = [each for each in queries.findings_of(crew.team, MONTH) if each.date == april(7)]
    assert [(str(each.problem), each.number, each.limit) for each in found] == [("too_few", 2, 3)]
    actions.save_needs(team=crew.team, least={shift_type("day").pk: 0}, by=None, at=AT)
    assert not StaffingNeed.objects.exists()


def test_a_proposal_fills_what_is_empty_and_can_be_published():
    crew = make_crew(agents=6)
    crew.agents[0].employed_from = april(10)
    crew.agents[0].save()
    plan(crew, (crew.agents[1], 7, "evening"))
    count = actions.propose_month(team=crew.team, month=MONTH, by=None, at=AT)
    assert count > 100
    rows = ShiftAssignment.objects.all()
    assert rows.filter(employee=crew.agents[1]).count() == 1, "what is planned stays"
    assert min(row.date for row in rows.filter(employee=crew.agents[0])) >= april(10)
    assert actions.propose_month(team=crew.team, month=MONTH, by=None, at=AT) == 0


# --- the desk asks


@pytest.mark.requirement("K2")
def test_k2_in_the_overlap_both_shifts_are_on(crew):
    evening, idle = crew.agents
    publish(crew, (crew.leader, 7, "day*"), (evening, 7, "evening*"))
    everybody = [crew.leader.pk, evening.pk, idle.pk]

    def there(clock, day=7):
        return queries.on_shift(employee_ids=everybody, at=local(day, clock))

    assert there("17:10") == {crew.leader.pk, evening.pk}
    assert there("08:30") == {crew.leader.pk}
    assert there("17:30") == {evening.pk}
    assert there("00:59", 8) == {evening.pk}
    assert there("01:00", 8) == set()


@pytest.mark.requirement("B8", "B6")
def test_b8_the_leader_of_the_running_shift_is_known_once_it_is_published(crew):
    evening = crew.agent
    plan(crew, (crew.leader, 7, "day*"), (evening, 7, "evening*"))

    def leading(clock, day=7, team=crew.team):
        return queries.shift_leaders(team_id=team.pk, at=local(day, clock))

    assert leading("10:00") == []
    publish(crew)
    assert leading("10:00") == [crew.leader.pk]
    assert leading("17:10") == [crew.leader.pk, evening.pk], "while one hands over to the other"
    assert leading("00:30", 8) == [evening.pk]
    assert leading("01:00", 8) == []
    assert leading("10:00", team=make_crew().team) == []


def test_without_a_roster_everybody_counts_as_on_shift(crew, django_assert_num_queries):
    plan(crew, (crew.leader, 7, "day*"))
    everybody = {crew.leader.pk, crew.agent.pk}
    with django_assert_num_queries(1):
        assert queries.on_shift(employee_ids=everybody, at=local(7, "03:00")) == everybody
    publish(crew)
    with django_assert_num_queries(2):
        assert queries.on_shift(employee_ids=everybody, at=local(7, "03:00")) == set()
    may = local(5, "03:00", month=5)
    assert queries.on_shift(employee_ids=everybody, at=may) == everybody, "May has no roster yet"


@pytest.mark.requirement("AMB-36")
def test_work_outside_of_ones_shift_is_known_where_shifts_are_planned(
    crew, django_assert_num_queries
):
    other = make_crew()
    evening, stranger = crew.agent, other.agent
    publish(crew, (crew.leader, 7, "day*"), (evening, 7, "evening*"))
    asked = {
        (who.pk, local(day, clock))
        for who in (crew.leader, evening, stranger)
        for day, clock in ((7, "10:00"), (7, "17:10"), (8, "00:59"), (8, "01:00"))
    }
    with django_assert_num_queries(2):
        off = queries.off_shift(moments=asked)
    assert off == {
        (crew.leader.pk, local(8, "00:59")),
        (crew.leader.pk, local(8, "01:00")),
        (evening.pk, local(7, "10:00")),
        (evening.pk, local(8, "01:00")),
    }
    may = local(5, "03:00", month=5)
    assert queries.off_shift(moments={(evening.pk, may)}) == frozenset(), "May has no roster yet"
    with django_assert_num_queries(0):
        assert queries.off_shift(moments=[]) == frozenset()


@pytest.mark.requirement("AMB-36")
def test_hours_online_outside_of_ones_shift_are_shown(crew, django_assert_num_queries):
    agent = crew.agent
    publish(crew, (crew.leader, 7, "day*"), (agent, 7, "evening*"))
    spans = [
        (local(7, "16:00"), local(7, "18:00")),  # an hour before the evening begins at five
        (local(8, "00:30"), local(8, "02:00")),  # a customer until half past one, then half an hour
        (local(20, "09:00"), local(20, "09:10")),
    ]
    online.plug(lambda *, employee_ids, since, until: dict.fromkeys(employee_ids, spans))
    serving_until.plug(lambda *, shifts, at: {each: local(8, "01:30") for each in shifts})
    try:
        with django_assert_num_queries(2):
            found = queries.off_shift_online([agent], MONTH, at=local(25, "10:00"))
        so_far = queries.off_shift_online([agent], MONTH, at=local(7, "16:20"))
        may = queries.off_shift_online([agent], april(30) + dt.timedelta(1), at=local(25, "10:00"))
    finally:
        online.unplug()
        serving_until.unplug()
    assert found == {agent.pk: dt.timedelta(hours=1, minutes=40)}
    assert so_far == {agent.pk: dt.timedelta(minutes=20)}
    assert may == {}, "May has no roster yet"


def test_a_team_without_roster_is_not_judged_by_the_neighbours(crew):
    other = make_crew()
    publish(crew, (crew.leader, 7, "day*"))
    ids = {crew.agent.pk, other.agent.pk}
    assert queries.on_shift(employee_ids=ids, at=local(7, "10:00")) == {other.agent.pk}


@pytest.mark.requirement("K23")
@pytest.mark.parametrize(("days", "warned"), [(5, []), (6, ["week_hours"])])
def test_k23_the_publication_warns_of_a_week_beyond_the_hours(crew, monkeypatch, days, warned):
    """Five days of eight hours are forty; the sixth is warned of, and published."""
    held = WeekPolicy(check=True, hours=Decimal(40))
    real = rosters.policy_of

    def ask(kind, *more, **on):
        return held if kind is WeekPolicy else real(kind, *more, **on)

    monkeypatch.setattr(rosters, "policy_of", ask)
    made = publish(crew, *((crew.leader, 6 + n, "day*") for n in range(days)))
    assert [each["problem"] for each in made.warnings] == warned
    assert ShiftAssignment.objects.published().count() == days


# --- swaps


def swap(crew, *, their_date=None, day=7):
    one, two = crew.agents
    return actions.ask_swap(
        asker=one, date=april(day), partner=two, their_date=their_date, reason="看病",
        by=crew.account(one), at=AT,
    )  # fmt: skip


@pytest.mark.requirement("K2")
def test_k2_two_exchange_their_shifts_with_the_planners_approval(crew):
    one, two = crew.agents
    publish(
        crew, (crew.leader, 7, "day*"), (one, 7, "day"), (two, 8, "evening"),
        (crew.leader, 8, "evening*"),
    )  # fmt: skip
    made = swap(crew, their_date=april(8))
    actions.answer_swap(swap_id=made.pk, agrees=True, by=crew.account(two), at=AT)
    assert published(one) == [(7, "day", False)], "nothing moves before the approval"
    leader = crew.account(crew.leader)
    actions.decide_swap(swap_id=made.pk, approves=True, by=leader, at=AT)
    assert (published(one), published(two)) == ([(8, "evening", False)], [(7, "day", False)])
    assert Roster.objects.get().number == 2
    told = Notice.objects.filter(kind="attendance.swap").values_list("account", flat=True)
    assert {one.account_id, two.account_id, crew.leader.account_id} <= set(told)


@pytest.mark.requirement("K2")
def test_k2_a_colleague_takes_a_shift_without_giving_one(crew):
    one, two = crew.agents
    publish(crew, (crew.leader, 7, "day*"), (one, 7, "day"))
    made = swap(crew)
    actions.answer_swap(swap_id=made.pk, agrees=True, by=crew.account(two), at=AT)
    actions.decide_swap(swap_id=made.pk, approves=True, by=crew.account(crew.leader), at=AT)
    assert (published(one), published(two)) == ([], [(7, "day", False)])


def test_a_swap_is_not_approved_by_those_who_swap_nor_twice(crew):
    one, two = crew.agents
    publish(crew, (crew.leader, 7, "day*"), (one, 7, "day"))
    made = swap(crew)
    with pytest.raises(actions.SwapOver):
        actions.decide_swap(swap_id=made.pk, approves=True, by=crew.account(crew.leader), at=AT)
    actions.answer_swap(swap_id=made.pk, agrees=True, by=crew.account(two), at=AT)
    with pytest.raises(actions.SwapImpossible):
        actions.decide_swap(swap_id=made.pk, approves=True, by=crew.account(one), at=AT)
    assert published(one) == [(7, "day", False)]
    actions.decide_swap(swap_id=made.pk, approves=False, by=crew.account(crew.leader), at=AT)
    with pytest.raises(actions.SwapOver):
        actions.decide_swap(swap_id=made.pk, approves=True, by=crew.account(crew.leader), at=AT)
    with pytest.raises(actions.SwapOver):
        actions.withdraw_swap(swap_id=made.pk, by=crew.account(one), at=AT)
    assert published(one) == [(7, "day", False)]


@pytest.mark.parametrize(
    ("cells", "their_day"),
    [
        ([], None),  # nothing of mine that day
        ([(0, 7, "day"), (1, 7, "evening")], None),  # the other works already
        ([(0, 7, "day")], 8),  # the other has nothing there
        ([(0, 7, "day"), (0, 8, "day"), (1, 8, "evening")], 8),  # I work there already
    ],
)
def test_an_impossible_swap_is_refused_at_once(crew, cells, their_day):
    rows = [(crew.agents[who], day, choice) for who, day, choice in cells]
    for day, kind in ((7, "day"), (8, "day"), (7, "evening"), (8, "evening")):
        if any(row[1:] == (day, kind) for row in rows):
            helper = crew.leader if kind == "day" else crew.boss
            rows.append((helper, day, f"{kind}*"))
    publish(crew, *rows, (crew.leader, 20, "day*"))
    with pytest.raises(actions.SwapImpossible):
        swap(crew, their_date=april(their_day) if their_day else None)


def test_a_shift_that_has_begun_is_not_swapped(crew):
    publish(crew, (crew.leader, 1, "day*"), (crew.agent, 1, "day"))
    with pytest.raises(actions.SwapImpossible):
        swap(crew, day=1)


def test_a_shift_has_one_open_request(crew):
    publish(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day"))
    swap(crew)
    with pytest.raises(actions.SwapImpossible):
        swap(crew)
