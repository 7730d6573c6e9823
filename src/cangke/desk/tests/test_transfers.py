"""Handing a customer to a colleague: who is answerable until it is accepted (A8)."""

import pytest
from django.http import Http404

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Transfer

from .factories import (
    AT,
    account_of,
    later,
    make_company,
    reply,
    snapshot,
)

pytestmark = pytest.mark.django_db


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
