"""What is kept of past days is what counting them again gives, whatever happens to them later."""

import dataclasses
import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cangke.customers import public as customers
from cangke.customers.events import ClientOfCustomerChanged, CustomersMerged
from cangke.desk import handlers, tasks
from cangke.desk import public as desk
from cangke.desk.actions import PastLine, keep_sums, rebuild_sums, take_in_history
from cangke.desk.models import AgentProfile, Conversation, ReportSums, StaleDay, Turn
from cangke.desk.queries.definitions import definition_on
from cangke.desk.queries.handling import case_costs
from cangke.desk.queries.report import ReportFilter, service_report
from cangke.desk.rules.definitions import Basis
from cangke.desk.rules.metrics import measure
from cangke.desk.rules.sums import Sums, kept, taken
from cangke.foundation.calendar.public import day_bounds, site_day
from cangke.people.events import EmployeeTermsChanged
from cangke.people.tests.factories import make_employee, make_team
from cangke.rulebook.public import default_set_key, ensure_first_version, trial
from tests.factories import make_account

from .factories import (
    AT,
    account_of,
    handling_result,
    later,
    make_channel,
    make_company,
    make_customer,
    question_type,
)
from .test_figures import measured
from .test_rebuild import ACTS, Day

pytestmark = pytest.mark.django_db
SHANGHAI = "Asia/Shanghai"
FIRST, LAST = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
AFTER = dt.datetime(2026, 12, 4, tzinfo=dt.UTC)
ONE_DAY = 86_400
# The rulebook looks every few seconds whether it has changed.
KEPT_QUERIES = 16


def filter_of(first=FIRST, last=LAST, **part):
    since, until = day_bounds(first, SHANGHAI)[0], day_bounds(last, SHANGHAI)[1]
    return ReportFilter(first_date=first, last_date=last, since=since, until=until, **part)


def boss():
    return make_account("supervisor", scope="all")


def counted(account, chosen):
    """The report with nothing kept."""
    rows, stale = list(ReportSums.objects.all()), list(StaleDay.objects.all())
    ReportSums.objects.all().delete()
    report = service_report(account, chosen)
    ReportSums.objects.bulk_create(rows)
    assert StaleDay.objects.count() == len(stale)
    return report


def hold_against_messages(account, chosen):
    """The report against the rules, over each turn and conversation of the period."""
    report = service_report(account, chosen)
    zone = ZoneInfo(SHANGHAI)
    turns = [
        measured(row)
        for row in Turn.objects.select_related("conversation")
        if chosen.first_date <= row.duty_date <= chosen.last_date
    ]
    for key, figure in report.figures.items():
        expected = measure(definition_on(key, on=chosen.last_date), turns, zone=zone)
        assert figure.value == expected.value, key
    talks = list(Conversation.objects.exclude(close_reason="imported"))
    opened = [each for each in talks if chosen.since <= each.opened_at < chosen.until]
    ended = [
        each
        for each in talks
        if each.state == "closed" and chosen.since <= each.closed_at < chosen.until
    ]
    assert (report.opened, report.closed) == (len(opened), len(ended))
    for shares, values in (
        (report.by_channel, [each.channel_id for each in opened]),
        (report.by_stage, [each.stage for each in opened]),
        (report.by_client, [each.customer.client_id for each in opened]),
        (report.by_type, [each.question_type_id for each in ended]),
        (report.by_result, [each.handling_result_id for each in ended]),
    ):
        assert {share.key: share.count for share in shares} == Counter(values)
    assert report.answer_ask.numerator == sum(each.human_replies for each in opened)
    assert report.complaints == sum(
        each.is_major or bool(each.question_type and each.question_type.is_complaint)
        for each in ended
    )
    costs = case_costs(account, chosen)
    assert {each.case: each.count for each in costs} == Counter(
        (each.question_type_id, each.customer.client_id) for each in ended
    )
    lengths = [held.ended_at - held.started_at for each in ended for held in each.segments.all()]
    held_seconds = sum(lengths, start=dt.timedelta()).total_seconds()
    assert held_seconds - len(costs) <= sum(each.seconds for each in costs) <= held_seconds


