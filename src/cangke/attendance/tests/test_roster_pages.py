import json

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.attendance import actions
from cangke.attendance.models import Roster, ShiftAssignment, ShiftType
from cangke.attendance.tests.factories import april, make_crew, plan, publish
from cangke.people.tests.factories import make_employee, make_team
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
APRIL = "?month=2026-04"


@pytest.fixture
def crew():
    return make_crew()


@pytest.fixture
def leader(crew):
    return client_for(crew.account(crew.leader))


def url(name, crew, *more):
    return reverse(f"attendance:{name}", args=[crew.team.pk, *more]) + APRIL


@pytest.mark.requirement("K2")
def test_k2_the_published_roster_is_for_everybody_and_the_plan_is_not(crew, leader):
    plan(crew, (crew.leader, 7, "day*"))
    outsider = client_for(make_employee("after-sales", make_team()).account)
    assert "还没有发布排班表" in outsider.get(url("roster", crew)).content.decode()
    assert outsider.get(url("plan", crew)).status_code == 403
    publish(crew)
    shown = outsider.get(url("roster", crew)).content.decode()
    assert crew.leader.name in shown
    assert "★" in shown
    assert leader.get(url("plan", crew)).status_code == 200


def test_a_leader_plans_the_own_team_only(crew, leader):
    other = make_crew()
    for name in ("plan", "fill", "needs"):
        assert leader.get(url(name, other)).status_code == 404
    for name in ("propose", "publish"):
        assert leader.post(url(name, other)).status_code == 404
    assert not Roster.objects.filter(team=other.team).exists()


