"""How the rules are kept (S8)."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from cangke.desk.models import ConductAlert
from cangke.quality.tests.factories import HOUR, MONDAY, make_crew
from cangke.reports.compliance import Month, compliance
from cangke.tickets import public as tickets
from tests.factories import client_for

pytestmark = pytest.mark.django_db
NOVEMBER = Month(dt.date(2026, 11, 1), "Asia/Shanghai")
PAGE = reverse("reports:compliance")


@pytest.fixture
def crew():
    """Two stopped replies, one reviewed; a broken promise."""
    crew = make_crew()
    tickets.ensure(at=MONDAY)
    talk = crew.serves()
    for n, reviewed in enumerate((None, MONDAY)):
        ConductAlert.objects.create(
            conversation=talk,
            agent=crew.agent,
            text=f"滚{n}",
            text_hash=str(n),
            words=["滚"],
            at=MONDAY - 60 * HOUR,
            reviewed_at=reviewed,
            reviewed_by=crew.inspector if reviewed else None,
        )
    tickets.make_pledge(
        kind="call_back",
        text="回电",
        keeper=crew.agent,
        due_at=MONDAY - 48 * HOUR,
        conversation=talk,
        by=crew.by,
        at=MONDAY - 70 * HOUR,
    )
    tickets.sweep_pledges(at=MONDAY - 47 * HOUR)
    return crew


def told(account, month=NOVEMBER):
    return {
        line.clause: (line.count, line.decided, line.open) for line in compliance(account, month)
    }


@pytest.mark.requirement("S8")
def test_a_month_shows_violations_by_rule_decided_and_open(crew):
    assert told(crew.inspector) == {"A11": (2, 1, 1), "A18": (1, 0, 1)}
    [alerts, _pledges] = compliance(crew.inspector, NOVEMBER)
    assert alerts.people == [(crew.agent.name, 2)]
    assert told(crew.inspector, Month(dt.date(2026, 10, 1), "Asia/Shanghai")) == {}
    other = Month(dt.date(2026, 11, 1), "Asia/Shanghai", team_id=10**6)
    assert told(crew.inspector, other) == {}


@pytest.mark.requirement("S8")
def test_leaders_see_their_teams_and_agents_see_no_overview(crew):
    stranger = make_crew()
    assert told(stranger.inspector) == {}
    browser = client_for(crew.inspector)
    page = browser.get(PAGE, {"month": "2026-11"}).content.decode()
    assert "被拦下的回复" in page
    for line in compliance(crew.inspector, NOVEMBER):
        assert browser.get(line.url).status_code == 200
    assert browser.get(PAGE, {"month": "soon"}).status_code == 422
    assert client_for(crew.by).get(PAGE).status_code == 403
    empty = client_for(stranger.inspector).get(PAGE, {"month": "2026-11"}).content.decode()
    assert "没有违反制度的记录" in empty


def test_the_month_is_exported_and_that_is_on_record(crew):
    answer = client_for(crew.inspector).get(
        reverse("reports:compliance-export"), {"month": "2026-11"}
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1:] == [
        ["A11", "被拦下的回复", "2", "1", "1"],
        ["A18", "未兑现的承诺", "1", "0", "1"],
    ]


def test_the_overview_asks_as_much_for_many_as_for_few(crew, django_assert_max_num_queries):
    compliance(crew.inspector, NOVEMBER)
    with django_assert_max_num_queries(32):
        compliance(crew.inspector, NOVEMBER)
