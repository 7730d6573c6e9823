"""The page of what customers said, and the two figures that open it (G7, M6)."""

import csv
import io

import pytest
from django.utils import timezone

from cangke.desk import actions
from cangke.desk.models import Rating
from cangke.desk.tests.factories import account_of, make_company
from cangke.foundation.access.public import Roles
from cangke.rulebook.public import ensure_first_version
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
PAGE = "/reports/ratings/"


@pytest.fixture
def agent():
    """Whose four chats ended today: five, two with a word, one silent, one gone on."""
    company = make_company()
    agent, now = company.agent(), timezone.now()
    for n, (score, note) in enumerate([(5, ""), (2, "=回得太慢"), (None, ""), (None, "")]):
        talk = company.writes(at=now, visitor_key=f"v{n}").conversation
        rating = Rating.objects.create(
            conversation=talk,
            agent=agent,
            channel=company.channel,
            shop=company.shop,
            stage="presale",
            asked_at=now,
            open_until=now,
            withdrawn_at=now if n == 3 else None,
        )
        if score:
            actions.rate(rating_id=rating.pk, score=score, note=note, at=now)
    return agent


@pytest.mark.requirement("G7", "G8", "M6")
def test_a_share_opens_its_clause_its_arithmetic_and_who_said_what(agent):
    version = ensure_first_version(at=timezone.now())
    browser = client_for(make_account(Roles.SUPERVISOR, scope="all"))
    report = browser.get("/reports/service/?period=today").content.decode()
    assert "满意度" in report
    assert "50.0%" in report
    why = browser.get(f"{PAGE}why/satisfaction/?period=today").content.decode()
    assert "G7.1 会话结束后的评价" in why
    assert f"第 {version.number} 版" in why
    assert "1 ÷ 2" in why
    assert f"{PAGE}?period=today&amp;said=satisfied" in why
    assert "2 ÷ 3" in browser.get(f"{PAGE}why/response/?period=today").content.decode()
    assert browser.get(f"{PAGE}why/nonsense/").status_code == 404
    page = browser.get(f"{PAGE}?period=today").content.decode()
    assert page.count('class="ck-id"') == 3
    assert "66.7%" in page


@pytest.mark.parametrize(
    ("said", "shown"),
    [("rated", 2), ("satisfied", 1), ("unsatisfied", 1), ("noted", 1), ("silent", 1), ("", 3)],
)
def test_the_list_is_narrowed_to_what_was_said(agent, said, shown):
    browser = client_for(make_account(Roles.SUPERVISOR, scope="all"))
    page = browser.get(f"{PAGE}?period=today&said={said}").content.decode()
    assert page.count('class="ck-id"') == shown
    assert browser.get(f"{PAGE}?said=wrong").status_code == 422


def test_each_sees_what_is_theirs(agent):
    own = client_for(account_of(agent)).get(f"{PAGE}?period=today").content.decode()
    assert "回得太慢" in own
    other = client_for(account_of(make_company().agent())).get(f"{PAGE}?period=today")
    assert "这段时间没有评价" in other.content.decode()
    assert client_for(make_account(Roles.WAREHOUSE_CLERK)).get(PAGE).status_code == 403


@pytest.mark.requirement("P1")
def test_the_export_holds_them_too(agent):
    browser = client_for(make_account(Roles.SUPERVISOR, scope="all"))
    sheet = browser.get("/reports/service/export/?period=today").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet)))
    assert ["满意度", "", "50.0%"] in rows
    assert [agent.name, "已评", "2"] in rows
