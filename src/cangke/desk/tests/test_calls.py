"""The phone log on its page (A2, A4, A10)."""

import datetime as dt

import pytest
import time_machine

from cangke.customers import public as customers
from cangke.desk import handlers
from cangke.desk import public as desk
from cangke.desk.events import CallLogged
from cangke.desk.models import Conversation, PhoneCall
from cangke.foundation.audit.models import AuditEntry
from cangke.orders.tests.factories import make_order
from cangke.people.events import EmployeeLeft
from tests.factories import client_for

from .factories import (
    AT,
    accept,
    account_of,
    claim,
    handling_result,
    later,
    make_channel,
    question_type,
)

pytestmark = pytest.mark.django_db
NEW = "/desk/calls/new/"


@pytest.fixture
def agent(company):
    make_channel(company.shop, kind="phone", name="总机")
    return company.agent(online=False)


def call(agent, at=AT, address=NEW, **values):
    form = {
        "direction": "in",
        "caller_phone": "13800001111",
        "question": "包裹到哪了",
        "result": "明天送达",
    }
    with time_machine.travel(at, tick=False):
        return client_for(account_of(agent)).post(address, {**form, **values})


@pytest.mark.requirement("A2")
def test_a2_a_call_written_down_later_keeps_its_own_time_and_its_order(agent, company):
    order = make_order(company.shop)
    said = call(agent, called_at="2026-11-23T09:30", order_no=order.external_no)
    assert said.status_code == 302
    made = PhoneCall.objects.get()
    assert made.called_at == AT - dt.timedelta(minutes=30)
    assert made.logged_at == AT
    assert made.conversation.order == order


@pytest.mark.requirement("A2")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("question", " "),
        ("result", ""),
        ("order_no", "没有这一单"),
        ("called_at", "2026-11-23T10:01"),
        ("call_back_due_at", "2026-11-23T09:00"),
    ],
)
def test_a2_what_is_missing_or_cannot_be_is_said_and_nothing_is_kept(agent, field, value):
    said = call(agent, **{field: value})
    assert said.status_code == 422
    assert not PhoneCall.objects.exists()
    assert not Conversation.objects.exists()


@pytest.mark.requirement("A2", "A19")
def test_a2_a_call_is_over_with_type_and_result_together(agent):
    kind, result = question_type(), handling_result()
    assert call(agent, question_type=kind.pk).status_code == 422
    assert not PhoneCall.objects.exists()
    call(agent, question_type=kind.pk, handling_result=result.pk)
    talk = Conversation.objects.get()
    assert (talk.state, talk.question_type, talk.handling_result) == ("closed", kind, result)


@pytest.mark.requirement("A10")
def test_a10_from_any_conversation_the_customer_is_called_under_the_number_on_file(agent, company):
    talk = company.writes().conversation
    customers.add_identity(
        customer_id=talk.customer_id, kind="phone", value="13900002222", by=None, at=AT
    )
    claim(talk, agent, AT)
    desk.reply(conversation_id=talk.pk, body="我给您打电话", by=account_of(agent), at=later(5))
    desk.close(
        conversation_id=talk.pk,
        question_type=question_type(),
        handling_result=handling_result(),
        by=account_of(agent),
        at=later(60),
    )
    page = client_for(account_of(agent)).get(f"/desk/c/{talk.pk}/").content.decode()
    assert f"{NEW}?conversation={talk.pk}" in page, "also from one that has ended"
    said = call(
        agent,
        later(120),
        f"{NEW}?conversation={talk.pk}",
        direction="out",
        caller_phone="",
    )
    assert said.status_code == 302
    made = PhoneCall.objects.get()
    assert (made.started_from, made.caller_phone) == (talk, "13900002222")
    assert made.conversation.customer_id == talk.customer_id
    assert talk.messages.get(event="called").data["call"] == made.pk


@pytest.mark.requirement("A4")
def test_a4_each_phone_is_answered_in_its_own_words(agent, company):
    page = client_for(account_of(agent))
    assert "您好,仓储服务中心,请问有什么可以帮您?" in page.get(NEW).content.decode()
    second = make_channel(
        company.shop, kind="phone", name="海盗船热线", greetings={"zh-hans": "您好，海盗船为您服务"}
    )
    text = page.get(NEW).content.decode()
    assert "海盗船热线：您好，海盗船为您服务" in text
    assert "总机：您好,仓储服务中心" in text
    call(agent, channel=second.pk)
    assert PhoneCall.objects.get().conversation.channel == second


# --- call-backs change hands with the work


def owes(company, agent, *, talk=None):
    """A call whose call-back the agent has promised for eleven."""
    return desk.log_call(
        channel=make_channel(company.shop, kind="phone"),
        customer=talk.customer if talk else company.writes().conversation.customer,
        question="能不能改地址",
        result="查后回电",
        by=account_of(agent),
        at=AT,
        call_back_due_at=later(3600),
    )


def panel(employee) -> str:
    return client_for(account_of(employee)).get("/desk/panels/calls/").content.decode()


@pytest.mark.requirement("A2")
@pytest.mark.django_db(transaction=True)
def test_a2_a_call_back_goes_with_its_conversation(company, agent):
    mate = company.agent(online=False)
    made = owes(company, agent)
    asked = desk.request_transfer(
        conversation_id=made.conversation_id,
        reason="下班",
        by=account_of(agent),
        at=later(60),
        to_agent=mate,
    )
    assert "能不能改地址" in panel(agent)
    accept(asked, mate, later(90))
    assert "能不能改地址" in panel(mate)
    assert "能不能改地址" not in panel(agent)
    desk.finish_call_back(call_id=made.pk, by=account_of(mate), at=later(120))
    assert "能不能改地址" not in panel(mate)
    made.refresh_from_db()
    assert (made.agent, made.call_back_by) == (agent, mate), "who wrote it down stays"


@pytest.mark.requirement("A2")
def test_a2_what_somebody_owes_is_given_on_once(company, agent):
    leader, mate = company.agent("cs-leader", online=False), company.agent(online=False)
    company.team.leader = leader
    company.team.save()
    made = owes(company, agent)
    give = {"employee_id": agent.pk, "to": mate, "reason": "休假", "by": None, "at": later(60)}
    assert desk.give_call_backs(**give) == 1
    assert desk.give_call_backs(**give) == 0
    entry = AuditEntry.objects.get(action="desk.call_back_given")
    assert (entry.changes, entry.reason) == ({"call_back_by": [agent.pk, mate.pk]}, "休假")
    handlers.pass_on(EmployeeLeft(employee_id=mate.pk, account_id=None))
    made.refresh_from_db()
    assert made.call_back_by == leader


@pytest.mark.requirement("A2")
def test_a2_a_call_to_the_customer_is_the_call_back(company, agent):
    made, other = owes(company, agent), owes(company, agent)
    customer = made.conversation.customer
    for direction, done in (("in", None), ("out", later(600))):
        call = desk.log_call(
            channel=made.conversation.channel,
            customer=customer,
            question="地址",
            result="已改",
            direction=direction,
            by=account_of(agent),
            at=later(600),
        )
        handlers.called_back(CallLogged(call.pk, call.conversation_id, None, later(600)))
        made.refresh_from_db()
        assert made.call_back_done_at == done
    other.refresh_from_db()
    assert other.call_back_done_at is None
