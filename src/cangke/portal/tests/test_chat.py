"""The web chat as a visitor uses it: said once, told what happened, in their language."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cangke.customers.models import Customer
from cangke.desk import actions
from cangke.desk.models import Conversation, Message, Turn
from cangke.foundation.live.models import LiveEvent

from .factories import Browser, picture, reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


@pytest.mark.requirement("A4", "A5")
def test_the_greeting_comes_at_once_and_is_no_answer(channel):
    browser = Browser(channel)
    assert "您好，欢迎咨询" in browser.open()
    assert "自动" in browser.open()
    assert not Conversation.objects.exists()
    assert browser.say("请问 536365 发货了吗？").status_code == 200
    conversation = Conversation.objects.get()
    assert conversation.waiting_since is not None
    assert Turn.objects.get().state == "open"
    greeting = conversation.messages.get(origin="auto_welcome")
    assert not greeting.counts_as_reply
    lines = browser.lines()
    assert "请问 536365 发货了吗？" in lines
    assert lines.count("自动") == 1


@pytest.mark.requirement("A1")
def test_a_double_click_is_one_message_and_one_conversation(channel):
    browser = Browser(channel)
    for _time in range(3):
        assert browser.say("你好", token="t1").status_code == 200
    assert Message.objects.filter(direction="in").count() == 1
    assert Conversation.objects.count() == 1
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_first_message_sent_ten_times_at_once_is_one(channel):
    browser = Browser(channel)
    browser.open()
    barrier = threading.Barrier(6)
    codes = []

    def send() -> None:
        other = Client(headers={"accept-language": "zh-CN"})
        other.cookies = browser.client.cookies
        barrier.wait()
        try:
            response = other.post(
                browser.address,
                {"proof": browser.proof, "body": "你好", "client_token": "same"},
                headers={"x-requested-with": "fetch"},
            )
            codes.append(response.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(codes) == {200}
    assert Message.objects.filter(direction="in").count() == 1
    assert Conversation.objects.count() == 1


def test_it_works_without_javascript(channel, agent):
    browser = Browser(channel)
    response = browser.post(body="没有脚本", client_token="n1", fetch=False)
    assert response.status_code == 302
    assert response.headers["Location"].endswith("#newest")
    html = browser.open()
    assert "没有脚本" in html
    reply(agent, "收到")
    assert "收到" in browser.open()


@pytest.mark.requirement("A22")
def test_a_recalled_reply_leaves_its_mark(channel, agent):
    browser = Browser(channel)
    browser.say("你好")
    sent = reply(agent, "说错了的话")
    assert "说错了的话" in browser.lines()
    actions.recall_message(message_id=sent.pk, by=agent, at=timezone.now())
    lines = browser.lines()
    assert "说错了的话" not in lines
    assert "已撤回" in lines


def test_the_agent_learns_that_it_was_read(channel, agent):
    browser = Browser(channel)
    browser.say("你好")
    sent = reply(agent, "您好")
    browser.lines()
    sent.refresh_from_db()
    assert sent.delivery == "queued"  # reading a page changes nothing
    browser.post("seen/", read="0")
    sent.refresh_from_db()
    assert sent.delivery == "delivered"
    browser.post("seen/", read="1")
    sent.refresh_from_db()
    assert sent.delivery == "read"
    browser.post("seen/", read="0")
    sent.refresh_from_db()
    assert sent.delivery == "read"


def test_the_visitor_learns_that_it_was_read(channel, agent):
    browser = Browser(channel)
    browser.say("你好")
    assert "已送达" in browser.lines()
    reply(agent, "您好")
    assert "已读" in browser.lines()


def test_typing_is_told_to_the_agent(channel):
    browser = Browser(channel)
    assert browser.post("typing/").status_code == 204
    browser.say("你好")
    conversation = Conversation.objects.get()
    assert browser.post("typing/").status_code == 204
    assert LiveEvent.objects.filter(
        topic=f"conversation:{conversation.pk}", kind="visitor_typing"
    ).exists()


def test_who_answers_is_shown_as_the_shop_wants(channel, agent):
    browser = Browser(channel)
    browser.say("你好")
    reply(agent, "您好")
    assert "陈晓" in browser.lines()
    channel.config = {**channel.config, "show_agents": False}
    channel.save()
    assert "陈晓" not in browser.lines()


def test_a_closed_talk_goes_on_for_the_same_visitor(channel, agent):
    browser = Browser(channel)
    browser.say("你好")
    first = Conversation.objects.get()
    actions.customer_left(conversation_id=first.pk, at=timezone.now())
    browser.say("还在吗")
    assert "你好" in browser.lines()
    assert "还在吗" in browser.lines()


def test_the_page_asks_the_database_a_fixed_number_of_times(
    channel, agent, django_assert_max_num_queries
):
    browser = Browser(channel)
    browser.say("1", files=picture())
    for number in range(5):
        reply(agent, f"答 {number}")
        browser.say(f"问 {number}")
    with django_assert_max_num_queries(5):
        browser.lines()
    browser.open()  # who is there is looked up once in ten seconds
    with django_assert_max_num_queries(8):
        browser.open()


def test_english_speakers_read_english(channel):
    english = Browser(channel, **{"accept-language": "en-GB,en;q=0.8"})
    assert '<html lang="en"' in english.open()
    assert '<html lang="zh-CN"' in english.open("?lang=zh-hans")
    assert '<html lang="zh-CN"' in Browser(channel).open()
    assert "Hello and welcome" in english.open("?lang=en")
    for odd in ("?lang=xx", "?lang=%00", "?lang=../../"):
        assert english.client.get(english.address + odd).status_code == 200
