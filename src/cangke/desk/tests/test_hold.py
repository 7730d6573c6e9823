"""Who is answerable: claiming in turn, and what is out of reach."""

import json

import pytest
from django.http import Http404

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Draft, Message
from cangke.foundation.audit.models import AuditEntry
from tests.factories import client_for

from .factories import (
    AT,
    account_of,
    claim,
    keep_alive,
    later,
    make_company,
    make_customer,
    reply,
    snapshot,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(company):
    return company.agent(online=False)


def assert_on_record(conversation, agent, reason, at):
    """The log and the conversation itself tell why this customer came before another."""
    entry = AuditEntry.objects.get(action="desk.claimed_out_of_turn")
    assert (entry.actor_id, entry.changes, entry.reason, entry.at) == (
        agent.account_id,
        {"ahead": 1},
        reason,
        at,
    )
    assert Message.objects.get(conversation=conversation, event="assigned").data["reason"] == reason


@pytest.mark.requirement("X18")
def test_the_second_claim_is_refused_with_the_name_of_the_first(company, agent):
    second = company.agent(online=False)
    conversation = company.writes().conversation
    claim(conversation, agent, later(10))
    before = snapshot(conversation)
    with pytest.raises(desk.AlreadyClaimed, match=agent.name) as refused:
        claim(conversation, second, later(11))
    assert refused.value.status == 409
    assert snapshot(conversation) == before
    assert AuditEntry.objects.filter(action="desk.claimed").count() == 1


@pytest.mark.requirement("A21")
def test_who_waits_longer_is_served_first_or_the_reason_is_on_record(company, agent):
    first = company.writes().conversation
    second = company.writes(at=later(5)).conversation
    before = snapshot(second)
    with pytest.raises(desk.OutOfTurn, match="前面还有 1 位") as refused:
        claim(second, agent, later(10), reason="  ")
    assert refused.value.field == "reason"
    assert snapshot(second) == before
    claim(second, agent, later(11), reason="老客户，刚才断线")
    assert_on_record(second, agent, "老客户，刚才断线", later(11))
    claim(first, agent, later(12))
    assert AuditEntry.objects.filter(action="desk.claimed").count() == 1


@pytest.mark.requirement("A21")
def test_answering_out_of_turn_without_claiming_asks_for_the_reason_too(company, agent):
    company.writes()
    second = company.writes(at=later(5)).conversation
    before = snapshot(second)
    answer = {"conversation_id": second.pk, "body": "您好", "by": account_of(agent)}
    for nothing in ("", "  "):
        with pytest.raises(desk.OutOfTurn, match="前面还有 1 位") as refused:
            desk.reply(**answer, at=later(10), reason=nothing)
        assert refused.value.field == "reason"
    assert snapshot(second) == before
    sent = desk.reply(**answer, at=later(11), reason="断线后又连上的客户", client_token="t")
    assert_on_record(second, agent, "断线后又连上的客户", later(11))
    assert desk.reply(**answer, at=later(12), client_token="t") == sent, "sent twice is sent once"


@pytest.mark.requirement("A21")
def test_whoever_holds_a_customer_or_answers_the_first_needs_no_reason(company, agent):
    first, second = company.writes().conversation, company.writes(at=later(5)).conversation
    reply(first, agent, later(10))
    reply(second, agent, later(11))
    company.writes(at=later(12))
    company.writes(at=later(20), customer=second.customer)
    reply(second, agent, later(30))
    assert not AuditEntry.objects.filter(action="desk.claimed_out_of_turn").exists()
    told = Message.objects.filter(event="assigned", conversation=second).values_list("data")
    assert all("reason" not in data for (data,) in told)


@pytest.mark.requirement("A21")
def test_the_page_keeps_what_was_typed_and_asks_why_this_one_comes_first(company, agent):
    client = client_for(account_of(agent))
    company.writes()
    second = company.writes(at=later(5)).conversation
    typed, address = {"body": "马上帮您查", "client_token": "t"}, f"/desk/c/{second.pk}/claim/"
    asked = client.post(f"/desk/c/{second.pk}/reply/", typed, headers={"HX-Request": "true"})
    assert asked.status_code == 422, "the composer is emptied by success only"
    assert json.loads(asked.headers["HX-Trigger"])["ck:open-dialog"]["url"] == address
    assert Draft.objects.get(employee=agent).body == "马上帮您查"
    assert not Message.objects.filter(direction="out", sender_kind="agent").exists()
    plain = client.post(f"/desk/c/{second.pk}/reply/", typed)
    assert (plain.status_code, plain.headers["Location"]) == (302, address)
    client.post(address, {"reason": "投诉升级"})
    assert "马上帮您查</textarea>" in client.get(f"/desk/c/{second.pk}/").content.decode()
    assert client.post(f"/desk/c/{second.pk}/reply/", typed).status_code == 302
    assert Message.objects.get(direction="out", sender_kind="agent").body == "马上帮您查"
    assert not Draft.objects.exists()


@pytest.mark.requirement("A20", "A21")
def test_an_urgent_customer_is_next_in_turn_and_other_queues_do_not_count(company, agent):
    company.writes()
    urgent = company.writes(at=later(5)).conversation
    Conversation.objects.filter(pk=urgent.pk).update(priority=2)
    claim(urgent, agent, later(10))
    elsewhere = make_company()
    alone = elsewhere.writes(at=later(20)).conversation
    claim(alone, elsewhere.agent(online=False), later(30))
    assert not AuditEntry.objects.filter(action="desk.claimed_out_of_turn").exists()


@pytest.mark.requirement("A21")
def test_the_page_shows_who_is_ahead_and_asks_why_this_one_comes_first(company, agent):
    client = client_for(account_of(agent))
    first = company.writes(customer=make_customer(display_name="先来的")).conversation
    second = company.writes(at=later(5)).conversation
    page = client.get(f"/desk/c/{second.pk}/").content.decode()
    assert "先来的 排在前面" in page
    assert f"/desk/c/{first.pk}/" in page
    address = f"/desk/c/{second.pk}/claim/"
    assert "先来的" in client.get(address).content.decode()
    asked = client.post(address, headers={"HX-Request": "true"})
    assert address in asked.headers["HX-Trigger"], "the dialog opens instead of an error"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "投诉升级"}).status_code == 302
    second.refresh_from_db()
    assert second.assignee_id == agent.pk