@pytest.fixture
def staff():
    company = make_company()
    agents = [company.agent() for _ in range(3)]
    leader = company.agent("cs-leader", online=False)
    question_type()
    return company, agents, leader


def keep_all():
    while keep_sums(at=AFTER):
        pass


acts = st.tuples(
    st.sampled_from([*ACTS, "reopen", "recall", "merge", "keep"]),
    st.integers(0, 2),
    st.sampled_from([1, 59, 130, 4000, 50_000]),
)


class LongerDay(Day):
    """The same, over days; sums are kept on the way, and customers become one."""

    def keep(self, agent, by):
        keep_sums(at=AFTER)

    def merge(self, agent, by):
        other = make_customer()
        self.company.writes(at=self.now, customer=other)
        customers.merge_customers(
            kept_id=self.customer.pk, merged_id=other.pk, by=by, at=self.now, reason="x"
        )
        handlers.follow_merge(CustomersMerged(kept_id=self.customer.pk, merged_id=other.pk))


@pytest.mark.requirement("P1", "A5", "A8")
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(acts, min_size=4, max_size=14))
def test_p1_a_report_from_kept_sums_is_the_report_from_messages(staff, history):
    company, agents, leader = staff
    AgentProfile.objects.filter(employee__in=agents).update(presence="online")
    day = LongerDay(company, agents, leader)
    for act, who, seconds in history:
        day.do(act, who, seconds)
    account = boss()
    hold_against_messages(account, filter_of())
    keep_all()
    assert not StaleDay.objects.exists()
    for chosen in (
        filter_of(),
        filter_of(first=site_day(AT, SHANGHAI), last=site_day(AT, SHANGHAI)),
        filter_of(basis=Basis.KUAISHOU),
    ):
        hold_against_messages(account, chosen)
        assert service_report(account, chosen) == counted(account, chosen)
    supervisor = account_of(make_employee("cs-supervisor", company.team))
    for chosen in (filter_of(channel_id=company.channel.pk), filter_of(stage="aftersale")):
        for reader in (account, supervisor):
            assert service_report(reader, chosen) == counted(reader, chosen)


def two_days():
    company = make_company()
    agent = company.agent(online=False)
    by = account_of(agent)
    talks = []
    for start in (0, ONE_DAY):
        talk = company.writes(at=later(start)).conversation
        desk.claim(conversation_id=talk.pk, by=by, at=later(start))
        desk.reply(conversation_id=talk.pk, body="您好", by=by, at=later(start + 60))
        talks.append(talk)
    keep_all()
    assert ReportSums.objects.filter(reach="house", part="").exists()
    return company, agent, talks


@pytest.mark.parametrize(
    "change",
    ["recall", "reply", "close", "new", "client", "merge", "department", "import"],
)
def test_what_is_written_of_a_past_day_lets_its_sums_go_at_once(change):
    """Fault elsewhere: figures added up once are wrong for ever after a correction."""
    company, agent, talks = two_days()
    by, account = account_of(agent), boss()
    supervisor = account_of(make_employee("cs-supervisor", company.team))
    if change == "recall":
        sent = talks[0].messages.filter(agent=agent).last()
        desk.recall_message(message_id=sent.pk, by=by, at=later(100))
    if change == "reply":
        company.writes(at=later(3 * ONE_DAY), customer=talks[0].customer)
        desk.reply(conversation_id=talks[0].pk, body="好", by=by, at=later(3 * ONE_DAY + 5))
    if change == "close":
        named = {"question_type": question_type(), "handling_result": handling_result()}
        desk.close(conversation_id=talks[1].pk, by=by, at=later(2 * ONE_DAY), **named)
    if change == "new":
        company.writes(at=later(70))
    if change == "client":
        client = customers.save_client(by=None, at=AT, code="acme", name="海盗船")
        customer = talks[0].customer
        customers.edit_customer(customer_id=customer.pk, by=None, at=AFTER, client=client)
        handlers.follow_client(ClientOfCustomerChanged(customer.pk))
    if change == "merge":
        kept_id, merged_id = talks[0].customer_id, talks[1].customer_id
        customers.merge_customers(kept_id=kept_id, merged_id=merged_id, by=by, at=AFTER, reason="x")
        handlers.follow_merge(CustomersMerged(kept_id, merged_id))
    if change == "department":
        agent.department = make_team().department
        agent.save()
        handlers.refit(EmployeeTermsChanged(agent.pk))
    if change == "import":
        line = PastLine(at=later(500), body="在吗", from_customer=True)
        take_in_history(
            channel=make_channel(company.shop), reference="r", customer="c", customer_name="",
            lines=[line], at=AFTER,
        )  # fmt: skip
    for reader in (account, supervisor):
        assert service_report(reader, filter_of()) == counted(reader, filter_of())
    hold_against_messages(account, filter_of())
    keep_all()
    assert not StaleDay.objects.exists()
    for reader in (account, supervisor):
        assert service_report(reader, filter_of()) == counted(reader, filter_of())


