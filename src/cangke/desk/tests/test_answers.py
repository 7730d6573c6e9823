"""The answer panel beside a conversation (A15)."""

import pytest
from django.urls import reverse

from cangke.customers import public as customers
from cangke.desk.tests.factories import AT, account_of, make_company
from cangke.knowledge.tests.test_answers import write
from tests.factories import client_for

pytestmark = pytest.mark.django_db


def panel(employee, talk, **query) -> str:
    address = reverse("desk:answers", args=[talk.pk])
    answer = client_for(account_of(employee)).get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("A15")
def test_the_panel_finds_the_rate_of_the_customers_client_and_inserts_it():
    company = make_company()
    agent = company.agent()
    client = customers.save_client(code="c1", name="甲公司", by=None, at=AT)
    write("仓储费标准", "每立方米每天 1.20 元", category="rates")
    write("仓储费：合同价", "每立方米每天 0.95 元", category="rates", client=client)
    stranger = company.writes("仓储费多少").conversation
    talk = company.writes("仓储费怎么算").conversation
    talk.customer.client = client
    talk.customer.save()
    text = panel(agent, talk, q="仓储费")
    assert 'data-desk-insert="每立方米每天 0.95 元"' in text
    assert "甲公司" in text
    assert "0.95" not in panel(agent, stranger, q="仓储费")
    assert "1.20" in panel(agent, stranger), "asked for by the customer, without a word typed"
    assert "没有找到" in panel(agent, talk, q="海关罚款")


def test_the_panel_takes_the_same_queries_however_much_there_is_to_know(
    django_assert_max_num_queries,
):
    company = make_company()
    agent = company.agent()
    talk = company.writes("仓储费怎么算").conversation
    for n in range(20):
        write(f"仓储费 {n}", "每立方米每天 1.20 元", category="rates")
    panel(agent, talk)
    client = client_for(account_of(agent))
    address = reverse("desk:answers", args=[talk.pk])
    fetched = {"headers": {"HX-Request": "true"}}
    client.get(address, **fetched)
    with django_assert_max_num_queries(21):
        client.get(address, **fetched)