def test_the_grid_saves_only_what_was_changed(crew, leader):
    plan(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day"))
    shown = leader.get(url("plan", crew))
    assert json.loads(shown.context["was"]) == {
        f"{crew.leader.pk}.2026-04-07": "day*",
        f"{crew.agent.pk}.2026-04-07": "day",
    }
    data = {
        "was": shown.context["was"],
        f"{crew.leader.pk}.2026-04-07": "day*",
        f"{crew.agent.pk}.2026-04-07": "",
        f"{crew.agent.pk}.2026-04-08": "evening",
    }
    done = leader.post(url("plan", crew), data)
    assert done.status_code == 302
    assert [(row.date.day, row.shift_type.code) for row in ShiftAssignment.objects.all()] == [
        (7, "day"),
        (8, "evening"),
    ]
    stale = leader.post(url("plan", crew), data | {f"{crew.agent.pk}.2026-04-07": "evening"})
    assert stale.status_code == 409
    assert not ShiftAssignment.objects.filter(date=april(7), employee=crew.agent).exists()


@pytest.mark.parametrize("was", ["", "no json", "[1]"])
def test_a_spoilt_grid_is_no_error_of_ours(crew, leader, was):
    data = {"was": was, "x.y": "day", f"{crew.agent.pk}.2026-13-01": "day"}
    assert leader.post(url("plan", crew), data).status_code == 302
    assert not ShiftAssignment.objects.exists()


@pytest.mark.requirement("B8")
def test_b8_publishing_on_the_page(crew, leader):
    plan(crew, (crew.agent, 7, "day"))
    shown = leader.get(url("plan", crew)).content.decode()
    assert "没有组长" in shown
    refused = leader.post(url("publish", crew))
    assert refused.status_code == 422
    plan(crew, (crew.leader, 7, "day*"))
    assert leader.post(url("publish", crew)).status_code == 302
    mine = client_for(crew.account(crew.agent)).get(reverse("attendance:mine") + APRIL)
    assert "白班" in mine.content.decode()


def test_the_pages_take_the_same_queries_at_any_length(crew, django_assert_max_num_queries):
    big = make_crew(agents=8)
    actions.propose_month(team=big.team, month=april(1), by=None, at=timezone.now())
    planner = client_for(big.account(big.boss))
    planner.get(url("plan", big))
    with django_assert_max_num_queries(36):
        planner.get(url("plan", big))
    with django_assert_max_num_queries(26):
        planner.get(url("roster", big))


def test_fill_propose_needs_and_one_cell(crew, leader):
    bad = leader.post(url("fill", crew), {"first": "2026-04-10", "last": "2026-04-01"})
    assert bad.status_code == 422
    good = {
        "people": [crew.agent.pk],
        "choice": "day",
        "first": "2026-04-06",
        "last": "2026-04-08",
        "weekdays": [0, 1, 2],
    }
    assert leader.post(url("fill", crew), good).status_code == 302
    assert ShiftAssignment.objects.count() == 3
    kind = ShiftType.objects.get(code="day")
    assert leader.post(url("needs", crew), {f"k{kind.pk}": "2"}).status_code == 302
    cell = url("cell", crew, crew.agent.pk, "2026-04-06")
    assert leader.get(cell).status_code == 200
    assert leader.post(cell, {"choice": ""}).status_code == 302
    assert ShiftAssignment.objects.count() == 2
    assert leader.get(url("cell", crew, crew.agent.pk, "yesterday")).status_code == 404
    assert leader.post(url("propose", crew)).status_code == 302
    assert ShiftAssignment.objects.count() > 20


def test_weeks_and_foreign_months_are_shown(crew, leader):
    publish(crew, (crew.leader, 30, "evening*"))
    for query in ("&view=week&day=2026-04-29", "&view=week&day=x", "&view=week"):
        assert leader.get(url("roster", crew) + query).status_code == 200
        assert leader.get(url("plan", crew) + query).status_code == 200
    assert (
        leader.get(reverse("attendance:roster", args=[crew.team.pk]) + "?month=x").status_code
        == 200
    )


def test_shift_types_are_listed_and_edited(crew):
    hr = client_for(make_account("hr"))
    page = hr.get(reverse("attendance:shifts")).content.decode()
    assert "17:00–01:00" in page
    new = {
        "name": "夜班", "code": "night", "mark": "夜", "start": "22:00", "end": "22:00",
        "break_minutes": 0, "place": 3, "active": "on",
    }  # fmt: skip
    assert hr.post(reverse("attendance:shift-new"), new).status_code == 422
    assert hr.post(reverse("attendance:shift-new"), new | {"end": "06:00"}).status_code == 302
    made = ShiftType.objects.get(code="night")
    again = hr.post(reverse("attendance:shift", args=[made.pk]), new | {"end": "07:00"})
    assert again.status_code == 302
    made.refresh_from_db()
    assert f"{made.end:%H:%M}" == "07:00"


def test_a_swap_from_request_to_approval(crew, leader):
    one, two = crew.agents
    day = timezone.localdate().replace(day=1)
    month = (day.replace(day=28) + (april(8) - april(1))).replace(day=1)
    plan_cells = [
        actions.Edit(crew.leader.pk, month, "day*"),
        actions.Edit(one.pk, month, "day"),
    ]
    at = timezone.now()
    actions.plan_cells(team=crew.team, month=month, edits=plan_cells, by=None, at=at)
    actions.publish_roster(team=crew.team, month=month, by=None, at=at)
    asker, partner = client_for(crew.account(one)), client_for(crew.account(two))
    new = reverse("attendance:swap-new")
    assert asker.get(f"{new}?day={month}").status_code == 200
    form = {"date": month, "partner": crew.boss.pk, "reason": ""}
    assert asker.post(new, form).status_code == 422
    made = asker.post(new, {"date": month, "partner": two.pk, "reason": "看病"})
    assert made.status_code == 302
    page = made["location"]
    pk = int(page.rstrip("/").rsplit("/", 1)[1])
    answer = reverse("attendance:swap-answer", args=[pk])
    decide = reverse("attendance:swap-decide", args=[pk])
    assert asker.post(answer, {"decision": "agree"}).status_code == 404
    assert "同意" in partner.get(page).content.decode()
    assert partner.post(answer, {"decision": "agree"}).status_code == 302
    assert partner.post(decide, {"decision": "approve"}).status_code == 403
    waiting = leader.get(reverse("attendance:swaps") + "?part=waiting").content.decode()
    assert page in waiting
    assert leader.post(decide, {"decision": "approve"}).status_code == 302
    assert ShiftAssignment.objects.published().get(date=month, leads=False).employee == two
    outsider = client_for(make_employee("after-sales", make_team()).account)
    assert outsider.get(page).status_code == 404


def test_who_is_no_employee_reads_rosters_and_cannot_swap(crew):
    stranger = client_for(make_account("manager"))
    assert stranger.get(reverse("attendance:mine")).status_code == 302
    assert stranger.get(reverse("attendance:swap-new")).status_code == 422
