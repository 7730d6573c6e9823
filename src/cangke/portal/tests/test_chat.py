"""The web chat through the door a visitor uses: own talk only, once, kindly limited."""

import datetime as dt
import io
import re
import threading

import pytest
import time_machine as clock
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from cangke.customers.models import Customer, Identity
from cangke.customers.public import find_or_create_by_identity
from cangke.desk import actions, ports
from cangke.desk.channels.tests.factories import make_channel
from cangke.desk.models import Attachment, Conversation, Message, QueueGroup, Turn
from cangke.desk.public import visitors
from cangke.desk.rules.routing import Presence
from cangke.foundation.access.public import grant
from cangke.foundation.calendar.models import OpeningTable
from cangke.foundation.calendar.public import OpeningHours, parse_spans
from cangke.foundation.calendar.rules.hours import Opening
from cangke.foundation.files.public import store
from cangke.foundation.live.models import LiveEvent
from cangke.orders.tests.factories import make_order
from cangke.people.tests.factories import AT, make_employee, make_shop, make_team
from cangke.portal import limits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts():
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


class Browser:
    """A visitor's browser: its cookie, and the proof of the page it has open."""

    def __init__(self, channel, **headers) -> None:
        self.client = Client(headers={"accept-language": "zh-CN", **headers})
        self.address = f"/chat/{channel.public_key}/"
        self.proof = ""

    def open(self, query: str = "") -> str:
        response = self.client.get(self.address + query)
        assert response.status_code == 200, response.content
        html = response.content.decode()
        self.proof = re.search(r'name="proof" value="([0-9a-f]+)"', html)[1]
        return html

    def post(self, part: str = "", *, fetch: bool = True, **values):
        if not self.proof:
            self.open()
        headers = {"x-requested-with": "fetch"} if fetch else {}
        return self.client.post(
            self.address + part, {"proof": self.proof, **values}, headers=headers
        )

    def say(self, body: str, token: str = "", **more):
        return self.post(body=body, client_token=token, **more)

    def lines(self, query: str = "") -> str:
        response = self.client.get(f"{self.address}messages/{query}")
        return response.content.decode() if response.status_code == 200 else ""


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


def reply(agent, body: str, **more) -> Message:
    return actions.reply(
        conversation_id=Conversation.objects.latest("pk").pk,
        body=body,
        by=agent,
        at=timezone.now(),
        **more,
    )


# --- own talk only


@pytest.mark.requirement("A22")
def test_notes_and_events_never_reach_a_visitor(channel, agent):
    browser = Browser(channel)
    browser.say("我的包裹呢？")
    conversation = Conversation.objects.get()
    secret = "内部备注绝密"
    picture = SimpleUploadedFile("note.txt", b"note file body")
    file = store(picture, purpose="desk.message", by=agent, at=timezone.now())
    actions.write_note(
        conversation_id=conversation.pk, body=secret, by=agent, at=timezone.now(), files=[file]
    )
    actions.claim(conversation_id=conversation.pk, by=agent, at=timezone.now())
    reply(agent, "马上帮您查")
    note = Message.objects.get(direction="note")
    base = browser.address
    for address in (
        base,
        f"{base}?embed=1",
        f"{base}messages/",
        f"{base}messages/?before={note.pk}",
        f"{base}messages/?before=999999999",
        f"/widget/{channel.public_key}.js",
        f"{base}colour.css",
        f"/files/{file.key}",
        f"/files/{file.key}?v=x",
        "/track/",
    ):
        response = browser.client.get(address)
        body = b"".join(response) if response.streaming else response.content
        assert secret.encode() not in body, address
        assert b"note file body" not in body, address
        assert f'data-id="{note.pk}"'.encode() not in body
    for event in Message.objects.filter(direction="event"):
        assert f'data-id="{event.pk}"' not in browser.lines()
    shown = re.findall(r'data-id="(\d+)"', browser.lines())
    assert len(shown) == Message.objects.filter(direction__in=["in", "out"]).count()
    topics = LiveEvent.objects.filter(topic__startswith="visitor:")
    assert secret not in str(list(topics.values_list("payload", flat=True)))


def test_another_visitor_sees_nothing_of_it(channel, agent):
    mine, other = Browser(channel), Browser(channel)
    mine.say("我的秘密", files=SimpleUploadedFile("my.txt", b"my file"))
    other.say("别人")
    file = Attachment.objects.get().file
    assert "我的秘密" not in other.open()
    assert "我的秘密" not in other.lines()
    assert "我的秘密" not in other.lines("?before=999999999")
    assert other.client.get(f"/files/{file.key}").status_code == 404
    assert Client().get(f"/files/{file.key}").status_code == 404
    assert mine.client.get(f"/files/{file.key}").status_code == 200


