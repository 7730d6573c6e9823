"""A leader moves customers by hand, one or many (B5, O5)."""

import pytest

from cangke.desk import public as desk
from cangke.desk.models import Conversation
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.notices.models import Notice
from cangke.people import public as people
from tests.factories import client_for

from .factories import (
    AT,
    account_of,
    claim,
    later,
    make_company,
    reply,
    snapshot,
)

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("B5", "O5")
@pytest.mark.django_db(transaction=True)
def test_b5_a_leader_moves_conversations_with_a_reason_and_both_are_told():
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    leader = company.agent("cs-leader", online=False)
    conversation = company.writes().conversation
    claim(conversation, first, later(1))
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
    claim(talk, agent, later(1))
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
        claim(talk, first, later(20), reason="x")
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
        claim(talk, first, later(20), reason="x")
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
