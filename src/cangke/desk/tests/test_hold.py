"""Who is answerable: claiming, routing, assigning, transferring, releasing."""

import json

import pytest
from django.http import Http404

from cangke.desk import public as desk
from cangke.desk.models import AgentProfile, Conversation, Draft, Message, Segment, Transfer
from cangke.desk.rules.routing import Presence
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.notices.models import Notice
from cangke.people import public as people
from cangke.people.models import Shop
from tests.factories import client_for

from .factories import (
    AT,
    account_of,
    go_online,
    keep_alive,
    later,
    make_company,
    make_customer,
)

pytestmark = pytest.mark.django_db


def snapshot(conversation):
    """Everything an action could have changed."""
    return (
        Conversation.objects.values().get(pk=conversation.pk),
        list(conversation.messages.values_list("seq", "event")),
        list(conversation.segments.values_list("agent_id", "ended_at")),
        list(conversation.turns.order_by("number").values()),
        list(conversation.transfers.values_list("state", flat=True)),
    )


def reply(conversation, agent, at, body="您好"):
    return desk.reply(conversation_id=conversation.pk, body=body, by=account_of(agent), at=at)


# --- claiming


@pytest.mark.requirement("X18")
def test_the_second_claim_is_refused_with_the_name_of_the_first():
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(first), at=later(10))
    before = snapshot(conversation)
    with pytest.raises(desk.AlreadyClaimed, match=first.name) as refused:
        desk.claim(conversation_id=conversation.pk, by=account_of(second), at=later(11))
    assert refused.value.status == 409
    assert snapshot(conversation) == before
    assert AuditEntry.objects.filter(action="desk.claimed").count() == 1


@pytest.mark.requirement("A21")
def test_who_waits_longer_is_served_first_or_the_reason_is_on_record():
    company = make_company()
    agent = company.agent(online=False)
    first = company.writes().conversation
    second = company.writes(at=later(5)).conversation
    before = snapshot(second)
    with pytest.raises(desk.OutOfTurn, match="前面还有 1 位") as refused:
        desk.claim(conversation_id=second.pk, by=account_of(agent), at=later(10), reason="  ")
    assert refused.value.field == "reason"
    assert snapshot(second) == before
    desk.claim(
        conversation_id=second.pk, by=account_of(agent), at=later(11), reason="老客户，刚才断线"
    )
    entry = AuditEntry.objects.get(action="desk.claimed_out_of_turn")
    assert (entry.actor_id, entry.reason, entry.at) == (
        agent.account_id,
        "老客户，刚才断线",
        later(11),
    )
    assert entry.changes == {"ahead": 1}
    told = Message.objects.get(conversation=second, event="assigned")
    assert told.data["reason"] == "老客户，刚才断线"
    desk.claim(conversation_id=first.pk, by=account_of(agent), at=later(12))
    assert AuditEntry.objects.filter(action="desk.claimed").count() == 1


@pytest.mark.requirement("A21")
def test_answering_out_of_turn_without_claiming_asks_for_the_reason_too():
    company = make_company()
    agent = company.agent(online=False)
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
    entry = AuditEntry.objects.get(action="desk.claimed_out_of_turn")
    assert (entry.actor_id, entry.changes, entry.reason, entry.at) == (
        agent.account_id,
        {"ahead": 1},
        "断线后又连上的客户",
        later(11),
    )
    told = Message.objects.get(conversation=second, event="assigned")
    assert told.data["reason"] == "断线后又连上的客户"
    assert desk.reply(**answer, at=later(12), client_token="t") == sent, "sent twice is sent once"


