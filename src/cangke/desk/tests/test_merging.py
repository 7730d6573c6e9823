"""Two conversations of one customer become one, and come apart again."""

import pytest

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Message, Turn
from cangke.foundation.audit.models import AuditEntry
from tests.factories import client_for

from .factories import account_of, claim, later, make_channel, make_customer

pytestmark = pytest.mark.django_db
HOUR = 3600


def two_mails(company, agent, *, answered=True):
    """Two mails of one customer, held by one agent; the older one answered or not."""
    mails = make_channel(company.shop, kind="email")
    customer = make_customer()
    by = account_of(agent)
    found = []
    for n, words in enumerate(["发货了吗", "还有一件事"]):
        talk = company.writes(
            words, channel=mails, customer=customer, at=later(60 * n), begin_new=True
        ).conversation
        desk.claim(conversation_id=talk.pk, by=by, at=later(60 * n + 1))
        found.append(talk)
    if answered:
        desk.reply(conversation_id=found[0].pk, body="明天到", by=by, at=later(300))
    return found


def figures(*conversations) -> list[tuple]:
    rows = Turn.objects.filter(conversation__in=conversations).order_by("conversation_id", "number")
    return list(rows.values_list("state", "customer_ms", "agent_ms", "credited", "excluded_reason"))


def merge(one, other, agent, at=None, **more):
    by = account_of(agent)
    at = at or later(400)
    return desk.merge(conversation_id=one.pk, into_id=other.pk, by=by, at=at, **more)


def test_late_messages_and_replies_to_the_merged_one_follow_to_the_kept_one(company):
    """Fault elsewhere: late letters to a merged conversation open it again, or are lost."""
    agent = company.agent(online=False)
    one, other = two_mails(company, agent)
    merge(one, other, agent, reason="同一件事")
    assert Conversation.objects.get(pk=one.pk).state == "merged"
    got = company.writes(
        "收到了",
        channel=one.channel,
        customer=one.customer,
        conversation_id=one.pk,
        at=later(500),
        external_id="late-1",
    )
    assert got.conversation.pk == other.pk
    again = company.writes(
        "收到了",
        channel=one.channel,
        customer=one.customer,
        conversation_id=one.pk,
        at=later(501),
        external_id="late-1",
    )
    assert again.duplicate
    said = desk.reply(conversation_id=one.pk, body="好的", by=account_of(agent), at=later(510))
    assert said.conversation_id == other.pk
    entry = AuditEntry.objects.get(action="desk.merged")
    assert entry.changes["merged"] == one.number
    assert entry.reason == "同一件事"


def test_merging_changes_no_figure(company):
    """Fault elsewhere: merging takes slow answers, or none at all, out of the figures."""
    agent = company.agent(online=False)
    one, other = two_mails(company, agent)
    before = figures(one, other)
    merge(one, other, agent)
    assert figures(one, other) == before
    desk.reply(conversation_id=other.pk, body="在查", by=account_of(agent), at=later(900))
    assert figures(one, other)[1][:2] == ("answered", 840_000)
    for each in (one, other):
        assert desk.rebuild_turns(conversation_id=each.pk, at=later(950)) == []


@pytest.mark.parametrize("said", [None, "稍等"])
def test_a_waiting_customer_is_answered_first(company, said):
    agent = company.agent(online=False)
    one, other = two_mails(company, agent, answered=False)
    if said:
        desk.reply(conversation_id=one.pk, body=said, by=account_of(agent), at=later(300))
    with pytest.raises(desk.NotMergeable, match="还在等"):
        merge(one, other, agent)
    assert Conversation.objects.get(pk=one.pk).merged_into_id is None
    desk.reply(conversation_id=other.pk, body="可以", by=account_of(agent), at=later(350))
    assert merge(other, one, agent).pk == one.pk


def test_only_one_customers_conversations_of_one_channel_become_one(company):
    agent, colleague = company.agent(online=False), company.agent(online=False)
    one, other = two_mails(company, agent)
    stranger, _second = two_mails(company, agent)
    chat = company.writes(customer=one.customer, at=later(310)).conversation
    claim(chat, agent, later(311), reason="x")
    for wrong in (one, stranger, chat):
        with pytest.raises(desk.NotMergeable) as refused:
            merge(one, wrong, agent)
        assert refused.value.field == "into"
    theirs = account_of(company.agent("cs-supervisor", online=False))
    desk.assign(conversation_id=one.pk, to=colleague, reason="x", by=theirs, at=later(320))
    with pytest.raises(desk.NotMergeable, match="同事手上"):
        merge(one, other, agent)
    assert not Message.objects.filter(event="merged_in").exists()
    leader = company.agent("cs-supervisor", online=False)
    assert merge(one, other, leader).pk == other.pk


def test_a_major_complaint_stays_one_in_the_kept_conversation(company):
    agent = company.agent(online=False)
    one, other = two_mails(company, agent)
    desk.set_major(
        conversation_id=one.pk, major=True, reason="x", by=account_of(agent), at=later(310)
    )
    merge(one, other, agent)
    assert Conversation.objects.get(pk=other.pk).is_major


def test_a_merger_is_taken_back_while_nothing_was_said_since(company):
    agent = company.agent(online=False)
    one, other = two_mails(company, agent)
    before = figures(one, other)
    merge(one, other, agent)
    key = {"conversation_id": one.pk, "by": account_of(agent)}
    desk.separate(**key, at=later(420))
    found = Conversation.objects.get(pk=one.pk)
    assert (found.state, found.merged_into_id, found.closed_at) == ("waiting_customer", None, None)
    assert figures(one, other) == before
    with pytest.raises(desk.NotSeparable, match="没有并入"):
        desk.separate(**key, at=later(421))
    merge(one, other, agent, at=later(430))
    company.writes(
        "在吗", channel=one.channel, customer=one.customer, conversation_id=one.pk, at=later(440)
    )
    with pytest.raises(desk.NotSeparable, match="新的往来"):
        desk.separate(**key, at=later(450))
    assert Conversation.objects.get(pk=one.pk).merged_into_id == other.pk


def test_the_dialog_offers_the_customers_other_conversations(company):
    agent = company.agent(online=False)
    one, other = two_mails(company, agent)
    client = client_for(account_of(agent))
    page = f"/desk/c/{one.pk}/"
    shown = client.get(f"{page}merge/").content.decode()
    assert other.number in shown
    assert client.post(f"{page}merge/", {"into": one.pk}).status_code == 422
    assert client.post(f"{page}merge/", {"into": other.pk}).status_code == 302
    body = client.get(page).content.decode()
    assert f"已并入 {other.number}" in body
    assert one.number in client.get(f"/desk/c/{other.pk}/").content.decode()
    assert client.post(f"{page}separate/").status_code == 302
    assert "已并入" not in client.get(page).content.decode()


def test_where_nothing_can_be_merged_no_form_is_offered(company):
    agent = company.agent(online=False)
    alone = company.writes("发货了吗").conversation
    client = client_for(account_of(agent))
    shown = client.get(f"/desk/c/{alone.pk}/merge/").content.decode()
    assert "没有可合并的" in shown
    assert 'name="into"' not in shown
