"""Figures summed by the database are those of the rules; board and report show them."""

import dataclasses
import datetime as dt
import random
from collections import defaultdict
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from cangke.customers import public as customers
from cangke.desk import public as desk
from cangke.desk.actions import index_new
from cangke.desk.models import Turn
from cangke.desk.queries.board import board
from cangke.desk.queries.definitions import definition_on, definition_texts, spans
from cangke.desk.queries.figures import by_agent, figure_of, figures, turns_behind
from cangke.desk.queries.ledger import rule_turn
from cangke.desk.queries.report import (
    ReportFilter,
    conversations_of,
    service_report,
    turns_of_figure,
)
from cangke.desk.queries.sums import count_turns
from cangke.desk.rules.clocks import ClockColour
from cangke.desk.rules.definitions import FIGURES, Basis, keys_of, shipped
from cangke.desk.rules.metrics import Figure, MeasuredTurn, measure
from cangke.foundation.calendar.models import OpeningTable
from cangke.foundation.calendar.public import Opening, OpeningHours
from cangke.foundation.search.public import search
from cangke.rulebook import actions as rulebook
from cangke.rulebook.public import default_set_key, trial
from tests.factories import make_account

from .factories import (
    AT,
    account_of,
    claim,
    handling_result,
    later,
    make_channel,
    make_company,
    make_customer,
    question_type,
)

pytestmark = pytest.mark.django_db
# One more than asked: the rulebook looks every few seconds whether it has changed.
BOARD_QUERIES, REPORT_QUERIES = 8, 16
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, ONE_DAY = dt.date(2026, 11, 23), dt.timedelta(days=1)
KEYS = [each.key for each in FIGURES.values() if each.policy is not None]
DAYS = {"first_date": DAY, "last_date": DAY}
TODAY = ReportFilter(
    first_date=DAY,
    last_date=DAY,
    since=dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC),
    until=dt.datetime(2026, 11, 23, 16, tzinfo=dt.UTC),
)


def measured(row):
    return MeasuredTurn(
        turn_id=row.pk,
        conversation_id=row.conversation_id,
        customer_id=row.conversation.customer_id,
        duty_date=row.duty_date,
        turn=rule_turn(row),
        open_ms=row.open_ms,
        open_effective_ms=row.open_effective_ms,
    )


@pytest.fixture
def busy_day():
    """A company after a day of talk with everything that can happen to a turn."""
    company = make_company()
    leader = company.agent("cs-leader", online=False)
    agents = [company.agent(online=False) for _ in range(3)]
    dice = random.Random(5)
    people = [make_customer() for _ in range(8)]
    for n in range(40):
        start = n * 1000
        one = dice.choice(agents)
        conversation = company.writes(
            at=later(start), customer=dice.choice(people), begin_new=True
        ).conversation
        fate = dice.choice(["answer", "wait", "transfer", "take", "left", "day", "open", "spam"])
        by = account_of(one)
        if fate in ("answer", "wait"):
            body = "稍等" if fate == "wait" else "您好"
            desk.reply(
                conversation_id=conversation.pk,
                body=body,
                reason="x",
                by=by,
                at=later(start + dice.randint(1, 800)),
            )
        if fate == "wait" and dice.random() < 0.5:
            company.writes(at=later(start + 850), customer=conversation.customer)
            desk.reply(conversation_id=conversation.pk, body="查到了", by=by, at=later(start + 900))
        if fate in ("transfer", "take", "spam"):
            desk.claim(conversation_id=conversation.pk, by=by, at=later(start + 20), reason="x")
        if fate == "transfer":
            desk.request_transfer(
                conversation_id=conversation.pk,
                reason="x",
                by=by,
                at=later(start + 100),
                to_group=company.presale,
            )
        if fate == "take":
            desk.assign(
                conversation_id=conversation.pk,
                to=dice.choice([a for a in agents if a != one]),
                reason="x",
                by=account_of(leader),
                at=later(start + dice.choice([30, 200])),
            )
        if fate == "spam":
            desk.close(
                conversation_id=conversation.pk,
                by=account_of(leader),
                at=later(start + 50),
                reason=desk.ClosingReason.SPAM,
            )
        if fate == "left":
            desk.customer_left(conversation_id=conversation.pk, at=later(start + 60))
    desk.sweep(at=later(30_000))
    return company, agents