def test_the_pane_is_drawn_anew_when_somebody_is_given_the_customer_they_look_at(company, agent):
    client = client_for(account_of(agent))
    talk = company.writes().conversation
    head = f"/desk/c/{talk.pk}/head/"
    asking = {"headers": {"HX-Request": "true"}}
    assert f"{head}?drawn=queued" in client.get(f"/desk/c/{talk.pk}/").content.decode()
    same = client.get(f"{head}?drawn=queued", **asking)
    assert "HX-Retarget" not in same.headers
    assert "?drawn=queued" in same.content.decode(), "it goes on watching"
    claim(talk, agent, later(10))
    mine = client.get(f"{head}?drawn=queued", **asking)
    assert mine.headers["HX-Retarget"] == "#desk-pane"
    assert "data-reply-placeholder" in mine.content.decode(), "a reply can be written"
    assert "drawn=" not in client.get(f"/desk/c/{talk.pk}/").content.decode()


def test_claiming_what_one_holds_changes_nothing(company, agent):
    conversation = company.writes().conversation
    claim(conversation, agent, later(10))
    before = snapshot(conversation)
    claim(conversation, agent, later(12))
    assert snapshot(conversation) == before


def test_a_conversation_of_another_teams_queue_is_out_of_reach(company):
    other = make_company()
    stranger = other.agent(online=False)
    conversation = company.writes().conversation
    before = snapshot(conversation)
    for act in (
        lambda by: desk.claim(conversation_id=conversation.pk, by=by, at=later(9)),
        lambda by: desk.reply(conversation_id=conversation.pk, body="我来", by=by, at=later(9)),
        lambda by: desk.write_note(conversation_id=conversation.pk, body="x", by=by, at=later(9)),
        lambda by: desk.close(conversation_id=conversation.pk, by=by, at=later(9)),
        lambda by: desk.save_draft(conversation_id=conversation.pk, body="x", by=by, at=later(9)),
        lambda by: desk.mark_read(conversation_id=conversation.pk, by=by, at=later(9)),
        lambda by: desk.request_transfer(
            conversation_id=conversation.pk, reason="x", by=by, at=later(9), to_group=other.presale
        ),
    ):
        with pytest.raises(Http404):
            act(account_of(stranger))
    assert snapshot(conversation) == before


def test_what_a_colleague_holds_is_out_of_an_agents_reach_but_not_of_the_leaders(company, agent):
    colleague = company.agent(online=False)
    leader = company.agent("cs-leader", online=False)
    conversation = company.writes().conversation
    reply(conversation, agent, later(10))
    with pytest.raises(Http404):
        reply(conversation, colleague, later(20))
    reply(conversation, leader, later(30))


def test_everybody_of_a_team_may_take_from_its_queue(company):
    agents = [company.agent(online=False) for _ in range(2)]
    keep_alive(*agents, at=AT)
    customer = make_customer()
    conversation = company.writes(customer=customer).conversation
    claim(conversation, agents[1], later(1))
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == agents[1].pk
