"""The list of all conversations, what leaders judge, and whom one asks (A1, A9, A12)."""

import pytest

from cangke.customers import public as customers
from cangke.desk import actions, permissions, queries
from cangke.desk import public as desk
from cangke.desk.models import Conversation, Mention
from cangke.foundation.access.public import Account, Roles, scope
from cangke.orders.tests.factories import make_order
from cangke.people.tests.factories import make_employee
from tests.factories import client_for, make_account

from .factories import (
    AT,
    account_of,
    claim,
    handling_result,
    later,
    make_channel,
    make_company,
    question_type,
)

pytestmark = pytest.mark.django_db
LIST = "/desk/conversations/"


def ended(company, agent, body="在吗"):
    """A conversation that the agent has answered and closed."""
    talk = company.writes(body).conversation
    by = account_of(agent)
    desk.claim(conversation_id=talk.pk, by=by, at=AT)
    desk.reply(conversation_id=talk.pk, body="您好", by=by, at=later(5))
    desk.close(
        conversation_id=talk.pk,
        question_type=question_type(),
        handling_result=handling_result(),
        by=by,
        at=later(60),
    )
    return talk


def listed(account, **query) -> set[int]:
    text = client_for(account).get(LIST, {"view": "all", **query}).content.decode()
    return {pk for pk in Conversation.objects.values_list("pk", flat=True) if f"/c/{pk}/" in text}


@pytest.mark.requirement("A1")
def test_a1_what_has_ended_is_found_by_channel_number_customer_and_order(company):
    agent = company.agent(online=False)
    account = account_of(agent)
    first, second = ended(company, agent), ended(company, agent)
    phone = make_channel(company.shop, kind="phone", name="总机")
    other = company.writes(channel=phone).conversation
    order = make_order(company.shop)
    second.customer.display_name = "小鱼妈妈"
    second.customer.save()
    Conversation.objects.filter(pk=second.pk).update(order=order)
    actions.index_new(at=AT)
    everything = {first.pk, second.pk, other.pk}
    assert listed(account) == everything
    assert listed(account, view="open") == {other.pk}
    assert listed(account, view="closed") == {first.pk, second.pk}
    assert listed(account, channel=phone.pk) == {other.pk}
    assert listed(account, q=first.number.lower()) == {first.pk}
    assert listed(account, q="小鱼") == {second.pk}
    assert listed(account, q=order.external_no) == {second.pk}
    text = client_for(account).get(LIST).content.decode()
    for said in (order.external_no, agent.name, question_type().name, handling_result().name):
        assert said in text


def test_what_is_found_near_is_all_that_the_gate_lets_through(company):
    """The list of an agent is driven by what went through their hands (A1)."""
    agent, mate = company.agent(online=False), company.agent(online=False)
    account, other = account_of(agent), account_of(mate)
    served = ended(company, agent)
    held = company.writes("在吗").conversation
    desk.claim(conversation_id=held.pk, by=account, at=AT)
    called, foreign = ended(company, mate), ended(company, mate)
    offered = company.writes("在吗").conversation
    desk.claim(conversation_id=offered.pk, by=other, at=AT)
    waiting = company.writes("有人吗").conversation
    Mention.objects.create(conversation=called, message=called.messages.first(), employee=agent)
    desk.request_transfer(
        conversation_id=offered.pk, to_agent=agent, reason="他熟", by=other, at=later(90)
    )
    seen = set(scope(account, Conversation, "view").values_list("pk", flat=True))
    near = set(
        Conversation.objects.filter(permissions.kept_near(account)).values_list("pk", flat=True)
    )
    assert seen == {each.pk for each in (served, held, waiting, called, offered)}
    assert near == seen
    assert listed(account) == seen
    assert foreign.pk not in near


def test_who_sees_more_than_their_own_is_bound_by_the_gate_alone():
    assert permissions.kept_near(make_account(Roles.SUPERVISOR)) is None
    assert permissions.kept_near(make_account(Roles.AGENT, scope="shop")) is None


def test_nobody_sees_there_what_is_out_of_reach(company):
    talk = ended(company, company.agent(online=False))
    stranger = account_of(make_company().agent(online=False))
    assert listed(stranger) == set()
    assert listed(make_account(Roles.SUPERVISOR)) == {talk.pk}


def test_the_list_takes_the_same_queries_however_long(company, django_assert_max_num_queries):
    agent = company.agent(online=False)
    for _each in range(6):
        ended(company, agent)
    page = client_for(account_of(agent))
    page.get(LIST)
    with django_assert_max_num_queries(14):
        page.get(LIST)