@pytest.mark.requirement("A21")
def test_whoever_holds_a_customer_or_answers_the_first_needs_no_reason():
    company = make_company()
    agent = company.agent(online=False)
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
def test_the_page_keeps_what_was_typed_and_asks_why_this_one_comes_first():
    company = make_company()
    agent = company.agent(online=False)
    client = client_for(account_of(agent))
    company.writes()
    second = company.writes(at=later(5)).conversation
    typed, claim = {"body": "马上帮您查", "client_token": "t"}, f"/desk/c/{second.pk}/claim/"
    asked = client.post(f"/desk/c/{second.pk}/reply/", typed, headers={"HX-Request": "true"})
    assert asked.status_code == 422, "the composer is emptied by success only"
    assert json.loads(asked.headers["HX-Trigger"])["ck:open-dialog"]["url"] == claim
    assert Draft.objects.get(employee=agent).body == "马上帮您查"
    assert not Message.objects.filter(direction="out", sender_kind="agent").exists()
    plain = client.post(f"/desk/c/{second.pk}/reply/", typed)
    assert (plain.status_code, plain.headers["Location"]) == (302, claim)
    client.post(claim, {"reason": "投诉升级"})
    assert "马上帮您查</textarea>" in client.get(f"/desk/c/{second.pk}/").content.decode()
    assert client.post(f"/desk/c/{second.pk}/reply/", typed).status_code == 302
    assert Message.objects.get(direction="out", sender_kind="agent").body == "马上帮您查"
    assert not Draft.objects.exists()


@pytest.mark.requirement("A20", "A21")
def test_an_urgent_customer_is_next_in_turn_and_other_queues_do_not_count():
    company = make_company()
    agent = company.agent(online=False)
    company.writes()
    urgent = company.writes(at=later(5)).conversation
    Conversation.objects.filter(pk=urgent.pk).update(priority=2)
    desk.claim(conversation_id=urgent.pk, by=account_of(agent), at=later(10))
    elsewhere = make_company()
    alone = elsewhere.writes(at=later(20)).conversation
    desk.claim(conversation_id=alone.pk, by=account_of(elsewhere.agent(online=False)), at=later(30))
    assert not AuditEntry.objects.filter(action="desk.claimed_out_of_turn").exists()


@pytest.mark.requirement("A21")
def test_the_page_shows_who_is_ahead_and_asks_why_this_one_comes_first():
    company = make_company()
    agent = company.agent(online=False)
    client = client_for(account_of(agent))
    first = company.writes(customer=make_customer(display_name="先来的")).conversation
    second = company.writes(at=later(5)).conversation
    page = client.get(f"/desk/c/{second.pk}/").content.decode()
    assert "先来的 排在前面" in page
    assert f"/desk/c/{first.pk}/" in page
    claim = f"/desk/c/{second.pk}/claim/"
    assert "先来的" in client.get(claim).content.decode()
    asked = client.post(claim, headers={"HX-Request": "true"})
    assert claim in asked.headers["HX-Trigger"], "the dialog opens instead of an error"
    assert client.post(claim, {"reason": ""}).status_code == 422
    assert client.post(claim, {"reason": "投诉升级"}).status_code == 302
    second.refresh_from_db()
    assert second.assignee_id == agent.pk


def test_the_pane_is_drawn_anew_when_somebody_is_given_the_customer_they_look_at():
    company = make_company()
    agent = company.agent(online=False)
    client = client_for(account_of(agent))
    talk = company.writes().conversation
    head = f"/desk/c/{talk.pk}/head/"
    asking = {"headers": {"HX-Request": "true"}}
    assert f"{head}?drawn=queued" in client.get(f"/desk/c/{talk.pk}/").content.decode()
    same = client.get(f"{head}?drawn=queued", **asking)
    assert "HX-Retarget" not in same.headers
    assert "?drawn=queued" in same.content.decode(), "it goes on watching"
    desk.claim(conversation_id=talk.pk, by=account_of(agent), at=later(10))
    mine = client.get(f"{head}?drawn=queued", **asking)
    assert mine.headers["HX-Retarget"] == "#desk-pane"
    assert "data-reply-placeholder" in mine.content.decode(), "a reply can be written"
    assert "drawn=" not in client.get(f"/desk/c/{talk.pk}/").content.decode()


def test_claiming_what_one_holds_changes_nothing():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(agent), at=later(10))
    before = snapshot(conversation)
    desk.claim(conversation_id=conversation.pk, by=account_of(agent), at=later(12))
    assert snapshot(conversation) == before


def test_a_conversation_of_another_teams_queue_is_out_of_reach():
    company, other = make_company(), make_company()
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


def test_what_a_colleague_holds_is_out_of_an_agents_reach_but_not_of_the_leaders():
    company = make_company()
    agent, colleague = company.agent(online=False), company.agent(online=False)
    leader = company.agent("cs-leader", online=False)
    conversation = company.writes().conversation
    reply(conversation, agent, later(10))
    with pytest.raises(Http404):
        reply(conversation, colleague, later(20))
    reply(conversation, leader, later(30))