@pytest.mark.requirement("A5")
def test_the_database_sums_what_the_rules_measure(busy_day):
    rows = list(Turn.objects.select_related("conversation"))
    assert {row.state for row in rows} == {
        "open",
        "answered",
        "transferred_unreplied",
        "abandoned",
        "expired",
    }
    hold_against_rules(rows)
    rulebook.ensure_first_version(at=AT)
    for values in (
        {"first_response.unit": "turn", "average_response.cap_seconds": 120},
        {"average_response.unanswered": "at_cap", "average_response.reply": "any_human"},
        {"average_response.unanswered": "left_out", "average_response.clock": "customer"},
        {"first_response_agent.passed_on": True, "unreplied.passed_on": True},
        {"first_response.window_from": "22:00", "first_response.window_until": "11:30"},
        {"quick_rate.clock": "opening", "quick_rate.limit_seconds": 60},
        {"reply_rate.unit": "first_round", "reply_rate.limit_seconds": 300},
        {"served.window_from": "11:00", "served.window_until": "13:00"},
        {"taobao_average.cap_seconds": 0, "taobao_rate.unit": "person_day"},
    ):
        before = {key: definition_on(key, on=DAY) for key in KEYS}
        with trial(default_set_key(), values):
            assert {key: definition_on(key, on=DAY) for key in KEYS} != before
            hold_against_rules(rows)


def hold_against_rules(rows):
    found = figures(Turn.objects.all(), KEYS, **DAYS)[()]
    for key in KEYS:
        definition = definition_on(key, on=DAY)
        expected = measure(definition, [measured(row) for row in rows], zone=SHANGHAI)
        assert found[key].value == expected.value, definition
        counted = {line.turn_id for line in expected.trace if line.counted}
        behind = turns_behind(Turn.objects.all(), key, **DAYS)
        assert {row.pk for row in behind} == counted, definition


def test_figures_by_agent_are_of_those_who_are_credited(busy_day):
    grouped = defaultdict(list)
    for row in Turn.objects.select_related("conversation"):
        if row.credited_id:
            grouped[row.credited_id].append(measured(row))
    found = by_agent(Turn.objects.all(), KEYS, **DAYS)
    assert set(found) == set(grouped)
    for agent_id, rows in grouped.items():
        for key in KEYS:
            expected = measure(shipped(key), rows, zone=SHANGHAI).value
            assert found[agent_id][key].value == expected, key


def test_one_query_however_many_figures_and_groups(busy_day, django_assert_num_queries):
    with django_assert_num_queries(1):
        figures(Turn.objects.all(), KEYS, **DAYS, by=("channel_id", "stage"))


@pytest.fixture
def two_definitions():
    """From the 24th on, four minutes are in time and the day begins at nine."""
    first = rulebook.ensure_first_version(at=AT)
    draft = rulebook.draft_version(policy_set=first.policy_set, by=None, at=AT)
    values = {"quick_rate.limit_seconds": 240, "quick_rate.window_from": "09:00"}
    rulebook.change_values(draft_id=draft.pk, values=values, by=None, at=AT)
    rulebook.publish_version(
        draft_id=draft.pk, effective_from=DAY + ONE_DAY, note="放宽", by=None, at=AT
    )


@pytest.mark.requirement("A5", "S3")
def test_a_figure_over_two_days_counts_each_by_the_definition_of_its_day(two_definitions):
    company = make_company()
    agent = company.agent(online=False)
    by = account_of(agent)
    for start in (0, 86_400):
        talk = company.writes(at=later(start)).conversation
        desk.claim(conversation_id=talk.pk, by=by, at=later(start))
        desk.reply(conversation_id=talk.pk, body="您好", by=by, at=later(start + 200))
    both = {"first_date": DAY, "last_date": DAY + ONE_DAY}
    [before, since] = spans(["rate_3_minutes"], **both)
    assert [each.definitions["rate_3_minutes"].limit_seconds for each in (before, since)] == [
        180,
        240,
    ]
    assert before.definitions["rate_3_minutes"].version < (
        since.definitions["rate_3_minutes"].version
    )
    first_day = desk.agent_figures(employee_id=agent.pk, **DAYS)
    assert first_day["rate_3_minutes"].value == 0, "what was judged in its day stays judged"
    whole = desk.agent_figures(employee_id=agent.pk, **both)
    assert whole["rate_3_minutes"].value == Fraction(1, 2)
    assert whole["average_response"].value == 200
    assert turns_behind(Turn.objects.all(), "rate_3_minutes", **both).count() == 2
    texts = definition_texts("rate_3_minutes", **both)
    assert [(each.first_date, each.last_date) for each in texts] == [
        (DAY + ONE_DAY, DAY + ONE_DAY),
        (DAY, DAY),
    ]
    assert texts[0].clause.name == "A5.4 限时回复率"
    assert "240 秒以内算及时" in texts[0].clause.text
    assert "第 2 版" in texts[0].clause.version
    assert "180 秒以内算及时" in texts[1].clause.text
    assert "第 1 版" in texts[1].clause.version


