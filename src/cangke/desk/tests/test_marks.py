"""Marks in the thread: recalled messages, time-critical customers, major complaints."""

import pytest
from django.http import Http404

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Message
from cangke.foundation.access.public import Roles
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.notices.models import Notice
from cangke.people.models import Employee
from tests.factories import client_for, make_account

from .factories import account_of, claim, handling_result, later, question_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(company):
    return company.agent()


@pytest.fixture
def talk(company, agent):
    """A conversation that the agent holds and has answered."""
    pk = company.writes("包裹在哪").conversation.pk
    if Conversation.objects.get(pk=pk).assignee_id is None:
        desk.claim(conversation_id=pk, by=account_of(agent), at=later(1))
    desk.reply(conversation_id=pk, body="已发出", by=account_of(agent), at=later(20))
    return Conversation.objects.get(pk=pk)


@pytest.fixture
def desk_page(agent):
    return client_for(account_of(agent))


def page_of(desk_page, talk) -> str:
    return desk_page.get(f"/desk/c/{talk.pk}/").content.decode()


def make_leader(company):
    leader = company.agent("cs-leader", online=False)
    return client_for(account_of(leader))


@pytest.mark.requirement("A22")
def test_a22_a_recalled_message_stays_in_the_file_and_is_marked_where_it_stands(desk_page, talk):
    message = Message.objects.get(body="已发出")
    assert f"/desk/message/{message.pk}/recall/" in page_of(desk_page, talk)
    response = desk_page.post(f"/desk/message/{message.pk}/recall/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "ck:thread" in response.headers["HX-Trigger"]
    news = desk_page.get(f"/desk/c/{talk.pk}/messages/?after={message.seq}").content.decode()
    assert f'id="m{message.pk}" hx-swap-oob="true"' in news
    assert "<del>" in news
    assert "已发出" in news
    assert f"/desk/message/{message.pk}/recall/" not in page_of(desk_page, talk)
    talk.refresh_from_db()
    assert talk.waiting_since is not None


def test_without_script_a_recall_leads_back_to_the_conversation(desk_page, talk):
    message = Message.objects.get(body="已发出")
    response = desk_page.post(f"/desk/message/{message.pk}/recall/")
    assert response.headers["Location"] == f"/desk/c/{talk.pk}/"


def test_nobody_recalls_what_the_customer_or_a_colleague_wrote(desk_page, talk, company):
    asked = Message.objects.get(body="包裹在哪")
    assert desk_page.post(f"/desk/message/{asked.pk}/recall/").status_code == 409
    told = Message.objects.get(body="已发出")
    other = client_for(account_of(company.agent()))
    assert other.post(f"/desk/message/{told.pk}/recall/").status_code in (404, 409)
    assert not Message.objects.filter(recalled_at__isnull=False).exists()


@pytest.mark.requirement("A20", "A21")
def test_a21_moving_a_customer_up_needs_a_reason_and_the_audit_view_shows_it(
    desk_page, talk, agent
):
    address = f"/desk/c/{talk.pk}/priority/"
    assert address in page_of(desk_page, talk)
    assert desk_page.post(address, {"priority": 2, "reason": " "}).status_code == 422
    talk.refresh_from_db()
    assert talk.priority == 0
    assert (
        desk_page.post(address, {"priority": 2, "reason": "生日礼物，今天要到"}).status_code == 302
    )
    talk.refresh_from_db()
    assert talk.priority == 2
    assert "设为紧急 · 生日礼物，今天要到" in page_of(desk_page, talk)
    entry = AuditEntry.objects.get(action="desk.priority_set")
    audit = client_for(make_account(Roles.ADMIN))
    rows = audit.get("/settings/audit/?action=desk.priority_set").content.decode()
    assert "设置优先级" in rows
    assert agent.name in rows
    shown = audit.get(f"/settings/audit/{entry.pk}/").content.decode()
    assert "生日礼物，今天要到" in shown


@pytest.mark.requirement("A21")
def test_a21_the_audit_view_lists_every_way_past_the_queue_with_who_and_why(company):
    agent = company.agent(online=False)
    company.writes()
    second, third = (company.writes(at=later(n)).conversation for n in (5, 6))
    by = account_of(agent)
    desk.claim(conversation_id=second.pk, by=by, at=later(10), reason="刚才断线的客户")
    desk.set_priority(
        conversation_id=third.pk, priority=2, reason="航班今晚起飞", by=by, at=later(11)
    )
    audit = client_for(make_account(Roles.ADMIN))
    for action, act, why in (
        ("desk.claimed_out_of_turn", "不按顺序接起会话", "刚才断线的客户"),
        ("desk.priority_set", "设置优先级", "航班今晚起飞"),
    ):
        page = audit.get(f"/settings/audit/?action={action}").content.decode()
        entry = AuditEntry.objects.get(action=action)
        [row] = [each for each in page.split("<tr") if f"/settings/audit/{entry.pk}/" in each]
        for word in (agent.name, act, why):
            assert word in row


def test_a_priority_there_is_not_is_refused_at_its_field(desk_page, talk):
    response = desk_page.post(f"/desk/c/{talk.pk}/priority/", {"priority": 9, "reason": "x"})
    assert response.status_code == 422
    talk.refresh_from_db()
    assert talk.priority == 0


@pytest.mark.requirement("B7")
def test_b7_an_agent_marks_a_major_complaint_and_only_a_leader_takes_it_back(
    desk_page, talk, company
):
    address = f"/desk/c/{talk.pk}/major/"
    assert desk_page.post(address, {"reason": ""}).status_code == 422
    assert desk_page.post(address, {"major": "True", "reason": "威胁曝光"}).status_code == 302
    talk.refresh_from_db()
    assert talk.is_major
    page = page_of(desk_page, talk)
    assert "重大投诉" in page
    assert address not in page
    assert desk_page.post(address, {"reason": "算了"}).status_code in (403, 404)
    talk.refresh_from_db()
    assert talk.is_major
    leader = make_leader(company)
    stale = leader.post(address, {"major": "True", "reason": "我也觉得"})
    talk.refresh_from_db()
    assert (stale.status_code, talk.is_major) == (302, True), "an old dialog takes no mark away"
    assert address in leader.get(f"/desk/c/{talk.pk}/").content.decode()
    assert leader.post(address, {"major": "False", "reason": "已安抚"}).status_code == 302
    talk.refresh_from_db()
    assert not talk.is_major


@pytest.mark.requirement("B7")
@pytest.mark.django_db(transaction=True)
def test_b7_supervisor_and_leader_are_told_of_a_major_complaint_once(company):
    agent = company.agent(online=False)
    leader = company.agent("cs-leader", online=False)
    boss = company.agent("cs-supervisor", online=False)
    company.team.leader = leader
    company.team.save()
    Employee.objects.filter(pk=agent.pk).update(superior=leader)
    Employee.objects.filter(pk=leader.pk).update(superior=boss)
    talk = company.writes("我要投诉").conversation
    claim(talk, agent, later(1))
    mark = {"conversation_id": talk.pk, "major": True, "by": account_of(agent)}
    desk.set_major(**mark, reason="威胁曝光", at=later(10))
    desk.set_major(**mark, reason="又说了一遍", at=later(20))
    talk.refresh_from_db()
    assert talk.assignee_id == boss.pk, "the supervisor's in person"
    held = talk.segments.order_by("pk").values_list("agent_id", "ended_at")
    assert list(held) == [(agent.pk, later(10)), (boss.pk, None)]
    with pytest.raises((desk.ClosingRefused, Http404)):
        desk.close(
            conversation_id=talk.pk,
            question_type=question_type(),
            handling_result=handling_result(),
            by=account_of(agent),
            at=later(25),
        )
    assert talk.requeue_at is None, "it goes to nobody else by itself"
    told = Notice.objects.filter(kind="desk.major")
    assert {each.account_id for each in told} == {leader.account_id, boss.account_id}
    assert {each.body for each in told} == {"威胁曝光"}


def test_an_ended_conversation_offers_no_marks(desk_page, talk, agent):
    desk.close(
        conversation_id=talk.pk,
        question_type=question_type(),
        handling_result=handling_result(),
        by=account_of(agent),
        at=later(60),
    )
    page = page_of(desk_page, talk)
    for act in ("priority", "major"):
        assert f"/desk/c/{talk.pk}/{act}/" not in page
