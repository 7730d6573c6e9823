"""The web chat outside hours, and who the customer is."""

import datetime as dt

import pytest
import time_machine as clock
from django.core.cache import cache
from django.utils import timezone

from cangke.customers.public import find_or_create_by_identity
from cangke.desk import actions, ports
from cangke.desk.models import Conversation, Message, QueueGroup
from cangke.desk.rules.routing import Presence
from cangke.foundation.calendar.models import OpeningTable
from cangke.foundation.calendar.public import OpeningHours, parse_spans
from cangke.foundation.calendar.rules.hours import Opening
from cangke.orders.tests.factories import make_order
from cangke.people.tests.factories import make_employee, make_team

from .factories import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


@pytest.mark.requirement("A22", "A25")
def test_nobody_is_called_online_who_is_not_there(channel, request):
    """The head of the chat says what the roster and presence say, not what the hours promise."""
    agent = make_employee("cs-specialist", make_team(channel.shop))
    profile = actions.ensure_profile(agent)
    group = QueueGroup.objects.create(code="here", name="售前", stage="presale")
    profile.groups.set([group])
    rostered = []
    ports.on_shift.plug(lambda *, employee_ids, at: frozenset(rostered))
    request.addfinalizer(ports.on_shift.unplug)

    def head() -> str:
        cache.clear()
        html = Browser(channel).open()
        return html[html.index("<header") : html.index("</header>")]

    assert "现在没有客服当班，请留言" in head()
    rostered.append(agent.pk)
    assert "服务时间内" in head()
    actions.set_presence(state=Presence.ONLINE, by=agent.account, at=timezone.now())
    assert "客服在线" in head()
    closed_hours(channel)
    with clock.travel(dt.datetime(2026, 11, 22, 14, 0, tzinfo=dt.UTC), tick=False):
        assert "现在不在服务时间" in head()


def closed_hours(channel) -> None:
    """Open on weekdays from nine to six in Shanghai; now it is Sunday night."""
    weekly = [
        Opening(day, span.start_minute, span.length_minutes)
        for day in range(5)
        for span in parse_spans("09:00-12:00, 13:30-18:00")
    ]
    table = OpeningTable.objects.create(
        name="工作日", hours=OpeningHours("Asia/Shanghai", weekly).as_data()
    )
    channel.opening = table
    channel.save()


@pytest.mark.requirement("A25")
def test_outside_hours_the_visitor_learns_when_and_leaves_an_address(channel):
    closed_hours(channel)
    with clock.travel(dt.datetime(2026, 11, 22, 14, 0, tzinfo=dt.UTC), tick=False):
        browser = Browser(channel)
        html = browser.open()
        assert "11月23日 09:00" in html
        assert "周一至周五" in html
        assert "09:00–12:00, 13:30–18:00" in html
        assert "休息" in html
        refused = browser.say("有人吗")
        assert (refused.status_code, refused.json()["field"]) == (422, "email")
        assert not Message.objects.exists()
        assert browser.say("有人吗", email="fish@example.com", name="小鱼").status_code == 200
        conversation = Conversation.objects.get()
        assert conversation.state == "queued"
        assert conversation.waiting_since is not None
        assert conversation.due_at > dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
        assert conversation.customer.display_name == "小鱼"
        assert conversation.messages.filter(origin="auto_away").exists()


def test_the_offline_form_works_without_javascript(channel):
    closed_hours(channel)
    with clock.travel(dt.datetime(2026, 11, 22, 14, 0, tzinfo=dt.UTC), tick=False):
        browser = Browser(channel)
        bad = browser.post(body="我写的话", email="not an address", fetch=False)
        assert bad.status_code == 422
        assert "我写的话" in bad.content.decode()
        assert "not an address" in bad.content.decode()


@pytest.mark.requirement("A1", "G1")
def test_an_address_nobody_has_is_noted_for_the_mail_that_comes(channel):
    Browser(channel).say("你好", email="Fish@Example.com", name="小鱼")
    customer = Conversation.objects.get().customer
    assert customer.identities.filter(kind="email", value_norm="fish@example.com").exists()
    found = find_or_create_by_identity(kind="email", value="fish@example.com", at=timezone.now())
    assert found == customer


def test_somebody_elses_address_is_only_a_claim(channel):
    owner = find_or_create_by_identity(kind="email", value="fish@example.com", at=timezone.now())
    Browser(channel).say("我是小鱼", email="fish@example.com")
    conversation = Conversation.objects.get()
    assert conversation.customer != owner
    said = conversation.messages.get(direction="in")
    assert said.data["claims"]["email"] == "fish@example.com"
    assert not said.data.get("verified")


def test_an_order_and_its_buyers_address_together_are_believed(channel, shop):
    buyer = find_or_create_by_identity(kind="email", value="fish@example.com", at=timezone.now())
    order = make_order(shop, customer_id=buyer.pk)
    Browser(channel).say("我的订单", email="fish@example.com", order=order.external_no)
    conversation = Conversation.objects.get()
    assert conversation.customer_id == order.customer_id
    assert conversation.order == order


def test_an_order_number_brings_the_order_beside_the_talk(channel, shop):
    order = make_order(shop)
    Browser(channel).say("查一下", order=order.external_no)
    conversation = Conversation.objects.get()
    assert conversation.order == order
    assert conversation.customer_id != order.customer_id


def test_two_visitors_with_one_file_keep_their_talks_apart(channel, shop):
    buyer = find_or_create_by_identity(kind="email", value="fish@example.com", at=timezone.now())
    order = make_order(shop, customer_id=buyer.pk)
    for number in (1, 2):
        Browser(channel).say(f"设备 {number}", email="fish@example.com", order=order.external_no)
    assert Conversation.objects.count() == 2
    assert {each.customer_id for each in Conversation.objects.all()} == {order.customer_id}
