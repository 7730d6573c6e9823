"""Going home: what becomes of the customers in hand (A27)."""

import pytest

from cangke.desk import public as desk
from cangke.desk.models import AgentProfile, Conversation, Message, Transfer
from cangke.desk.rules.routing import Presence
from tests.factories import client_for

from .factories import (
    AT,
    account_of,
    claim,
    keep_alive,
    later,
    reply,
)

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("A27")
def test_a27_a_conversation_is_given_back_with_a_hand_over_note(company):
    agent, other = company.agent(online=False), company.agent(online=False)
    conversation = company.writes().conversation
    reply(conversation, agent, later(5))
    key = {"conversation_id": conversation.pk, "by": account_of(agent)}
    with pytest.raises(desk.ReasonMissing):
        desk.release(**key, reason="", at=later(9))
    desk.release(**key, reason="客户在等物流回复", at=later(9))
    conversation.refresh_from_db()
    assert conversation.state == "queued"
    with pytest.raises(desk.NothingHeld):
        desk.release(**key, reason="x", at=later(10))
    claim(conversation, other, later(11))
    conversation.refresh_from_db()
    assert conversation.state == "waiting_customer"


def test_presence_is_written_as_intervals_without_gaps(company):
    agent = company.agent()
    by = account_of(agent)
    desk.set_presence(state=Presence.BREAK, by=by, at=later(600))
    desk.set_presence(state=Presence.BREAK, by=by, at=later(700))
    desk.set_presence(state=Presence.ONLINE, by=by, at=later(900))
    intervals = list(
        desk.PresenceInterval.objects.order_by("pk").values_list("state", "from_at", "to_at")
    )
    assert intervals == [
        ("online", AT, later(600)),
        ("break", later(600), later(900)),
        ("online", later(900), None),
    ]
    with pytest.raises(desk.NotChoosable):
        desk.set_presence(state=Presence.AWAY, by=by, at=later(901))


@pytest.fixture
def evening(company):
    agent, colleague = company.agent(), company.agent()
    talks = []
    for n in range(3):
        pk = company.writes(at=later(n)).conversation.pk
        held = Conversation.objects.get(pk=pk)
        if held.assignee_id is None:
            desk.claim(conversation_id=pk, by=account_of(agent), at=later(10))
        elif held.assignee_id != agent.pk:
            leader = account_of(company.agent("cs-leader", online=False))
            desk.assign(conversation_id=pk, to=agent, reason="x", by=leader, at=later(10))
        talks.append(pk)
    return company, agent, colleague, talks


@pytest.mark.requirement("A27")
def test_a27_going_offline_with_work_in_hand_asks_what_becomes_of_it(evening):
    _company, agent, _colleague, talks = evening
    page = client_for(account_of(agent))
    answer = page.post("/desk/presence/", {"state": "offline"}, headers={"HX-Request": "true"})
    assert "/desk/presence/leaving/" in answer.headers["HX-Trigger"]
    assert page.post("/desk/presence/", {"state": "offline"}).headers["Location"] == (
        "/desk/presence/leaving/"
    )
    assert AgentProfile.objects.get(employee=agent).presence == "online"
    shown = page.get("/desk/presence/leaving/").content.decode()
    assert all(f"how_{pk}" in shown for pk in talks)


@pytest.mark.requirement("A27")
def test_a27_serve_on_pass_on_or_leave_a_note(evening):
    _company, agent, colleague, (stays, passed, queued) = evening
    page = client_for(account_of(agent))
    form = {
        f"how_{stays}": "keep",
        f"how_{passed}": str(colleague.pk),
        f"note_{passed}": "等仓库回复",
        f"how_{queued}": "queue",
    }
    bare = page.post("/desk/presence/leaving/", form)
    assert bare.status_code == 422
    assert Conversation.objects.filter(assignee=agent).count() == 3
    assert (
        page.post(
            "/desk/presence/leaving/", {**form, f"note_{queued}": "客户要补寄配件"}
        ).status_code
        == 302
    )
    note = Message.objects.filter(conversation_id=queued, event="requeued").latest("seq")
    assert note.data["reason"] == "客户要补寄配件"
    assert Conversation.objects.get(pk=queued).assignee_id is None
    assert Transfer.objects.get(conversation_id=passed).state == "pending"
    profile = AgentProfile.objects.get(employee=agent)
    assert (profile.presence, profile.draining) == ("online", True)


@pytest.mark.requirement("A27")
def test_a27_who_serves_on_gets_nothing_new_and_is_offline_after_the_last(evening):
    company, agent, colleague, talks = evening
    desk.set_presence(state=Presence.OFFLINE, by=account_of(colleague), at=later(11))
    partings = [desk.Parting(pk) for pk in talks]
    desk.leave(partings=partings, by=account_of(agent), at=later(20))
    keep_alive(agent, at=later(30))
    fresh_talk = company.writes(at=later(30)).conversation.pk
    desk.route_waiting(at=later(31))
    assert Conversation.objects.get(pk=fresh_talk).assignee_id is None
    desk.sweep(at=later(32))
    assert AgentProfile.objects.get(employee=agent).presence == "online"
    for pk in talks:
        desk.release(conversation_id=pk, reason="已交代", by=account_of(agent), at=later(40))
    keep_alive(agent, at=later(41))
    desk.sweep(at=later(42))
    profile = AgentProfile.objects.get(employee=agent)
    assert (profile.presence, profile.draining) == ("offline", False)


def test_what_came_in_meanwhile_is_spoken_of_too(evening):
    _company, agent, _colleague, talks = evening
    with pytest.raises(desk.StillHeld):
        desk.leave(
            partings=[desk.Parting(pk) for pk in talks[:2]], by=account_of(agent), at=later(20)
        )
    assert not AgentProfile.objects.get(employee=agent).draining
