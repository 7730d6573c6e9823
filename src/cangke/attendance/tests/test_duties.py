import datetime as dt

import pytest
from django.urls import reverse

from cangke.attendance import actions
from cangke.attendance.models import DutyTurn
from cangke.attendance.rules import take_turns
from cangke.attendance.tests.factories import april, local, make_crew, publish
from cangke.foundation.notices.models import Notice
from tests.factories import client_for

DAYS = [april(6) + dt.timedelta(days=n) for n in range(7)]


@pytest.mark.requirement("K26")
def test_k26_turns_go_round_among_those_who_are_there():
    there = dict.fromkeys(DAYS[:6], [1, 2, 3]) | {DAYS[2]: [3]}
    turns = take_turns(DAYS, there=there, had={1: 1})
    assert list(turns.values()) == [2, 3, 3, 1, 2, 1]
    assert DAYS[6] not in turns
    assert take_turns(DAYS[:2], there=dict.fromkeys(DAYS, [1]), had={}) == dict.fromkeys(
        DAYS[:2], 1
    )


@pytest.fixture
def crew(db):
    made = make_crew()
    publish(
        made,
        *((made.leader, day, "day*") for day in range(6, 10)),
        *((made.agent, day, "day") for day in range(6, 10)),
    )
    return made


def address(name, *keys):
    return reverse(f"attendance:{name}", args=keys)


@pytest.mark.requirement("K26")
def test_k26_the_week_is_filled_ticked_and_what_is_missing_is_in_the_leaders_list(crew):
    leader, own = (client_for(crew.account(each)) for each in (crew.leader, crew.agent))
    rotate = address("duty-rotate", crew.team.pk) + "?day=2026-04-06"
    assert own.post(rotate).status_code == 403
    assert leader.post(rotate).status_code == 302
    assert leader.post(rotate).status_code == 302
    assert [turn.date.day for turn in DutyTurn.objects.all()] == [6, 7, 8, 9]
    mine = DutyTurn.objects.filter(employee=crew.agent).first()
    other = DutyTurn.objects.filter(employee=crew.leader).first()
    assert Notice.objects.filter(account=crew.agent.account_id, kind="attendance.duty").exists()
    assert own.post(address("duty-done", other.pk), {"note": ""}).status_code == 404
    assert own.post(address("duty-done", mine.pk), {"note": ""}).status_code == 302
    assert own.post(address("duty-done", mine.pk), {"note": ""}).status_code in (409, 422)
    week = f"{address('duties')}?team={crew.team.pk}&day=2026-04-06"
    assert "已完成" in leader.get(week).content.decode()
    assert leader.post(address("duty-drop", mine.pk)).status_code == 409
    assert leader.post(address("duty-drop", other.pk)).status_code == 302
    assert DutyTurn.objects.count() == 3


@pytest.mark.requirement("K27")
def test_k27_duty_names_the_person_and_ends_with_a_hand_over(crew):
    leader = client_for(crew.account(crew.leader))
    crew.agent.phone = "13812345678"
    crew.agent.save()
    form = {"date": "2026-04-06", "kind": "holiday", "employee": crew.agent.pk}
    new = address("duty-new", crew.team.pk)
    assert leader.get(new).status_code == 200
    assert leader.post(new, form | {"employee": ""}).status_code == 422
    assert leader.post(new, form).status_code == 302
    assert leader.post(new, form).status_code == 422
    turn = DutyTurn.objects.get()
    shown = leader.get(f"{address('duties')}?team={crew.team.pk}&day=2026-04-06").content.decode()
    assert crew.agent.name in shown
    assert "138****5678" in shown
    by = crew.account(crew.agent)
    with pytest.raises(actions.DutyOver):
        actions.finish_duty(turn_id=turn.pk, note="x", by=by, at=local(5, "12:00"))
    with pytest.raises(actions.HandOverMissing):
        actions.finish_duty(turn_id=turn.pk, note=" ", by=by, at=local(6, "18:00"))
    turn.refresh_from_db()
    assert turn.done_at is None
    actions.finish_duty(turn_id=turn.pk, note="两单待追", by=by, at=local(6, "18:00"))
