"""Too much, too long, wrong: what the web chat refuses, and kindly."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cangke.desk.models import Conversation, Message
from cangke.portal import limits

from .factories import Browser, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


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
