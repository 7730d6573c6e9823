"""A shop with a web chat and somebody who answers."""

import pytest
from django.core.cache import cache

from cangke.desk.channels.tests.factories import make_channel
from cangke.foundation.access.public import grant
from cangke.people.tests.factories import AT, make_employee, make_shop, make_team


@pytest.fixture
def no_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shop():
    return make_shop(name="海风小店", colour="#0f7f8c")


@pytest.fixture
def channel(shop):
    return make_channel(
        "web_chat", shop, name="网页聊天", config={"origins": ["https://shop.example"]}
    )


@pytest.fixture
def agent(shop):
    employee = make_employee(team=make_team(shop), name="陈晓")
    grant(account=employee.account, role="supervisor", scope_kind="all", by=None, at=AT)
    return employee.account
