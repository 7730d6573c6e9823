"""The cost of service from kept days is what counting each case again gives (A26)."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pytest

from cangke.customers import public as customers
from cangke.customers.events import ClientOfCustomerChanged, CustomersMerged
from cangke.desk import handlers
from cangke.desk import public as desk
from cangke.desk.actions import keep_sums, rebuild_sums
from cangke.desk.models import ReportSums, StaleDay
from cangke.desk.tests.factories import account_of, handling_result, make_channel, question_type
from cangke.foundation.calendar.public import day_bounds
from cangke.people.events import EmployeeTermsChanged
from cangke.people.tests.factories import make_employee, make_team
from cangke.quality.tests.factories import HOUR, MONDAY, make_crew
from cangke.reports.cost import cost_of_service
from cangke.tickets import public as tickets
from cangke.tickets.models import Pledge
from tests.factories import make_account

pytestmark = pytest.mark.django_db
SHANGHAI = "Asia/Shanghai"
START = MONDAY - 168 * HOUR  # the Monday before
AFTER = dt.datetime(2026, 12, 4, tzinfo=dt.UTC)


def chosen(first=dt.date(2026, 11, 1), last=dt.date(2026, 11, 30), **part):
    since, until = day_bounds(first, SHANGHAI)[0], day_bounds(last, SHANGHAI)[1]
    return desk.ReportFilter(first_date=first, last_date=last, since=since, until=until, **part)


def by_hand(wanted):
    """Case → how many, seconds, paid: one conversation, stretch and promise after the other."""
    lines = defaultdict(lambda: [0, dt.timedelta(), defaultdict(Decimal)])
    for talk in desk.Conversation.objects.filter(state="closed").exclude(close_reason="imported"):
        if not wanted.since <= talk.closed_at < wanted.until:
            continue
        line = lines[talk.question_type_id, talk.customer.client_id]
        line[0] += 1
        for held in talk.segments.all():
            line[1] += held.ended_at - held.started_at
        for pledge in Pledge.objects.filter(conversation=talk, amount__isnull=False):
            if pledge.state == "kept" or pledge.kept_late_at:
                line[2][pledge.currency] += pledge.amount
    return {
        case: (count, int(taken.total_seconds()), dict(paid))
        for case, (count, taken, paid) in lines.items()
    }


def reported(account, wanted):
    lines, total = cost_of_service(account, wanted)
    assert total.count == sum(line.count for line in lines)
    return {line.case: (line.count, line.seconds, dict(line.paid)) for line in lines}


def counted(account, wanted):
    """The report with nothing kept."""
    rows = list(ReportSums.objects.all())
    ReportSums.objects.all().delete()
    report = cost_of_service(account, wanted)
    ReportSums.objects.bulk_create(rows)
    return report


def keep_all():
    while keep_sums(at=AFTER):
        pass


def promises(crew, talk, amount):
    return tickets.make_pledge(
        kind="coupon",
        text="退券",
        amount=Decimal(amount),
        currency="CNY",
        keeper=crew.agent,
        due_at=talk.opened_at + 5 * HOUR,
        conversation=talk,
        by=crew.by,
        at=talk.opened_at,
    )


def keeps(crew, pledge, at):
    tickets.keep_pledge(pledge_id=pledge.pk, proof="已退", by=crew.by, at=at)


@pytest.fixture
def crew():
    """
    Four days of two cases each, and one case of nobody's.

    There are two clients, money in two currencies, and a promise that is still open.
    """
    crew = make_crew()
    tickets.ensure(at=START)
    clients = [
        customers.save_client(code=code, name=code, by=None, at=START) for code in ("c1", "c2")
    ]
    crew.talks = []
    for day in range(4):
        for n in range(2):
            talk = crew.serves(START + (24 * day + n) * HOUR)
            talk.refresh_from_db()
            customers.edit_customer(
                customer_id=talk.customer_id, by=None, at=START, client=clients[n]
            )
            talk.customer.refresh_from_db()
            crew.talks.append(talk)
    for talk, amount in zip(crew.talks[:3], ("10.10", "0.05", "20.20"), strict=True):
        keeps(crew, promises(crew, talk, amount), talk.opened_at + HOUR)
    # Other currencies wait for approval, which is another test's.
    Pledge.objects.filter(amount="20.20").update(currency="USD")
    crew.nobodys = crew.serves(START + 50 * HOUR)
    crew.open_pledge = promises(crew, crew.talks[3], "33.30")
    crew.boss = make_account("supervisor", scope="all")
    crew.readers = [crew.boss, account_of(crew.supervisor)]
    return crew


def change(crew, what):
    """Somebody writes to a past day whose sums are kept."""
    talk = crew.talks[3]
    if what == "kept":
        keeps(crew, crew.open_pledge, talk.opened_at + 2 * HOUR)
    if what == "kept late":
        tickets.sweep_pledges(at=AFTER)
        keeps(crew, crew.open_pledge, AFTER)
    if what == "reopened":
        at = talk.closed_at + HOUR
        desk.reopen(conversation_id=talk.pk, by=crew.by, at=at)
        desk.reply(conversation_id=talk.pk, body="好", by=crew.by, at=at + HOUR)
        named = {"question_type": question_type(), "handling_result": handling_result()}
        desk.close(conversation_id=talk.pk, by=crew.by, at=at + 26 * HOUR, **named)
    if what == "new":
        crew.serves(START + 3 * HOUR)
    if what == "client":
        customers.edit_customer(
            customer_id=talk.customer_id, by=None, at=AFTER, client=crew.talks[0].customer.client
        )
        handlers.follow_client(ClientOfCustomerChanged(talk.customer_id))
    if what == "merged":
        ids = talk.customer_id, crew.nobodys.customer_id
        customers.merge_customers(
            kept_id=ids[0], merged_id=ids[1], by=crew.by, at=AFTER, reason="x"
        )
        handlers.follow_merge(CustomersMerged(*ids))
    if what == "department":
        crew.agent.department = make_team().department
        crew.agent.save()
        handlers.refit(EmployeeTermsChanged(crew.agent.pk))


CHANGES = ["kept", "kept late", "reopened", "new", "client", "merged", "department"]


@pytest.mark.requirement("A26")
@pytest.mark.parametrize("what", CHANGES)
def test_a26_costs_from_kept_days_are_those_of_each_case_whatever_happens_later(crew, what):
    keep_all()
    assert reported(crew.boss, chosen()) == by_hand(chosen())
    before = reported(crew.boss, chosen())
    change(crew, what)
    assert StaleDay.objects.exists()
    after = reported(crew.boss, chosen())
    assert after == by_hand(chosen())
    assert (after == before) == (what == "department"), "the change is one that costs"
    for _ in range(2):
        for reader in crew.readers:
            assert cost_of_service(reader, chosen()) == counted(reader, chosen())
        keep_all()
        assert not StaleDay.objects.exists()
    assert reported(crew.boss, chosen()) == by_hand(chosen())


@pytest.mark.requirement("A26")
def test_a26_the_parts_of_a_period_are_cut_as_when_counted(crew):
    elsewhere = make_channel(crew.company.shop)
    keep_all()
    talk = crew.talks[0]
    parts = (
        {"channel_id": crew.company.channel.pk},
        {"channel_id": elsewhere.pk},
        {"shop_id": crew.company.shop.pk},
        {"stage": "presale"},
        {"stage": "presale", "channel_id": crew.company.channel.pk},
        {"client_id": talk.customer.client_id},
        {"agent_id": crew.agent.pk},
        {"team_id": crew.company.team.pk},
        {"first": dt.date(2026, 11, 17), "last": dt.date(2026, 11, 18)},
    )
    for part in parts:
        for reader in crew.readers:
            assert cost_of_service(reader, chosen(**part)) == counted(reader, chosen(**part))
    assert reported(crew.boss, chosen(client_id=talk.customer.client_id)) == {
        case: line for case, line in by_hand(chosen()).items() if case[1] == talk.customer.client_id
    }
    own = make_employee("cs-specialist", crew.company.team)
    assert cost_of_service(account_of(own), chosen())[0] == [], "kept sums are not everybody's"


def test_what_was_kept_is_read_and_whole_months_as_one(crew, django_assert_max_num_queries):
    old = crew.serves(START - 20 * 24 * HOUR)
    assert old.opened_at.month == 10
    rebuild_sums()
    keep_all()
    house = ReportSums.objects.filter(reach="house", part="")
    [month] = house.filter(first_date="2026-11-01", last_date="2026-11-30")
    assert sum(costs["cases"] for costs in month.cases.values()) == 9
    year = chosen(first=dt.date(2026, 1, 1), last=dt.date(2026, 11, 30))
    assert reported(crew.boss, year) == by_hand(year)
    cost_of_service(crew.boss, chosen())
    with django_assert_max_num_queries(9):
        cost_of_service(crew.boss, chosen())
    with django_assert_max_num_queries(12):
        cost_of_service(crew.boss, year)
    there = reported(crew.boss, chosen())
    # Nothing is read of talk whose days are kept.
    desk.Segment.objects.all().delete()
    Pledge.objects.all().update(amount=None, currency="")
    assert reported(crew.boss, chosen()) == there


def test_sums_of_before_count_no_more(crew):
    """Sums from before costs were kept hold none: they go by another number of counting."""
    keep_all()
    ReportSums.objects.update(fingerprint="of before", cases={})
    assert reported(crew.boss, chosen()) == by_hand(chosen())
    keep_all()
    assert not ReportSums.objects.filter(fingerprint="of before").exists()
    assert reported(crew.boss, chosen()) == by_hand(chosen())
