"""Tickets opened and worked by programs (X11)."""

import pytest

from cangke.tickets.models import Ticket
from tests.programs import Program

from .factories import FIVE, kind, make_crew

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    return make_crew()


def opened(crew, program, **values):
    body = {"kind": kind("follow_up").code, "owner": crew.agent.number, "title": "查一查"}
    return program.post("/tickets", {**body, **values})


@pytest.mark.requirement("A13", "X11")
def test_a_program_opens_comments_solves_and_closes_a_ticket(crew):
    program = Program(crew.by)
    made = opened(crew, program, conversation=crew.conversation.number)
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert made.json()["owner"] == crew.agent.number
    assert made.json()["conversation"] == crew.conversation.number
    said = program.post(f"/tickets/{number}/comments", {"text": "已问仓库"})
    assert said.status_code == 201
    assert said.json()["entries"][-1]["text"] == "已问仓库"
    bare = program.post(f"/tickets/{number}/moves", {"state": "solved"})
    assert (bare.status_code, bare.json()["field"]) == (422, "solution")
    early = program.post(f"/tickets/{number}/moves", {"state": "closed"})
    assert (early.status_code, early.json()["field"]) == (422, "state")
    for state in ("solved", "closed"):
        moved = program.post(f"/tickets/{number}/moves", {"state": state, "solution": "已补寄"})
        assert moved.json()["state"] == state, moved.content
    assert program.get(f"/tickets/{number}").json()["closed_at"]
    assert [row["number"] for row in program.get("/tickets").json()["rows"]] == [number]
    assert program.get("/tickets?state=new").json()["rows"] == []


@pytest.mark.requirement("A14")
def test_a_program_is_held_to_the_same_rules_as_the_page(crew):
    program = Program(crew.by)
    unfinished = {key: value for key, value in FIVE.items() if key != "demand"}
    cases = [
        ({"kind": "no-such-kind"}, "kind"),
        ({"owner": "nobody"}, "owner"),
        ({"owner": ""}, "owner"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": "9999-12-31T23:59:59-12:00"}, "due_at"),
        ({"due_at": "0001-01-01T00:00:00+12:00"}, "due_at"),
        ({"kind": "unfinished", "values": unfinished}, "values.demand"),
        ({"conversation": "CV-NONE"}, "conversation"),
    ]
    for values, field in cases:
        answer = opened(crew, program, **values)
        assert (answer.status_code, answer.json().get("field")) == (422, field), answer.content
    assert not Ticket.objects.exists()


def test_the_same_key_is_one_ticket_and_a_reader_opens_none(crew):
    program = Program(crew.by)
    key = {"Idempotency-Key": "order-720538"}
    body = {"kind": "follow_up", "owner": crew.agent.number}
    first = program.post("/tickets", body, headers=key)
    again = program.post("/tickets", body, headers=key)
    assert first.json()["number"] == again.json()["number"]
    assert Ticket.objects.count() == 1
    assert Program(crew.by, ["tickets.view"]).post("/tickets", body).status_code == 403


def test_tickets_out_of_reach_are_not_there(crew):
    number = opened(crew, Program(crew.by)).json()["number"]
    other = Program(make_crew().by)
    assert other.get(f"/tickets/{number}").status_code == 404
    assert other.post(f"/tickets/{number}/comments", {"text": "x"}).status_code == 404
    assert number not in str(other.get("/tickets").json())
