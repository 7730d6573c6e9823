"""Handing a customer to a colleague: who is answerable until it is accepted (A8)."""

import pytest
from django.http import Http404

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Transfer

from .factories import (
    AT,
    accept,
    account_of,
    claim,
    later,
    offer,
    reply,
    snapshot,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(company):
    return company.agent(online=False)


@pytest.fixture
def second(company):
    return company.agent(online=False)


@pytest.mark.requirement("A8", "A5")
def test_a8_at_minute_three_accepted_at_five_answered_at_six(company, first, second):
    conversation = company.writes("在吗", AT).conversation
    claim(conversation, first, AT)
    transfer = offer(conversation, first, second, later(180), "他更熟悉这个商品")
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == first.pk
    accept(transfer, second, later(300))
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
def test_the_receiver_sees_the_whole_talk_and_replying_accepts(company, first, second):
    conversation = company.writes().conversation
    reply(conversation, first, later(10))
    company.writes("还有", later(20), customer=conversation.customer)
    transfer = offer(conversation, first, second, later(30))
    reply(conversation, second, later(50))
    transfer.refresh_from_db()
    assert transfer.state == "accepted"
    assert conversation.turns.get(state="answered", number=3).agent_ms == 20_000


@pytest.mark.parametrize("end", ["decline", "withdraw", "lapse"])
@pytest.mark.requirement("A8")
def test_a_transfer_that_comes_to_nothing_leaves_the_sender_answerable(company, first, second, end):
    conversation = company.writes().conversation
    claim(conversation, first, later(1))
    transfer = offer(conversation, first, second, later(30))
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
        accept(transfer, second, later(200))
    turn = conversation.turns.get(number=1)
    # Nobody took it and the sender did not answer either: after the offer lapsed it went back.
    state = "transferred_unreplied" if end == "lapse" else "open"
    assert (turn.agent_id, turn.state, turn.excluded_reason) == (first.pk, state, "")


def test_a_transfer_to_a_queue_frees_the_sender_at_once(company, first):
    conversation = company.writes().conversation
    claim(conversation, first, later(1))
    desk.request_transfer(
        conversation_id=conversation.pk,
        reason="售后问题",
        by=account_of(first),
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
def test_a_transfer_that_cannot_be_is_refused_and_changes_nothing(
    company, first, second, changes, refusal
):
    conversation = company.writes().conversation
    if not changes.get("not_mine"):
        claim(conversation, first, later(1))
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


def test_only_the_one_it_is_offered_to_may_accept(company, first, second):
    third = company.agent(online=False)
    conversation = company.writes().conversation
    claim(conversation, first, later(1))
    transfer = offer(conversation, first, second, later(30), "x")
    with pytest.raises(Http404):
        accept(transfer, third, later(31))
    accept(transfer, second, later(32))
    accept(transfer, second, later(33))
    assert conversation.segments.count() == 2