# --- routing (B4)


@pytest.mark.requirement("B4")
@pytest.mark.django_db(transaction=True)
def test_b4_with_three_and_five_open_the_next_goes_to_the_first():
    company = make_company()
    busy, busier = company.agent(online=False), company.agent(online=False)
    for agent, load in ((busy, 3), (busier, 5)):
        for _ in range(load):
            reply(company.writes().conversation, agent, later(1))
    go_online(busy), go_online(busier)
    conversation = Conversation.objects.get(pk=company.writes(at=later(5)).conversation.pk)
    assert conversation.assignee_id == busy.pk
    segment = Segment.objects.get(conversation=conversation)
    assert segment.because["code"] == "choice.least_load"
    assert segment.started_by == "auto"


@pytest.mark.requirement("B4")
@pytest.mark.django_db(transaction=True)
def test_b4_an_english_conversation_goes_only_to_agents_with_english():
    company = make_company()
    company.agent(languages=["zh-hans"])
    english = company.agent(languages=["zh-hans", "en"], max_chats=1)
    first = company.writes("hello", language="en").conversation
    second = company.writes("hello", language="en").conversation
    assert Conversation.objects.get(pk=first.pk).assignee_id == english.pk
    assert Conversation.objects.get(pk=second.pk).assignee_id is None


@pytest.mark.requirement("B11")
@pytest.mark.django_db(transaction=True)
def test_b11_who_is_not_certified_for_after_sales_is_given_none():
    company = make_company()
    learner = company.agent(online=False)
    waiting = company.writes().conversation
    Conversation.objects.filter(pk=waiting.pk).update(stage="aftersale", group=company.aftersale)

    def uncertified(*, employee_ids, stage):
        return frozenset({learner.pk}) if stage == "aftersale" else frozenset()

    desk.uncertified.plug(uncertified)
    try:
        go_online(learner)
        assert Conversation.objects.get(pk=waiting.pk).assignee_id is None
        asking = company.writes(at=later(1)).conversation
        assert Conversation.objects.get(pk=asking.pk).assignee_id == learner.pk, "pre-sales is open"
    finally:
        desk.uncertified.unplug()
    desk.route_waiting(at=later(2))
    assert Conversation.objects.get(pk=waiting.pk).assignee_id == learner.pk


@pytest.mark.requirement("B3")
@pytest.mark.django_db(transaction=True)
def test_b3_a_brand_reaches_only_its_team_and_an_upcoming_shop_nobody():
    mine, other = make_company(), make_company()
    agent = mine.agent()
    other.agent()
    conversation = mine.writes().conversation
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == agent.pk
    Shop.objects.filter(pk=other.shop.pk).update(state="upcoming")
    upcoming = other.writes().conversation
    desk.route_waiting(at=later(3))
    assert Conversation.objects.get(pk=upcoming.pk).assignee_id is None


@pytest.mark.django_db(transaction=True)
def test_coming_online_brings_what_waits_in_the_queues_order():
    company = make_company()
    old = company.writes(at=AT).conversation
    new = company.writes(at=later(10)).conversation
    urgent = company.writes(at=later(20)).conversation
    Conversation.objects.filter(pk=urgent.pk).update(priority=2)
    agent = company.agent(online=False, max_chats=2)
    go_online(agent, at=later(30))
    held = set(Conversation.objects.filter(assignee=agent).values_list("pk", flat=True))
    assert held == {old.pk, urgent.pk}
    assert Conversation.objects.get(pk=new.pk).state == "queued"


@pytest.mark.django_db(transaction=True)
def test_who_served_the_customer_lately_gets_them_back():
    company = make_company()
    known, idle = company.agent(), company.agent(online=False)
    conversation = company.writes().conversation
    reply(conversation, known, later(5))
    go_online(idle)
    keep_alive(known, idle, at=later(60))
    again = company.writes(
        at=later(60), customer=conversation.customer, begin_new=True
    ).conversation
    assert Conversation.objects.get(pk=again.pk).assignee_id == known.pk


@pytest.mark.django_db(transaction=True)
def test_nobody_without_a_heartbeat_is_given_work():
    company = make_company()
    company.agent()
    conversation = company.writes(at=later(31)).conversation
    assert Conversation.objects.get(pk=conversation.pk).state == "queued"