@pytest.mark.requirement("A12", "AMB-34")
def test_what_a_muted_customer_writes_is_kept_in_a_folder_that_is_seen(company):
    supervisor = make_account(Roles.SUPERVISOR)
    first = company.writes("加我微信").conversation
    customers.mute_customer(
        customer_id=first.customer_id, reason="骚扰", until=later(9000), by=supervisor, at=later(5)
    )
    plain = company.writes("在吗").conversation
    company.writes("再加我", later(60), customer=first.customer)
    assert listed(supervisor, view="spam") == {first.pk}
    assert plain.pk in listed(supervisor)


@pytest.mark.requirement("A12", "AMB-34")
def test_leaders_call_it_spam_on_the_page_and_agents_are_not_asked(company):
    leader, agent = company.agent("cs-leader", online=False), company.agent(online=False)
    talk = company.writes("代开发票").conversation
    address = f"/desk/c/{talk.pk}/close/"
    page = client_for(account_of(agent))
    assert 'name="reason"' not in page.get(address).content.decode()
    assert page.post(address, {"reason": "spam"}).status_code == 422
    over = client_for(account_of(leader))
    assert over.post(address, {"reason": "settled"}).status_code == 422
    assert over.post(address, {"reason": "auto_idle"}).status_code == 422
    talk.refresh_from_db()
    assert talk.is_open
    assert over.post(address, {"reason": "spam"}).status_code == 302
    talk.refresh_from_db()
    assert (talk.close_reason, talk.question_type) == ("spam", None)
    assert talk.turns.get().excluded_reason == "spam"
    assert listed(account_of(leader), view="spam") == {talk.pk}


@pytest.mark.requirement("A9")
def test_a9_a_hard_question_goes_to_the_leader_in_one_step(company):
    agent, mate = company.agent(online=False), company.agent(online=False)
    leader, on_duty = (company.agent("cs-leader", online=False) for _each in range(2))
    company.team.leader = leader
    company.team.save()
    talk = company.writes("能赔多少").conversation
    page = client_for(account_of(agent))
    claim(talk, agent, AT)
    address = f"/desk/c/{talk.pk}/ask/"
    assert address in page.get(f"/desk/c/{talk.pk}/").content.decode()
    desk.shift_leaders.plug(lambda *, team_id, at: [on_duty.pk])
    try:
        offered = page.get(address).context["form"].fields["whom"].choices
    finally:
        desk.shift_leaders.unplug()
    above, people = ([pk for pk, _label in rows] for _group, rows in offered)
    assert above == [str(on_duty.pk), str(leader.pk)]
    assert str(mate.pk) in people
    assert str(agent.pk) not in above + people
    assert page.post(address, {"whom": leader.pk, "question": ""}).status_code == 422
    assert page.post(address, {"whom": leader.pk + 999, "question": "x"}).status_code == 422
    assert not Mention.objects.exists()
    form = {"whom": leader.pk, "question": "客户要赔 300", "client_token": "once"}
    for _twice in range(2):
        assert page.post(address, form).status_code == 302
    note = talk.messages.get(direction="note")
    assert note.body == f"@{leader.name} 客户要赔 300"
    assert Mention.objects.get(message=note).employee == leader
    assert "客户要赔 300" in client_for(account_of(leader)).get("/desk/hard/").content.decode()
    talk.refresh_from_db()
    assert talk.waiting_since is not None, "asking is no answer"


@pytest.mark.requirement("A9")
@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@李强看一下", ["李强"]),
        ("请 @李强强，@Emily 一起看", ["Emily Chen", "李强强"]),
        ("@Emilyx 看看", []),
        ("客户邮箱 buyer@liqiang.example", []),
        ("@liqiang 帮忙", ["李强"]),
        ("@没有这个人", []),
    ],
)
def test_a9_a_note_calls_by_name_whatever_follows(text, called):
    for name, english, username in (
        ("李强", "", "liqiang"),
        ("李强强", "", "liqq"),
        ("Emily Chen", "Emily", "emily"),
    ):
        employee = make_employee()
        employee.name, employee.english_name = name, english
        employee.save()
        Account.objects.filter(pk=employee.account_id).update(username=username)
    assert sorted(each.name for each in queries.mentioned_in(text)) == sorted(called)


@pytest.mark.requirement("AMB-36", "A6")
def test_who_answers_off_shift_counts_with_a_mark(company):
    agent = company.agent(online=False)
    talk = ended(company, agent)
    page = client_for(account_of(agent))
    address = f"/desk/c/{talk.pk}/turns/"
    assert "班外" not in page.get(address).content.decode()
    desk.off_shift.plug(lambda *, moments: frozenset(moments))
    try:
        text = page.get(address).content.decode()
    finally:
        desk.off_shift.unplug()
    assert "班外" in text
    turn = talk.turns.get()
    assert (turn.credited, turn.customer_ms) == (agent, 5000), "it counts all the same"