@pytest.mark.parametrize("ticket", ["", "x", "x" * 60, "a:b", "你好"])
@pytest.mark.requirement("Q11")
def test_a_foreign_or_altered_ticket_is_not_found(channel, ticket):
    browser = Browser(channel)
    browser.say("你好")
    altered = visitors.new_visitor().ticket[:-1] + "!"
    for each in (ticket, altered):
        sent = {"X-Visitor": each.encode("utf-8").decode("latin-1")}
        client = Client()
        assert client.get(f"{browser.address}messages/", headers=sent).status_code == 404
        assert client.get(f"{browser.address}stream/", headers=sent).status_code == 404
        assert client.post(f"{browser.address}seen/", headers=sent).status_code == 404
        assert client.post(browser.address, {"body": "x"}, headers=sent).status_code == 404
    assert Client().get(f"{browser.address}messages/").status_code == 404


def test_one_browsers_ticket_is_another_visitor_in_another_channel(channel, shop):
    other = make_channel("web_chat", shop)
    browser = Browser(channel)
    browser.say("只给第一个渠道")
    second = Browser(other)
    second.client.cookies = browser.client.cookies
    assert "只给第一个渠道" not in second.open()
    assert second.lines() == "" or "只给第一个渠道" not in second.lines()


def test_rows_do_not_hold_what_opens_the_chat(channel):
    browser = Browser(channel)
    browser.say("你好")
    ticket = browser.client.cookies[visitors.COOKIE].value
    secret = ticket.partition(":")[0]
    kept = str(list(Conversation.objects.values())) + str(list(Identity.objects.values()))
    assert secret not in kept
    assert visitors.read_ticket(Conversation.objects.get().visitor_key) is None
    assert browser.client.cookies[visitors.COOKIE]["httponly"]


def test_an_unknown_or_closed_chat_is_not_found(channel):
    browser = Browser(channel)
    browser.say("你好")
    for key in ("nobody", "../../etc", "x" * 200):
        assert Client().get(f"/chat/{key}/").status_code == 404
        assert Client().get(f"/widget/{key}.js").status_code == 404
    channel.is_active = False
    channel.save()
    assert Client().get(browser.address).status_code == 404
    assert browser.client.get(f"{browser.address}messages/").status_code == 404


# --- other sites


def test_another_site_cannot_write_in_the_visitors_name(channel):
    browser = Browser(channel)
    browser.open()
    for values, headers in (
        ({"body": "forged"}, {}),
        ({"body": "forged", "proof": "0" * 64}, {}),
        ({"body": "forged", "proof": browser.proof}, {"origin": "https://evil.example"}),
    ):
        response = browser.client.post(browser.address, values, headers=headers)
        assert response.status_code == 403
    assert not Message.objects.exists()


def test_only_listed_sites_may_frame_the_chat(channel):
    embedded = Client().get(f"/chat/{channel.public_key}/?embed=1")
    policy = embedded.headers["Content-Security-Policy"]
    assert "frame-ancestors https://shop.example" in policy
    assert "X-Frame-Options" not in embedded.headers
    assert visitors.COOKIE not in embedded.cookies
    hosted = Client().get(f"/chat/{channel.public_key}/")
    assert "frame-ancestors 'none'" in hosted.headers["Content-Security-Policy"]
    channel.config = {"origins": ["https://a.example; script-src *", "javascript:x", 5]}
    channel.save()
    nobody = Client().get(f"/chat/{channel.public_key}/?embed=1")
    assert "frame-ancestors 'none'" in nobody.headers["Content-Security-Policy"]


def test_in_a_frame_the_ticket_travels_in_a_header(channel):
    client = Client(headers={"accept-language": "zh-CN"})
    html = client.get(f"/chat/{channel.public_key}/?embed=1").content.decode()
    ticket = re.search(r'data-ticket="([^"]+)"', html)[1]
    sent = {"X-Visitor": ticket, "X-Requested-With": "fetch"}
    stranger = Client()
    address = f"/chat/{channel.public_key}/"
    assert stranger.post(address, {"body": "从商店来"}, headers=sent).status_code == 200
    lines = stranger.get(f"{address}messages/", headers=sent)
    assert "从商店来" in lines.content.decode()
    assert not stranger.cookies


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "{{7*7}}{% load x %}",
        "javascript:alert(1)",
        "\u202egnp.exe",
        "<b>bold</b>",
    ],
)
def test_hostile_text_is_text(channel, hostile):
    browser = Browser(channel)
    browser.say(hostile, name=hostile[:60], order=hostile[:60])
    assert Message.objects.filter(direction="in").exists()
    for html in (browser.lines(), browser.open()):
        for alive in ("<script>alert", "<img src=x", "<svg onload", "<b>bold"):
            assert alive not in html
    if hostile.startswith("{{"):
        assert hostile in browser.lines()