# --- transfers (A8)


@pytest.mark.requirement("A8", "A5")
def test_a8_at_minute_three_accepted_at_five_answered_at_six():
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    conversation = company.writes("在吗", AT).conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(first), at=AT)
    transfer = desk.request_transfer(
        conversation_id=conversation.pk,
        reason="他更熟悉这个商品",
        by=account_of(first),
        at=later(180),
        to_agent=second,
    )
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == first.pk
    desk.accept_transfer(transfer_id=transfer.pk, by=account_of(second), at=later(300))
    reply(conversation, second, later(360))
    turns = list(conversation.turns.order_by("number"))
    assert [turn.state for turn in turns] == ["transferred_unreplied", "answered"]
    assert [turn.agent_id for turn in turns] == [first.pk, second.pk]
    assert [turn.agent_ms for turn in turns] == [180_000, 180_000]
    assert turns[1].customer_ms == 360_000
    conversation.refresh_from_db()
    assert conversation.assignee_id == second.pk
    assert desk.rebuild_turns(conversation_id=conversation.pk, at=later(400)) == []


@pytest.mark.requirement("A8")
def test_the_receiver_sees_the_whole_talk_and_replying_accepts():
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    conversation = company.writes().conversation
    reply(conversation, first, later(10))
    company.writes("还有", later(20), customer=conversation.customer)
    transfer = desk.request_transfer(
        conversation_id=conversation.pk,
        reason="请帮忙",
        by=account_of(first),
        at=later(30),
        to_agent=second,
    )
    reply(conversation, second, later(50))
    transfer.refresh_from_db()
    assert transfer.state == "accepted"
    assert conversation.turns.get(state="answered", number=3).agent_ms == 20_000


@pytest.mark.parametrize("end", ["decline", "withdraw", "lapse"])
@pytest.mark.requirement("A8")
def test_a_transfer_that_comes_to_nothing_leaves_the_sender_answerable(end):
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(first), at=later(1))
    transfer = desk.request_transfer(
        conversation_id=conversation.pk,
        reason="请帮忙",
        by=account_of(first),
        at=later(30),
        to_agent=second,
    )
    if end == "decline":
        desk.decline_transfer(
            transfer_id=transfer.pk, answer="我在忙", by=account_of(second), at=later(40)
        )
    elif end == "withdraw":
        desk.withdraw_transfer(transfer_id=transfer.pk, by=account_of(first), at=later(40))
    else:
        desk.sweep(at=later(30 + 119))
        assert Transfer.objects.get().state == "pending"
        Conversation.objects.update(requeue_at=later(999))
        desk.sweep(at=later(30 + 120))
    transfer.refresh_from_db()
    assert transfer.state == {"decline": "declined", "withdraw": "withdrawn"}.get(end, "lapsed")
    with pytest.raises(desk.TransferOver):
        desk.accept_transfer(transfer_id=transfer.pk, by=account_of(second), at=later(200))
    turn = conversation.turns.get(number=1)
    # Nobody took it and the sender did not answer either: after the offer lapsed it went back.
    state = "transferred_unreplied" if end == "lapse" else "open"
    assert (turn.agent_id, turn.state, turn.excluded_reason) == (first.pk, state, "")


def test_a_transfer_to_a_queue_frees_the_sender_at_once():
    company = make_company()
    agent = company.agent(online=False)
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(agent), at=later(1))
    desk.request_transfer(
        conversation_id=conversation.pk,
        reason="售后问题",
        by=account_of(agent),
        at=later(30),
        to_group=company.aftersale,
    )
    conversation.refresh_from_db()
    assert (conversation.state, conversation.assignee_id) == ("queued", None)
    assert conversation.group_id == company.aftersale.pk
    assert conversation.turns.get(number=1).state == "transferred_unreplied"
    assert conversation.turns.get(number=1).agent_ms == 29_000


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, desk.TransferRefused),
        ({"to_agent": None}, desk.TransferRefused),
        ({"to_self": True}, desk.TransferRefused),
        ({"pending": True}, desk.TransferPending),
        ({"not_mine": True}, desk.NothingHeld),
    ],
)
def test_a_transfer_that_cannot_be_is_refused_and_changes_nothing(changes, refusal):
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    conversation = company.writes().conversation
    if not changes.get("not_mine"):
        desk.claim(conversation_id=conversation.pk, by=account_of(first), at=later(1))
    values = {"reason": "请帮忙", "to_agent": second}
    values.update({k: v for k, v in changes.items() if k in values})
    if changes.get("to_self"):
        values["to_agent"] = first
    request = {"conversation_id": conversation.pk, "by": account_of(first), "at": later(30)}
    if changes.get("pending"):
        desk.request_transfer(**request, **values)
    before = snapshot(conversation)
    with pytest.raises(refusal):
        desk.request_transfer(**request, **values)
    assert snapshot(conversation) == before


