"""Links that lead only where the person may go."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from cangke.foundation.access.public import Account, may_enter
from tests.factories import make_account

pytestmark = pytest.mark.django_db

LINK = Template('{% load access %}{% door url text "ck-id" row=row %}')


def drawn(account: Account, url: str, row: object = None) -> str:
    request = RequestFactory().get("/")
    request.user = account
    return LINK.render(Context({"request": request, "url": url, "text": "审计 <1>", "row": row}))


def test_a_door_is_a_link_for_whoever_holds_the_permission_of_the_page():
    page = "/settings/audit/?q=1"
    admin, agent = make_account(role="admin"), make_account(role="agent")
    assert may_enter(admin, page)
    assert not may_enter(agent, page)
    assert drawn(admin, page) == f'<a class="ck-id" href="{page}">审计 &lt;1&gt;</a>'
    assert drawn(agent, page) == "审计 &lt;1&gt;"


def test_home_is_open_to_whoever_is_signed_in_and_nothing_leads_nowhere():
    agent = make_account(role="agent")
    assert may_enter(agent, "/")
    assert not may_enter(agent, "/no/such/page/")
    assert drawn(agent, "") == "审计 &lt;1&gt;"


def test_a_door_to_a_row_asks_the_gate_for_that_row():
    admin, agent = make_account(role="admin"), make_account(role="agent")
    page = "/"
    assert "<a" in drawn(admin, page, row=agent)
    assert "<a" not in drawn(agent, page, row=admin)
