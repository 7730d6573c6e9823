"""What a shop puts into its pages: small, in its colour, and nothing of ours but a frame."""

import gzip
import json
import re

import pytest
from django.test import Client

from cangke.desk.channels.tests.factories import make_channel
from cangke.people.tests.factories import make_shop
from cangke.portal import assets, rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel():
    return make_channel("web_chat", make_shop(name="海风</script>小店", colour="#0f7f8c"))


@pytest.fixture(autouse=True)
def _built():
    if not assets.manifest():
        pytest.fail("the public pages are not built: run npm run build")


def test_the_script_carries_the_shop_and_may_be_loaded_from_anywhere(channel):
    response = Client().get(f"/widget/{channel.public_key}.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    text = response.content.decode()
    settings = json.loads(re.match(r"\(function\(\)\{var ckChat=(\{.*?\});\n", text)[1])
    assert settings["title"] == "海风</script>小店"
    assert settings["ground"] == "#0f7f8c"
    assert settings["path"] == f"/chat/{channel.public_key}/"
    again = Client().get(
        f"/widget/{channel.public_key}.js", headers={"if-none-match": response.headers["ETag"]}
    )
    assert again.status_code == 304


def test_opening_the_chat_costs_less_than_a_hundred_kilobytes(channel):
    client = Client()
    total = len(client.get(f"/widget/{channel.public_key}.js").content)
    total += len(client.get(f"/chat/{channel.public_key}/?embed=1").content)
    total += len(client.get(f"/chat/{channel.public_key}/colour.css").content)
    total += sum(len(assets.asset_text(name)) for name in ("chat.js", "chat.css"))
    assert total < 100_000
    assert len(gzip.compress(assets.asset_text("widget.js").encode())) < 3_000


def test_the_page_needs_no_script_or_style_of_its_own(channel):
    html = Client().get(f"/chat/{channel.public_key}/").content.decode()
    assert not re.search(r"<style|style=|\son[a-z]+=", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert "src=" in script


@pytest.mark.parametrize(
    "colour", ["#ffffff", "#000000", "#ffff00", "#777777", "#0f7f8c", "red", ""]
)
def test_text_on_the_shops_colour_can_be_read(colour):
    accent = rules.accent_of(colour)
    assert rules.contrast(accent.ground, accent.text) >= 4.5
    assert re.fullmatch(r"#[0-9a-f]{6}", accent.ground)


def test_a_colour_cannot_carry_anything_else(channel):
    channel.shop.colour = "red;}x{"
    channel.shop.save()
    text = Client().get(f"/chat/{channel.public_key}/colour.css").content.decode()
    assert "red" not in text
    assert rules.HOUSE in text


def test_the_week_is_told_in_few_words():
    week = ["9-18"] * 5 + ["", ""]
    assert [(each.first, each.last, each.hours) for each in rules.week_in_words(week)] == [
        (0, 4, "9-18"),
        (5, 6, ""),
    ]
    assert len(rules.week_in_words(["a", "b", "a", "a", "a", "a", "b"])) == 4
