"""A month that was judged is judged again only where a fact has changed, and comes to the same."""

import datetime as dt

import pytest

from cangke.approvals import public as approvals
from cangke.attendance import actions, queries
from cangke.attendance.models import DayRecord, RedPacket
from cangke.attendance.ports import serving_until
from cangke.attendance.queries import months
from cangke.people.models import Employee
from cangke.rulebook.models import RulebookVersion
from cangke.rulebook.public import ensure_first_version, forget, trial

from .factories import AT, MONTH, certified, judge, leave, local, make_crew, publish, punch

pytestmark = pytest.mark.django_db
LATER = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)


@pytest.fixture
def crew():
    made = make_crew()
    approvals.ensure(at=AT)
    cells = [
        (who, day, "day*" if who is made.agent else "day") for who in made.agents for day in (7, 8)
    ]
    publish(made, *cells)
    for who in made.agents:
        punch(who, local(7, "08:35"), local(7, "17:31"), local(8, "08:20"), local(8, "17:31"))
    judge(*made.agents, at=LATER)
    return made


def again(crew, known, monkeypatch, *, at=LATER):
    """Judge with what is known, and count who was judged anew."""
    anew = []
    plain = months._judge

    def counted(recorded, *rest, **more):
        anew.append(recorded.employee.pk)
        return plain(recorded, *rest, **more)

    with monkeypatch.context() as patched:
        patched.setattr(months, "_judge", counted)
        rows = Employee.objects.filter(pk__in=[each.pk for each in crew.agents]).order_by("pk")
        found = queries.judge_months(list(rows), MONTH, at=at, known=known)
    return found, anew


def packet(crew):
    return RedPacket.objects.get(employee=crew.agent)


def come_late(crew):
    punch(crew.agent, local(8, "08:59"), source="terminal")


def punch_out_later(crew):
    punch(crew.agent, local(8, "17:40"))


def take_leave(crew):
    leave(crew.agent, 8, override_reason="补假", at=LATER)


def rest(crew):
    leave(crew.agent, 8, kind="rest", override_reason="补假", at=LATER)


def make_up(crew):
    certified(crew.agent, 8, "in", "08:25", by=crew.account(crew.leader), at=LATER)


def waive(crew):
    actions.waive_packet(
        packet_id=packet(crew).pk, reason="地铁停运", by=crew.account(crew.leader), at=LATER
    )


def send(crew):
    actions.settle_packet(packet_id=packet(crew).pk, by=crew.account(crew.leader), at=LATER)


def object_to(crew):
    day = DayRecord.objects.get(employee=crew.agent, date=dt.date(2026, 4, 7))
    approvals.object_to(
        subject=day, figure="day_in", reason="打卡机坏了", by=crew.account(crew.agent), at=LATER
    )


def move_to_another_team(crew):
    Employee.objects.filter(pk=crew.agent.pk).update(team=None)


CHANGES = [
    come_late,
    punch_out_later,
    take_leave,
    rest,
    make_up,
    waive,
    send,
    object_to,
    move_to_another_team,
]


@pytest.mark.requirement("L11")
def test_what_did_not_change_is_not_judged_again(crew, monkeypatch):
    first, _anew = again(crew, {}, monkeypatch)
    known = {each.employee.pk: each for each in first}
    second, anew = again(crew, known, monkeypatch)
    assert anew == []
    assert second == first
    assert [each.days for each in second] == [each.days for each in first]


@pytest.mark.requirement("L11")
@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_whose_facts_changed_is_judged_again_and_nobody_else(crew, monkeypatch, change):
    first, _anew = again(crew, {}, monkeypatch)
    known = {each.employee.pk: each for each in first}
    change(crew)
    found, anew = again(crew, known, monkeypatch)
    assert anew == [crew.agent.pk]
    fresh, _anew = again(crew, {}, monkeypatch)
    assert found == fresh


@pytest.mark.requirement("K3")
def test_a_customer_who_stayed_longer_is_a_fact_as_well(crew, monkeypatch):
    first, _anew = again(crew, {}, monkeypatch)
    known = {each.employee.pk: each for each in first}
    serving_until.plug(
        lambda *, shifts, at: {
            each: local(7, "17:45")
            for each in shifts
            if each[0] == crew.agent.pk and each[2] == local(7, "17:30")
        }
    )
    try:
        found, anew = again(crew, known, monkeypatch)
    finally:
        serving_until.unplug()
    assert anew == [crew.agent.pk]
    assert [day.shift.extension_minutes for day in found[0].days] == [15, 0]


def test_another_moment_or_other_rules_are_judged_anew(crew, monkeypatch):
    ensure_first_version(at=AT)
    forget()
    first, _anew = again(crew, {}, monkeypatch)
    known = {each.employee.pk: each for each in first}
    everybody = sorted(each.pk for each in crew.agents)
    _found, anew = again(crew, known, monkeypatch, at=LATER + dt.timedelta(minutes=1))
    assert sorted(anew) == everybody
    body = RulebookVersion.objects.get().body["values"]
    with trial("default", {**body, "late.tier1": "15"}):
        found, anew = again(crew, known, monkeypatch)
    assert sorted(anew) == everybody
    assert found[0].verdict.packets[0].amount == 15
