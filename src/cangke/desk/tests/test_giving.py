"""Whom the house gives a customer (B3, B4, B11)."""

import pytest

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Segment
from cangke.people.models import Shop

from .factories import (
    AT,
    go_online,
    keep_alive,
    later,
    make_company,
    reply,
)

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("B4")
@pytest.mark.django_db(transaction=True)
def test_b4_with_three_and_five_open_the_next_goes_to_the_first():
    company = make_company()
    busy, busier = company.agent(online=False), company.agent(online=False)
    for agent, load in ((busy, 3), (busier, 5)):
        for _ in range(load):
            reply(company.writes().conversation, agent, later(1))
    go_online(busy), go_online(busier)
    conversation = Conversation.objects.get(pk=company.writes(at=later(5)).conversation.pk)
    assert conversation.assignee_id == busy.pk
    segment = Segment.objects.get(conversation=conversation)
    assert segment.because["code"] == "choice.least_load"
    assert segment.started_by == "auto"


@pytest.mark.requirement("B4")
@pytest.mark.django_db(transaction=True)
def test_b4_an_english_conversation_goes_only_to_agents_with_english():
    company = make_company()
    company.agent(languages=["zh-hans"])
    english = company.agent(languages=["zh-hans", "en"], max_chats=1)
    first = company.writes("hello", language="en").conversation
    second = company.writes("hello", language="en").conversation
    assert Conversation.objects.get(pk=first.pk).assignee_id == english.pk
    assert Conversation.objects.get(pk=second.pk).assignee_id is None


@pytest.mark.requirement("B11")
@pytest.mark.django_db(transaction=True)
def test_b11_who_is_not_certified_for_after_sales_is_given_none():
    company = make_company()
    learner = company.agent(online=False)
    waiting = company.writes().conversation
    Conversation.objects.filter(pk=waiting.pk).update(stage="aftersale", group=company.aftersale)

    def uncertified(*, employee_ids, stage):
        return frozenset({learner.pk}) if stage == "aftersale" else frozenset()

    desk.uncertified.plug(uncertified)
    try:
        go_online(learner)
        assert Conversation.objects.get(pk=waiting.pk).assignee_id is None
        asking = company.writes(at=later(1)).conversation
        assert Conversation.objects.get(pk=asking.pk).assignee_id == learner.pk, "pre-sales is open"
    finally:
        desk.uncertified.unplug()
    desk.route_waiting(at=later(2))
    assert Conversation.objects.get(pk=waiting.pk).assignee_id == learner.pk


@pytest.mark.requirement("B3")
@pytest.mark.django_db(transaction=True)
def test_b3_a_brand_reaches_only_its_team_and_an_upcoming_shop_nobody():
    mine, other = make_company(), make_company()
    agent = mine.agent()
    other.agent()
    conversation = mine.writes().conversation
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == agent.pk
    Shop.objects.filter(pk=other.shop.pk).update(state="upcoming")
    upcoming = other.writes().conversation
    desk.route_waiting(at=later(3))
    assert Conversation.objects.get(pk=upcoming.pk).assignee_id is None


@pytest.mark.django_db(transaction=True)
def test_coming_online_brings_what_waits_in_the_queues_order():
    company = make_company()
    old = company.writes(at=AT).conversation
    new = company.writes(at=later(10)).conversation
    urgent = company.writes(at=later(20)).conversation
    Conversation.objects.filter(pk=urgent.pk).update(priority=2)
    agent = company.agent(online=False, max_chats=2)
    go_online(agent, at=later(30))
    held = set(Conversation.objects.filter(assignee=agent).values_list("pk", flat=True))
    assert held == {old.pk, urgent.pk}
    assert Conversation.objects.get(pk=new.pk).state == "queued"


@pytest.mark.django_db(transaction=True)
def test_who_served_the_customer_lately_gets_them_back():
    company = make_company()
    known, idle = company.agent(), company.agent(online=False)
    conversation = company.writes().conversation
    reply(conversation, known, later(5))
    go_online(idle)
    keep_alive(known, idle, at=later(60))
    again = company.writes(
        at=later(60), customer=conversation.customer, begin_new=True
    ).conversation
    assert Conversation.objects.get(pk=again.pk).assignee_id == known.pk


@pytest.mark.django_db(transaction=True)
def test_nobody_without_a_heartbeat_is_given_work():
    company = make_company()
    company.agent()
    conversation = company.writes(at=later(31)).conversation
    assert Conversation.objects.get(pk=conversation.pk).state == "queued"


@pytest.mark.django_db(transaction=True)
def test_weighing_a_long_queue_asks_as_little_as_a_short_one(django_assert_max_num_queries):
    """Fault elsewhere: each assignment counts every agent's conversations one by one."""
    company = make_company()
    company.agent(max_chats=0)
    for n in range(12):
        company.writes(at=later(n))
    with django_assert_max_num_queries(8):
        assert desk.route_waiting(at=later(20)) == 0