def test_a_version_that_leaves_a_figure_alone_cuts_nothing(two_definitions):
    [only] = spans(["served"], first_date=DAY, last_date=DAY + ONE_DAY)
    assert (only.first_date, only.last_date) == (DAY, DAY + ONE_DAY)
    assert only.definitions["served"].version == 2


def test_a_limit_stands_in_the_name_of_its_figure(two_definitions):
    names = [
        desk.figure_text(Figure(definition_on("rate_3_minutes", on=on), Fraction(0), 0)).label
        for on in (DAY, DAY + ONE_DAY)
    ]
    assert names == ["3 分钟回复率", "4 分钟回复率"]


@pytest.mark.parametrize("basis", list(Basis))
def test_a_report_goes_by_the_definitions_chosen(basis, busy_day):
    company, _agents = busy_day
    supervisor = account_of(company.agent("cs-supervisor", online=False))
    chosen = dataclasses.replace(TODAY, basis=basis)
    report = service_report(supervisor, chosen)
    assert set(report.figures) == {*keys_of(basis), "unreplied", "served"}
    for key, figure in report.figures.items():
        behind = turns_of_figure(supervisor, chosen, key)
        assert figure.definition == definition_on(key, on=DAY)
        if figure.definition.unit != "person_day" and figure.definition.measure != "count":
            assert behind.count() == figure.denominator


# --- the board (O4)


@pytest.mark.requirement("O4")
def test_o4_the_board_shows_who_is_there_who_waits_and_since_when():
    company = make_company()
    supervisor = company.agent("cs-supervisor", online=False)
    agent, idle = company.agent(), company.agent(online=False)
    held = company.writes().conversation
    claim(held, agent, later(10))
    company.writes(at=later(100))
    done = company.writes(at=later(5)).conversation
    desk.reply(conversation_id=done.pk, body="您好", by=account_of(agent), at=later(35))
    newer = company.writes(at=later(90)).conversation
    claim(newer, agent, later(95))
    seen = board(account_of(supervisor), at=later(190))
    rows = {row.employee.pk: row for row in seen.agents}
    assert rows[agent.pk].presence == "online"
    assert (rows[agent.pk].load, rows[agent.pk].waiting_id) == (3, held.pk)
    assert rows[agent.pk].colour is ClockColour.DARK
    assert rows[agent.pk].figures["first_response"].value == 30
    assert (rows[idle.pk].presence, rows[idle.pk].load) == ("offline", 0)
    [queue] = seen.queues
    assert (queue.waiting, queue.oldest_at, queue.over_target) == (1, later(100), 1)
    assert queue.colour is ClockColour.AMBER
    assert (seen.waiting_count, seen.over_target, seen.open_count) == (3, 3, 4)
    assert [row.conversation.pk for row in seen.waiting][0] == held.pk
    assert seen.today["first_response"].value == 30


@pytest.mark.requirement("O4", "A25")
@pytest.mark.parametrize(("minutes", "colour"), [(-60, "calm"), (0.5, "calm"), (2, "red")])
def test_o4_who_waits_through_the_night_is_red_by_opening_hours(minutes, colour):
    """Over target is counted while the channel is open: the night makes no clock dark."""
    hours = OpeningHours("Asia/Shanghai", tuple(Opening(day, 8 * 60, 9 * 60) for day in range(7)))
    company = make_company(opening=OpeningTable.objects.create(name="day", hours=hours.as_data()))
    supervisor = account_of(company.agent("cs-supervisor", online=False))
    agent = company.agent()
    opening = dt.datetime(2026, 11, 23, 0, 0, tzinfo=dt.UTC)
    company.writes(at=opening - dt.timedelta(hours=6))
    held = company.writes(at=opening - dt.timedelta(hours=5)).conversation
    desk.claim(
        conversation_id=held.pk,
        by=account_of(agent),
        at=opening - dt.timedelta(hours=5),
        reason="x",
    )
    seen = board(supervisor, at=opening + dt.timedelta(minutes=minutes))
    [queue] = seen.queues
    [row] = [each for each in seen.agents if each.employee.pk == agent.pk]
    assert (queue.colour, row.colour) == (colour, colour)
    assert bool(queue.over_target) == (colour == "red")
    assert queue.oldest_at == opening