def test_links_open_elsewhere(channel):
    browser = Browser(channel)
    browser.say("看 https://ok.example/a?b=1&c=2 谢谢")
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in browser.lines()


# --- too much, too long, wrong


def test_five_thousand_characters_and_not_one_more(channel):
    browser = Browser(channel)
    assert browser.say("好" * 5000).status_code == 200
    answer = browser.say("好" * 5001)
    assert answer.status_code == 422
    assert "5000" in answer.json()["error"]
    plain = browser.post(body="好" * 5001, fetch=False)
    assert plain.status_code == 422
    assert "好" * 5001 in plain.content.decode()
    assert Message.objects.filter(direction="in").count() == 1


@pytest.mark.parametrize("body", ["", "   ", "\n\n", "\x00"])
def test_nothing_said_is_nothing_taken(channel, body):
    browser = Browser(channel)
    assert browser.say(body).status_code == 422
    assert not Message.objects.exists()


@pytest.mark.requirement("A4")
def test_a_flood_is_slowed_kindly_and_nothing_is_lost(channel, settings):
    settings.CANGKE_LIMITS = {"chat.write.visitor": [3, 3600]}
    browser = Browser(channel)
    codes = [browser.say(f"第 {n} 条").status_code for n in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    answer = browser.say("再来")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert "秒" in answer.json()["error"]
    page = browser.post(body="我写的长长的话", fetch=False)
    assert page.status_code == 429
    assert "我写的长长的话" in page.content.decode()
    assert Message.objects.filter(direction="in").count() == 3


def test_one_address_cannot_open_a_thousand_talks(channel, settings):
    settings.CANGKE_LIMITS = {"chat.begin.address": [2, 3600]}
    codes = [Browser(channel).say("hi").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]
    assert Conversation.objects.count() == 2


def test_addresses_of_one_household_count_together(rf):
    one = rf.get("/", REMOTE_ADDR="2001:db8:1:2::5")
    two = rf.get("/", REMOTE_ADDR="2001:db8:1:2:ffff::9")
    assert limits.address_of(one) == limits.address_of(two)
    assert limits.address_of(rf.get("/", REMOTE_ADDR="192.0.2.1")) == "192.0.2.1"


# --- pictures and files


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    return SimpleUploadedFile("破损.png", drawn.getvalue(), "image/png")


def test_a_picture_is_shown_to_both_sides(channel, agent):
    browser = Browser(channel)
    assert browser.say("看图", files=picture()).status_code == 200
    lines = browser.lines()
    address = re.search(r'<img src="([^"]+)"', lines)[1].replace("&amp;", "&")
    shown = browser.client.get(address)
    assert shown.headers["Content-Type"] == "image/png"
    assert Client().get(address).status_code == 200  # signed for this page, for some hours
    assert Client().get(address.partition("?")[0]).status_code == 404
    assert Client().get(address[:-2] + "xx").status_code == 404
    staff = Client()
    staff.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    assert staff.get(address.partition("?")[0]).status_code == 200


def test_a_file_alone_is_a_message(channel):
    browser = Browser(channel)
    assert browser.say("", files=picture()).status_code == 200
    assert Message.objects.get(direction="in").attachments.count() == 1


@pytest.mark.parametrize(
    ("upload", "status"),
    [
        (SimpleUploadedFile("x.jpg", b"<html><script>1</script></html>"), 415),
        (SimpleUploadedFile("x.svg", b"<svg onload='1'/>"), 415),
        (SimpleUploadedFile("x.exe", b"MZ\x90\x00" + b"\x00" * 200), 415),
        (SimpleUploadedFile("empty.png", b""), 415),
    ],
)
def test_a_file_that_may_act_is_refused_with_a_sentence(channel, upload, status):
    browser = Browser(channel)
    answer = browser.say("看", files=upload)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert not Message.objects.exists()


# --- what the customer sees of what happened


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


# --- outside hours


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


# --- who the customer is


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


# --- language


def test_english_speakers_read_english(channel):
    english = Browser(channel, **{"accept-language": "en-GB,en;q=0.8"})
    assert '<html lang="en"' in english.open()
    assert '<html lang="zh-CN"' in english.open("?lang=zh-hans")
    assert '<html lang="zh-CN"' in Browser(channel).open()
    assert "Hello and welcome" in english.open("?lang=en")
    for odd in ("?lang=xx", "?lang=%00", "?lang=../../"):
        assert english.client.get(english.address + odd).status_code == 200