def test_sums_of_another_rule_do_not_count():
    ensure_first_version(at=AT)
    _company, _agent, _talks = two_days()
    account = boss()
    assert service_report(account, filter_of()).figures["rate_3_minutes"].value == 1
    with trial(default_set_key(), {"quick_rate.limit_seconds": 30}):
        assert service_report(account, filter_of()).figures["rate_3_minutes"].value == 0


def test_whole_months_are_kept_as_one_and_go_with_any_of_their_days():
    company, agent, talks = two_days()
    keep_sums(at=AFTER)
    assert not ReportSums.objects.filter(first_date=FIRST, last_date=LAST).exists()
    Conversation.objects.filter(pk=talks[0].pk).update(opened_at=later(-22 * ONE_DAY))
    rebuild_sums()
    keep_all()
    house = ReportSums.objects.filter(reach="house", part="")
    assert house.filter(first_date=FIRST, last_date=LAST).exists()
    company.writes(at=later(100))
    assert service_report(boss(), filter_of()) == counted(boss(), filter_of())
    keep_all()
    assert house.filter(first_date=FIRST, last_date=LAST).exists()
    assert service_report(boss(), filter_of()) == counted(boss(), filter_of())


def test_the_last_days_are_counted_and_mark_nothing():
    company = make_company()
    now = timezone.now()
    company.writes(at=now)
    assert not StaleDay.objects.exists(), "today's messages write nothing more"
    tasks.keep_sums(now)
    today = site_day(now, SHANGHAI)
    assert service_report(boss(), filter_of(first=today, last=today)).opened == 1
    company.writes(at=now)
    assert service_report(boss(), filter_of(first=today, last=today)).opened == 2


def test_a_year_asks_as_much_as_a_day(django_assert_max_num_queries):
    two_days()
    account = boss()
    service_report(account, filter_of())
    with django_assert_max_num_queries(KEPT_QUERIES):
        service_report(account, filter_of())
    year = filter_of(first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31))
    with django_assert_max_num_queries(KEPT_QUERIES):
        service_report(account, year)


def test_kept_numbers_come_back_as_they_were():
    sums = Sums(agents={7: {"a": (1, 2), "b": (3, 4)}}, whole={"a": (1, 2), "b": (3, 4)})
    sums.count("stage", "presale", 2)
    sums.count("stage", None, 1)
    data = kept(sums, ["a", "b"])
    back = taken(data, ["b"])
    assert back.agents == {7: {"b": (3, 4)}}
    assert back.counted("stage") == {"presale": 2, "": 1}
    back.whole["b"] = (0, 0)
    total = Sums()
    total.add(taken(data, ["a", "b"]))
    total.add(taken(data, ["a", "b"]))
    assert total.agents[7] == {"a": (2, 4), "b": (6, 8)}
    assert data["counts"] == {"stage": {"presale": 2, "": 1}}, "adding changes no kept data"
    assert dataclasses.asdict(taken(data, ["a", "b"])) == dataclasses.asdict(sums)