@pytest.mark.requirement("O4")
def test_o4_a_letter_within_its_days_is_not_red():
    company = make_company()
    supervisor = account_of(company.agent("cs-supervisor", online=False))
    company.writes(channel=make_channel(company.shop, kind="letter"))
    [queue] = board(supervisor, at=later(5 * 3600)).queues
    assert (queue.over_target, queue.colour) == (0, ClockColour.AMBER)
    [queue] = board(supervisor, at=later(73 * 3600)).queues
    assert (queue.over_target, queue.colour) == (1, ClockColour.DARK)


def test_a_leaders_board_ends_at_the_team():
    company, other = make_company(), make_company()
    leader = company.agent("cs-leader", online=False)
    stranger = other.agent()
    other.writes()
    seen = board(account_of(leader), at=later(200))
    assert stranger.pk not in {row.employee.pk for row in seen.agents}
    assert seen.waiting_count == 0


@pytest.mark.requirement("P1")
def test_p1_what_is_added_up_from_the_agents_is_what_the_database_sums(busy_day):
    company, agents = busy_day
    tomorrow = company.writes(at=later(86_400)).conversation
    desk.reply(
        conversation_id=tomorrow.pk,
        body="您好",
        reason="x",
        by=account_of(agents[0]),
        at=later(86_409),
    )
    days = {"first_date": DAY, "last_date": DAY + ONE_DAY}
    turns = Turn.objects.filter(duty_date__in=[DAY, DAY + ONE_DAY])
    assert turns.filter(credited__isnull=True).exists()
    [counted] = count_turns(turns, KEYS, (DAY, DAY + ONE_DAY)).values()

    def told(pairs):
        return {key: figure_of(definition_on(key, on=DAY), pair) for key, pair in pairs.items()}

    people = {agent_id: told(pairs) for agent_id, pairs in counted.agents.items()}
    assert people == by_agent(turns, KEYS, **days)
    assert told(counted.whole) == figures(turns, KEYS, **days)[()]
    served = sum(line["served"].numerator for line in people.values())
    assert counted.whole["served"][0] < served


def test_the_board_asks_as_much_for_many_as_for_few(busy_day, django_assert_max_num_queries):
    company, _agents = busy_day
    supervisor = account_of(company.agent("cs-supervisor", online=False))
    board(supervisor, at=later(100))
    with django_assert_max_num_queries(BOARD_QUERIES):
        board(supervisor, at=later(41_000))
    for _ in range(5):
        company.agent(online=False)
        company.writes(at=later(42_000))
    with django_assert_max_num_queries(BOARD_QUERIES):
        board(supervisor, at=later(43_000))


# --- the report (P1)


@pytest.mark.requirement("P1", "A19")
def test_p1_types_and_results_add_up_to_the_closed_conversations():
    company = make_company()
    agent = company.agent(online=False)
    supervisor = account_of(company.agent("cs-supervisor", online=False))
    endings = [("tracking", "solved"), ("tracking", "unsolved"), ("complaint", "compensated")]
    for n, (kind, result) in enumerate(endings):
        conversation = company.writes(at=later(n)).conversation
        desk.reply(conversation_id=conversation.pk, body="您好", by=account_of(agent), at=later(60))
        desk.close(
            conversation_id=conversation.pk,
            by=account_of(agent),
            at=later(90),
            question_type=question_type(kind),
            handling_result=handling_result(result),
        )
    left = company.writes(at=later(10)).conversation
    desk.customer_left(conversation_id=left.pk, at=later(20))
    company.writes(at=later(30), channel=make_channel(company.shop, kind="email"))
    report = service_report(supervisor, TODAY)
    assert (report.opened, report.closed, report.complaints, report.solved) == (5, 4, 1, 2)
    assert sum(share.count for share in report.by_type) == report.closed
    assert sum(share.count for share in report.by_result) == report.closed
    for breakdown in (report.by_channel, report.by_client, report.by_shop, report.by_stage):
        assert sum(share.count for share in breakdown) == report.opened
    assert report.by_type[0].label == "物流查询"
    assert {share.key for share in report.by_type} >= {None}
    assert report.answer_ask.value == Fraction(3, 5)
    assert report.figures["first_response"].value == Fraction(60 + 59 + 58, 3)
    behind = turns_of_figure(supervisor, TODAY, "first_response")
    assert behind.count() == report.figures["first_response"].denominator
    assert conversations_of(supervisor, TODAY, ended=True).count() == report.closed


