"""The cost of service (A26)."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from cangke.customers import public as customers
from cangke.desk import public as desk
from cangke.desk.tests.factories import account_of
from cangke.quality.tests.factories import HOUR, MONDAY, make_crew
from cangke.reports.cost import cost_of_service
from cangke.tickets import public as tickets
from tests.factories import client_for

pytestmark = pytest.mark.django_db
WEEK = desk.ReportFilter(
    first_date=dt.date(2026, 11, 16),
    last_date=dt.date(2026, 11, 22),
    since=dt.datetime(2026, 11, 15, 16, tzinfo=dt.UTC),
    until=dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC),
)
DAYS = {"period": "days", "first": "2026-11-16", "last": "2026-11-22"}


@pytest.fixture
def crew():
    """Two cases of two and four minutes for a client, one of them compensated; one of nobody's."""
    crew = make_crew()
    tickets.ensure(at=MONDAY)
    client = customers.save_client(code="c1", name="甲公司", by=None, at=MONDAY)
    at = MONDAY - 72 * HOUR
    talks = [crew.serves(at + n * HOUR) for n in range(3)]
    for talk in talks[:2]:
        talk.customer.client = client
        talk.customer.save()
    desk.Segment.objects.filter(conversation=talks[1]).update(ended_at=at + HOUR + 4 * HOUR / 60)
    for amount in ("12.00", "8.50"):
        pledge = tickets.make_pledge(
            kind="coupon",
            text="退券",
            amount=Decimal(amount),
            currency="CNY",
            keeper=crew.agent,
            due_at=at + 5 * HOUR,
            conversation=talks[0],
            by=crew.by,
            at=at,
        )
        tickets.keep_pledge(pledge_id=pledge.pk, proof="已退", by=crew.by, at=at + HOUR)
    crew.talks = talks
    return crew


@pytest.mark.requirement("A26")
def test_minutes_and_compensation_by_case_type_and_client(crew):
    lines, total = cost_of_service(crew.inspector, WEEK)
    assert [(each.client, each.count, each.minutes) for each in lines] == [
        ("甲公司", 2, Decimal("3.0")),
        ("", 1, Decimal("2.0")),
    ]
    assert lines[0].each == [("CNY", Decimal("20.50"), Decimal("10.25"))]
    assert lines[1].each == []
    assert (total.count, total.minutes) == (3, Decimal("2.7"))
    assert total.each == [("CNY", Decimal("20.50"), Decimal("6.83"))]


@pytest.mark.requirement("A26")
def test_each_line_opens_its_cases(crew):
    browser = client_for(crew.inspector)
    page = browser.get(reverse("reports:cost"), DAYS).content.decode()
    assert "甲公司" in page
    assert "10.25" in page
    lines, _total = cost_of_service(crew.inspector, WEEK)
    kind, client = lines[0].case
    cases = browser.get(reverse("reports:cost-cases", args=[kind, client]), DAYS).content.decode()
    for talk in crew.talks[:2]:
        assert talk.number in cases
    assert crew.talks[2].number not in cases
    assert "20.50" in cases
    alone = browser.get(reverse("reports:cost-cases", args=[kind, 0]), DAYS).content.decode()
    assert crew.talks[2].number in alone


def test_the_export_has_the_same_lines_and_is_on_record(crew):
    answer = client_for(crew.inspector).get(reverse("reports:cost-export"), DAYS)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][1:] == ["甲公司", "2", "3.0", "CNY", "20.50", "10.25"]
    assert client_for(crew.by).get(reverse("reports:cost-export"), DAYS).status_code == 403


def test_an_agent_sees_own_cases_only_and_an_empty_time_says_so(crew):
    other = crew.company.agent(online=False)
    lines, total = cost_of_service(account_of(other), WEEK)
    assert (lines, total.count) == ([], 0)
    page = client_for(crew.inspector).get(reverse("reports:cost"), {"period": "today"})
    assert "没有结束的会话" in page.content.decode()


def test_the_report_asks_as_much_for_many_as_for_few(crew, django_assert_max_num_queries):
    for n in range(6):
        crew.serves(MONDAY - 60 * HOUR + n * HOUR)
    account = crew.inspector
    cost_of_service(account, WEEK)
    with django_assert_max_num_queries(12):
        cost_of_service(account, WEEK)
