"""What the desk lends to the home page."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from cangke.desk import public as desk
from cangke.desk.models import PhoneCall
from cangke.foundation.access.public import Roles
from tests.factories import client_for, make_account

from .factories import AT, account_of, claim, later, make_channel

pytestmark = pytest.mark.django_db
MINE, CALLS, BOARD = "/desk/panels/mine/", "/desk/panels/calls/", "/board/panel/"


def held(company, agent, name: str):
    talk = company.writes().conversation
    talk.customer.display_name = name
    talk.customer.save()
    claim(talk, agent, AT)
    return talk


def text_of(employee, address: str) -> str:
    return client_for(account_of(employee)).get(address).content.decode()


def test_home_shows_an_agent_the_customers_in_hand_and_the_length_of_the_queue(company):
    agent, other = company.agent(online=False), company.agent(online=False)
    held(company, agent, "王女士")
    held(company, other, "别人的客户")
    company.writes("还有人吗")
    page = text_of(agent, MINE)
    assert "王女士" in page
    assert "别人的客户" not in page
    assert "排队 1" in page


def test_the_panel_takes_the_same_queries_whoever_waits(company, django_assert_max_num_queries):
    agent = company.agent(online=False)
    client = client_for(account_of(agent))
    for n in range(8):
        held(company, agent, f"客户{n}")
    client.get(MINE)
    with django_assert_max_num_queries(14):
        client.get(MINE, headers={"HX-Request": "true"})


@pytest.mark.requirement("A2")
def test_a_call_back_that_is_owed_stands_on_the_home_page_until_it_is_made(company):
    agent = company.agent(online=False)
    call = desk.log_call(
        channel=make_channel(company.shop, kind="phone"),
        customer=company.writes().conversation.customer,
        question="能不能改地址",
        result="查后回电",
        by=account_of(agent),
        at=AT,
        call_back_due_at=later(3600),
    )
    assert "能不能改地址" in text_of(agent, CALLS)
    assert "能不能改地址" not in text_of(company.agent(online=False), CALLS)
    PhoneCall.objects.filter(pk=call.pk).update(call_back_done_at=timezone.now())
    assert "能不能改地址" not in text_of(agent, CALLS)


@pytest.mark.requirement("A2")
@pytest.mark.parametrize(("minutes", "overdue"), [(0, False), (1, True)])
def test_a2_a_call_back_for_three_is_overdue_at_one_minute_past(company, minutes, overdue):
    agent = company.agent(online=False)
    three = AT + dt.timedelta(hours=5)
    desk.log_call(
        channel=make_channel(company.shop, kind="phone"),
        customer=company.writes().conversation.customer,
        question="能不能改地址",
        result="查后回电",
        by=account_of(agent),
        at=AT,
        call_back_due_at=three,
    )
    with time_machine.travel(three + dt.timedelta(minutes=minutes), tick=False):
        for address, mark in ((CALLS, "ck-late"), ("/desk/calls/", "逾期")):
            shown = text_of(agent, address)
            assert "能不能改地址" in shown
            assert (mark in shown) == overdue, address


@pytest.mark.requirement("O4")
def test_leaders_see_the_board_in_brief_and_agents_do_not(company):
    company.writes("在吗", at=AT)
    page = client_for(make_account(Roles.SUPERVISOR)).get(BOARD).content.decode()
    assert "超时 <b" in page
    agent = company.agent(online=False)
    assert client_for(account_of(agent)).get(BOARD).status_code == 403


def test_home_lends_each_role_its_panels(company):
    agent = text_of(company.agent(online=False), "/")
    assert MINE in agent
    assert BOARD not in agent
    assert BOARD in client_for(make_account(Roles.SUPERVISOR)).get("/").content.decode()
    assert MINE not in client_for(make_account(Roles.HR)).get("/").content.decode()