@pytest.mark.requirement("P1")
def test_p1_by_channel_and_client():
    company = make_company()
    client = customers.save_client(by=None, at=AT, code="acme", name="海盗船")
    theirs = make_customer(client_id=client.pk)
    mail = make_channel(company.shop, kind="email")
    company.writes(customer=theirs)
    company.writes(channel=mail)
    supervisor = account_of(company.agent("cs-supervisor", online=False))
    narrowed = {"first_date": DAY, "last_date": DAY, "since": TODAY.since, "until": TODAY.until}
    assert service_report(supervisor, ReportFilter(**narrowed, channel_id=mail.pk)).opened == 1
    assert service_report(supervisor, ReportFilter(**narrowed, client_id=client.pk)).opened == 1
    assert service_report(supervisor, ReportFilter(**narrowed, stage="aftersale")).opened == 0


@pytest.mark.requirement("P12")
def test_p12_an_agent_sees_own_figures_only(busy_day):
    _company, agents = busy_day
    report = service_report(account_of(agents[0]), TODAY)
    assert {line.employee.pk for line in report.agents} <= {agents[0].pk}
    assert not turns_of_figure(account_of(agents[0]), TODAY, "unreplied").exclude(
        credited=agents[0]
    )


def test_a_report_asks_as_much_for_many_as_for_few(busy_day, django_assert_max_num_queries):
    company, _agents = busy_day
    supervisor = account_of(company.agent("cs-supervisor", online=False))
    service_report(supervisor, TODAY)
    with django_assert_max_num_queries(REPORT_QUERIES):
        service_report(supervisor, TODAY)


# --- where else conversations show


@pytest.mark.requirement("A1", "G3")
def test_a1_every_contact_stands_in_the_customers_timeline():
    company = make_company()
    customer = make_customer()
    agent = company.agent(online=False)
    for n, kind in enumerate(["web_chat", "email", "walk_in", "letter", "marketplace_im"]):
        channel = make_channel(company.shop, kind=kind)
        received = company.writes(at=later(n), channel=channel, customer=customer)
        claim(received.conversation, agent, later(n + 1))
    desk.log_call(
        channel=make_channel(company.shop, kind="phone"),
        customer=customer,
        question="在吗",
        result="已答复",
        by=account_of(agent),
        at=later(9),
    )
    rows = customers.timeline(
        account_of(agent), customer, since=AT - dt.timedelta(days=1), until=later(3600)
    )
    contacts = [row for row in rows if row.kind == "conversation"]
    assert len(contacts) == 6
    assert [row.at for row in contacts] == sorted((row.at for row in contacts), reverse=True)


def test_what_was_said_is_found_by_those_who_may_see_it():
    """Design security 7: search has the reach of the list."""
    company, other = make_company(), make_company()
    agent, stranger = company.agent(online=False), other.agent(online=False)
    conversation = company.writes("仓储费怎么算").conversation
    assert index_new(at=later(5)) == 3
    assert index_new(at=later(10)) == 0
    assert [hit.title.split()[0] for hit in search(account_of(agent), "仓储费").hits] == [
        conversation.number
    ]
    assert search(account_of(agent), conversation.number).hits
    assert search(account_of(stranger), "仓储费").hits == []


def test_personnel_reads_volume_and_figures_of_the_same_talk():
    company = make_company()
    agent = company.agent()
    conversation = company.writes().conversation
    desk.reply(conversation_id=conversation.pk, body="您好", by=account_of(agent), at=later(5))
    hr = make_account("hr", scope="all")
    day = dt.date(2026, 11, 23)
    report = desk.service_report(hr, desk.ReportFilter(day, day, since=AT, until=later(3600)))
    assert report.opened == 1
    assert report.figures["served"].value == 1
