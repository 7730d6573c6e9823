"""Conversations read by programs."""

import pytest

from cangke.desk import public as desk
from tests.programs import Program

from .factories import account_of, later, make_company

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("X11", "Q1")
def test_conversations_are_read_within_reach_and_notes_only_by_who_may_write_them():
    company, other = make_company(), make_company()
    agent, stranger = company.agent(), other.agent()
    received = company.writes("包裹在哪里")
    conversation = received.conversation
    conversation.refresh_from_db()
    by = account_of(agent)
    if conversation.assignee_id is None:
        desk.claim(conversation_id=conversation.pk, by=by, at=later(5))
    desk.write_note(conversation_id=conversation.pk, body="内部的话", by=by, at=later(9))
    program = Program(by)
    listed = program.get("/conversations").json()
    assert [row["number"] for row in listed["rows"]] == [conversation.number]
    path = f"/conversations/{conversation.number}"
    bodies = [row["body"] for row in program.get(path).json()["messages"]]
    assert {"包裹在哪里", "内部的话"} <= set(bodies)
    reader = Program(by, ["desk.view"]).get(path)
    assert "包裹在哪里" in str(reader.json())
    assert "内部的话" not in str(reader.json())
    first = program.get(f"{path}?limit=1").json()
    rest = program.get(f"{path}?after_seq={first['next_after_seq']}").json()
    assert [each["body"] for each in first["messages"] + rest["messages"]] == bodies
    foreign = Program(account_of(stranger))
    assert foreign.get(path).status_code == 404
    assert foreign.get("/conversations").json()["rows"] == []
