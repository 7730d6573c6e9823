"""A visitor sees their own talk only, and other sites may do nothing in their name."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cangke.customers.models import Identity
from cangke.desk import actions
from cangke.desk.channels.tests.factories import make_channel
from cangke.desk.models import Attachment, Conversation, Message
from cangke.desk.public import visitors
from cangke.foundation.files.public import store
from cangke.foundation.live.models import LiveEvent

from .factories import Browser, reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


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