def test_only_the_one_it_is_offered_to_may_accept():
    company = make_company()
    first, second, third = (company.agent(online=False) for _ in range(3))
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(first), at=later(1))
    transfer = desk.request_transfer(
        conversation_id=conversation.pk,
        reason="x",
        by=account_of(first),
        at=later(30),
        to_agent=second,
    )
    with pytest.raises(Http404):
        desk.accept_transfer(transfer_id=transfer.pk, by=account_of(third), at=later(31))
    desk.accept_transfer(transfer_id=transfer.pk, by=account_of(second), at=later(32))
    desk.accept_transfer(transfer_id=transfer.pk, by=account_of(second), at=later(33))
    assert conversation.segments.count() == 2


# --- by hand (B5)


@pytest.mark.requirement("B5", "O5")
@pytest.mark.django_db(transaction=True)
def test_b5_a_leader_moves_conversations_with_a_reason_and_both_are_told():
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    leader = company.agent("cs-leader", online=False)
    conversation = company.writes().conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(first), at=later(1))
    with pytest.raises(desk.ReasonMissing):
        desk.assign(
            conversation_id=conversation.pk,
            to=second,
            reason="",
            by=account_of(leader),
            at=later(20),
        )
    desk.assign(
        conversation_id=conversation.pk,
        to=second,
        reason="他请假了",
        by=account_of(leader),
        at=later(20),
    )
    conversation.refresh_from_db()
    assert conversation.assignee_id == second.pk
    entry = AuditEntry.objects.get(action="desk.assigned")
    assert (entry.reason, entry.changes["assignee"]) == ("他请假了", [first.pk, second.pk])
    lost = conversation.turns.get(number=1)
    assert (lost.state, lost.excluded_reason) == ("transferred_unreplied", "taken_over")
    told = set(Notice.objects.filter(kind="desk.assigned").values_list("account_id", flat=True))
    assert told == {account_of(first).pk, account_of(second).pk}


@pytest.mark.requirement("O5")
@pytest.mark.django_db(transaction=True)
def test_o5_a_supervisor_takes_a_customer_over_and_it_is_on_record():
    company = make_company()
    agent = company.agent(online=False)
    boss = company.agent("cs-supervisor", online=False)
    talk = company.writes().conversation
    desk.claim(conversation_id=talk.pk, by=account_of(agent), at=later(1))
    address = f"/desk/c/{talk.pk}/take-over/"
    assert address in client_for(account_of(boss)).get(f"/desk/c/{talk.pk}/").content.decode()
    assert client_for(account_of(agent)).post(address).status_code == 403
    assert Conversation.objects.get(pk=talk.pk).assignee_id == agent.pk
    assert client_for(account_of(boss)).post(address).status_code == 302
    assert Conversation.objects.get(pk=talk.pk).assignee_id == boss.pk
    entry = AuditEntry.objects.get(action="desk.assigned")
    assert (entry.actor_id, entry.changes["assignee"]) == (boss.account_id, [agent.pk, boss.pk])
    assert Notice.objects.filter(kind="desk.assigned", account=account_of(agent)).exists()


