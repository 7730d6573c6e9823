import datetime as dt
import html
import re

import pytest
from django.test import Client

from cangke.foundation.access.public import Account, Roles
from cangke.foundation.search import actions, registry
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
KIND = "test.account"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _kind():
    registry.register_search(KIND, "账户种类", model=Account, order=1)
    yield
    del registry.KINDS[KIND]


@pytest.fixture
def damaged():
    account = make_account()
    actions.index(
        KIND,
        account.pk,
        title="<b>破损</b>订单",
        subtitle="副",
        url="/x/1",
        at=AT,
        numbers=["SO777"],
    )
    return account


def test_the_palette_lists_what_the_account_may_find(damaged):
    page = client_for(make_account(Roles.ADMIN)).get("/search/palette?q=破损", headers=HTMX)
    text = page.content.decode()
    assert 'href="/x/1"' in text
    assert "账户种类" in text
    assert "&lt;b&gt;破损" in text
    assert "<html" not in text


def test_the_palette_without_script_is_the_page_of_results(damaged):
    page = client_for(make_account(Roles.ADMIN)).get("/search/palette?q=破损")
    assert page.status_code == 302
    assert page["Location"] == "/search/?q=%E7%A0%B4%E6%8D%9F"


def test_the_page_of_results(damaged):
    client = client_for(make_account(Roles.ADMIN))
    text = client.get("/search/?q=so777").content.decode()
    assert 'href="/x/1"' in text
    assert "&lt;b&gt;破损" in text
    assert client.get("/search/?q=").status_code == 200
    assert "没有找到" in client.get("/search/?q=没有的").content.decode()
    assert 'href="/x/1"' in client.get(f"/search/?q=破损&kind={KIND}").content.decode()
    assert 'href="/x/1"' in client.get("/search/?q=破损&kind=nonsense").content.decode()


def test_others_find_nothing(damaged):
    client = client_for(make_account(Roles.AGENT))
    for address in ("/search/?q=破损", "/search/?q=SO777"):
        assert "/x/1" not in client.get(address).content.decode()
    assert "/x/1" not in client.get("/search/palette?q=SO777", headers=HTMX).content.decode()


def test_visitors_are_sent_to_the_login():
    assert Client().get("/search/?q=x").status_code == 302


@pytest.mark.parametrize("text", ["%00", "%22%27*", "a" * 5000, "%F0%9F%98%80", "%ED%A0%80"])
def test_hostile_addresses_are_answered(text):
    client = client_for(make_account(Roles.ADMIN))
    assert client.get(f"/search/?q={text}").status_code == 200
    assert client.get(f"/search/palette?q={text}", headers=HTMX).status_code == 200


def test_the_page_costs_few_queries(damaged, django_assert_max_num_queries):
    client = client_for(make_account(Roles.ADMIN))
    client.get("/search/?q=破损")
    with django_assert_max_num_queries(12):
        client.get("/search/?q=破损")


def test_the_page_goes_on_to_older_rows():
    client = client_for(make_account(Roles.ADMIN))
    for n in range(60):
        actions.index(KIND, make_account().pk, title=f"号 {n}", text="破损", url=f"/x/{n}", at=AT)
    text = client.get(f"/search/?q=破损&kind={KIND}").content.decode()
    assert 'href="/x/59"' in text
    assert 'href="/x/9"' not in text
    onward = re.search(r'href="(\?q=[^"]+&amp;before=\d+)"', text)
    older = client.get("/search/" + html.unescape(onward[1])).content.decode()
    assert 'href="/x/9"' in older
    assert 'href="/x/10"' not in older
    assert f'href="?q=%E7%A0%B4%E6%8D%9F&amp;kind={KIND}"' in older
    assert "再往前找" not in older


@pytest.mark.parametrize("before", ["", "x", "-1", "٣", "9" * 40, "1.5"])
def test_a_position_that_is_none_begins_anew(damaged, before):
    client = client_for(make_account(Roles.ADMIN))
    assert 'href="/x/1"' in client.get(f"/search/?q=破损&before={before}").content.decode()
