"""The roll call of the morning meeting (K25)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.attendance import actions
from cangke.attendance.actions import Called, RollIncomplete
from cangke.attendance.models import RollCall, RollLine
from cangke.attendance.queries.rolls import expected_on
from tests.factories import client_for

from .factories import april, leave, local, make_crew, publish, punch

pytestmark = pytest.mark.django_db
MORNING = local(6, "08:35")


@pytest.fixture
def crew():
    made = make_crew(4)
    first, second, third, fourth = made.agents
    publish(
        made,
        (made.leader, 6, "day*"),
        (first, 6, "day"),
        (second, 6, "day"),
        (third, 6, "evening*"),
        (fourth, 7, "day*"),
    )
    punch(first, local(6, "08:21"))
    leave(second, 6)
    return made


def found(crew, at: dt.datetime = MORNING) -> dict[str, tuple[str, str]]:
    return {
        each.employee.name: (each.state, each.reason)
        for each in expected_on(crew.team, april(6), at=at)
    }


@pytest.mark.requirement("K25")
def test_the_list_is_prefilled_from_punches_and_leave(crew):
    first, second, third, fourth = crew.agents
    listed = found(crew)
    assert listed[first.name] == ("present", "")
    assert listed[second.name] == ("absent", "事假")
    assert listed[third.name] == ("later", ""), "the evening shift is not expected yet"
    assert listed[crew.leader.name] == ("absent", "")
    assert fourth.name not in listed, "no shift today"


def test_last_nights_punch_does_not_count_for_this_morning(crew):
    late = crew.agents[1]
    punch(late, local(6, "01:02"))
    assert found(crew)[late.name][0] == "absent"


def test_without_a_roster_everybody_of_the_team_is_on_the_list():
    made = make_crew(2)
    assert len(expected_on(made.team, april(6), at=MORNING)) == 4


@pytest.mark.requirement("K25")
def test_an_absent_one_is_marked_with_reason(crew):
    leader = crew.account(crew.leader)
    keys = {"team": crew.team, "date": april(6), "by": leader, "at": MORNING}
    absent = Called(crew.leader.pk, "absent")
    with pytest.raises(RollIncomplete) as refused:
        actions.hold_roll(lines=[absent], **keys)
    assert refused.value.field == f"reason_{crew.leader.pk}"
    assert not RollCall.objects.exists()
    lines = [
        Called(crew.agents[0].pk, "present", "good"),
        Called(crew.leader.pk, "absent", "good", "堵车"),
    ]
    actions.hold_roll(lines=lines, note="今天促销", **keys)
    there, away = RollLine.objects.order_by("-state")
    assert (there.mood, there.came_at) == ("good", local(6, "08:21"))
    assert (away.mood, away.reason) == ("", "堵车")


def test_it_is_held_again_until_midnight_and_not_for_other_days(crew):
    keys = {"team": crew.team, "by": crew.account(crew.leader)}
    line = [Called(crew.agents[0].pk, "present", "fair")]
    for clock in ("08:35", "23:59"):
        actions.hold_roll(lines=line, date=april(6), at=local(6, clock), **keys)
    assert RollLine.objects.count() == 1
    for day, moment in ((6, local(7, "00:00")), (7, MORNING)):
        with pytest.raises(RollIncomplete):
            actions.hold_roll(lines=line, date=april(day), at=moment, **keys)
    assert RollCall.objects.count() == 1


def test_somebody_of_another_team_is_not_kept(crew):
    stranger = make_crew().agent
    actions.hold_roll(
        team=crew.team,
        date=april(6),
        lines=[Called(stranger.pk, "present")],
        by=crew.account(crew.leader),
        at=MORNING,
    )
    assert not RollLine.objects.exists()


@pytest.mark.requirement("K25")
def test_the_leader_calls_the_roll_on_the_page(crew):
    fresh = make_crew(1)
    page = reverse("attendance:roll", args=[fresh.team.pk])
    client = client_for(fresh.account(fresh.leader))
    assert fresh.agent.name in client.get(page).content.decode()
    people = expected_on(fresh.team, timezone.localdate(), at=timezone.now())
    values = {f"state_{each.employee.pk}": "present" for each in people}
    pk = fresh.agent.pk
    bad = client.post(page, values | {f"state_{pk}": "absent"})
    assert bad.status_code == 422
    assert "请写明没有到岗的原因" in bad.content.decode()
    good = values | {f"state_{pk}": "absent", f"reason_{pk}": "病假", "note": "新品上架"}
    assert client.post(page, good).status_code == 302
    text = client.get(page).content.decode()
    assert "已点名" in text
    assert "病假" in text
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert "没有点名" in client.get(page, {"day": yesterday.isoformat()}).content.decode()
    assert client.get(page, {"day": "x"}).status_code == 200
    assert client_for(fresh.account(fresh.agent)).get(page).status_code == 403