@pytest.mark.requirement("B5")
@pytest.mark.django_db(transaction=True)
def test_b5_ten_conversations_are_moved_at_once_on_the_page():
    company, other = make_company(), make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    leader = client_for(account_of(company.agent("cs-leader", online=False)))
    talks = [company.writes(at=later(n)).conversation for n in range(10)]
    for talk in talks:
        desk.claim(conversation_id=talk.pk, by=account_of(first), at=later(20), reason="x")
    elsewhere = other.writes().conversation
    page = f"/desk/reassign/?agent={first.pk}"
    shown = leader.get(page).content.decode()
    assert all(talk.number in shown for talk in talks)
    assert elsewhere.number not in shown
    chosen = {"conversations": [talk.pk for talk in talks], "agent": second.pk}
    before = [snapshot(talk) for talk in talks]
    for wrong in (
        {**chosen, "reason": ""},
        {**chosen, "conversations": [], "reason": "x"},
        {**chosen, "conversations": [talks[0].pk, elsewhere.pk], "reason": "x"},
    ):
        assert leader.post(page, wrong).status_code == 422
    assert client_for(account_of(first)).get(page).status_code == 403
    assert [snapshot(talk) for talk in talks] == before
    assert leader.post(page, {**chosen, "reason": "他请假了"}).status_code == 302
    assert {each.assignee_id for each in Conversation.objects.exclude(pk=elsewhere.pk)} == {
        second.pk
    }
    entries = AuditEntry.objects.filter(action="desk.assigned", reason="他请假了")
    assert entries.count() == 10
    for agent in (first, second):
        told = Notice.objects.filter(kind="desk.assigned", account=account_of(agent))
        assert told.count() == 10


@pytest.mark.requirement("B5")
def test_b5_if_one_cannot_be_moved_none_is():
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    leader = account_of(company.agent("cs-leader", online=False))
    talks = [company.writes(at=later(n)).conversation for n in range(2)]
    for talk in talks:
        desk.claim(conversation_id=talk.pk, by=account_of(first), at=later(20), reason="x")
    desk.close(conversation_id=talks[1].pk, by=leader, at=later(30), reason=desk.ClosingReason.SPAM)
    with pytest.raises(desk.ConversationEnded):
        desk.assign_many(
            conversation_ids=[talk.pk for talk in talks],
            to=second,
            reason="他请假了",
            by=leader,
            at=later(40),
        )
    assert Conversation.objects.get(pk=talks[0].pk).assignee_id == first.pk


@pytest.mark.requirement("A27")
def test_a27_a_conversation_is_given_back_with_a_hand_over_note():
    company = make_company()
    agent, other = company.agent(online=False), company.agent(online=False)
    conversation = company.writes().conversation
    reply(conversation, agent, later(5))
    with pytest.raises(desk.ReasonMissing):
        desk.release(conversation_id=conversation.pk, reason="", by=account_of(agent), at=later(9))
    desk.release(
        conversation_id=conversation.pk,
        reason="客户在等物流回复",
        by=account_of(agent),
        at=later(9),
    )
    conversation.refresh_from_db()
    assert conversation.state == "queued"
    with pytest.raises(desk.NothingHeld):
        desk.release(
            conversation_id=conversation.pk, reason="x", by=account_of(agent), at=later(10)
        )
    desk.claim(conversation_id=conversation.pk, by=account_of(other), at=later(11))
    conversation.refresh_from_db()
    assert conversation.state == "waiting_customer"


def test_presence_is_written_as_intervals_without_gaps():
    company = make_company()
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


@pytest.mark.django_db(transaction=True)
def test_the_work_of_somebody_who_leaves_goes_back_to_the_queue():
    """Design security 14: the work goes to others."""
    company = make_company()
    agent = company.agent()
    conversation = company.writes().conversation
    reply(conversation, agent, later(5))
    people.leave(employee_id=agent.pk, last_date=AT.date(), reason="离职", by=None, at=later(60))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.assignee_id) == ("queued", None)
    assert desk.AgentProfile.objects.get(employee=agent).presence == "offline"


def test_everybody_of_a_team_may_take_from_its_queue():
    company = make_company()
    agents = [company.agent(online=False) for _ in range(2)]
    keep_alive(*agents, at=AT)
    customer = make_customer()
    conversation = company.writes(customer=customer).conversation
    desk.claim(conversation_id=conversation.pk, by=account_of(agents[1]), at=later(1))
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == agents[1].pk


@pytest.mark.django_db(transaction=True)
def test_weighing_a_long_queue_asks_as_little_as_a_short_one(django_assert_max_num_queries):
    """Fault elsewhere: each assignment counts every agent's conversations one by one."""
    company = make_company()
    company.agent(max_chats=0)
    for n in range(12):
        company.writes(at=later(n))
    with django_assert_max_num_queries(8):
        assert desk.route_waiting(at=later(20)) == 0


# --- going home (A27)


@pytest.fixture
def evening():
    company = make_company()
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
