"""A visitor is told that the talk has ended, and says how it was (G7)."""

import re

import pytest
from django.utils import timezone

from cangke.desk import actions
from cangke.desk.models import Conversation, Rating
from cangke.desk.tests.factories import handling_result, question_type

from .factories import Browser, reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


@pytest.fixture
def ended(channel, agent):
    """A visitor whose conversation was answered and has ended."""
    browser = Browser(channel)
    browser.say("退款到了吗", token="t1")
    reply(agent, "今天到账")
    close(agent)
    return browser


def close(agent) -> None:
    actions.close(
        conversation_id=Conversation.objects.latest("pk").pk,
        question_type=question_type(),
        handling_result=handling_result(),
        by=agent,
        at=timezone.now(),
    )


def asked(html: str) -> str | None:
    found = re.search(r'name="rating" value="(\d+)"', html)
    return found and found[1]


@pytest.mark.requirement("G7")
def test_the_end_is_told_and_the_score_given_once(ended):
    lines = ended.lines()
    assert "这次对话已结束" in lines
    assert "这次服务，您满意吗？" in lines
    answer = ended.post("rate/", rating=asked(lines), score="5", note="<b>很快</b>")
    assert answer.status_code == 200
    rating = Rating.objects.get()
    assert (rating.score, rating.note) == (5, "<b>很快</b>")
    assert "您评了 5 分，谢谢！" in ended.lines()
    assert asked(ended.lines()) is None
    again = ended.post("rate/", rating=str(rating.pk), score="1")
    assert again.status_code == 409
    assert again.json()["error"] == "这次服务您已经评过了，谢谢。"


def test_nothing_is_asked_before_the_end_or_once_the_talk_goes_on(ended):
    assert asked(ended.lines()) is not None
    ended.say("还有一件事", token="t2")
    lines = ended.lines()
    assert "这次对话已结束" not in lines
    assert asked(lines) is None


def test_older_lines_bring_no_end_along(ended):
    newest = re.findall(r'data-id="(\d+)"', ended.lines())[-1]
    assert "data-ending" not in ended.lines(f"?before={newest}")


def test_it_is_given_without_a_script_and_refused_beside_the_form(ended):
    page = ended.open()
    given = ended.post("rate/", fetch=False, rating=asked(page))
    assert given.status_code == 422
    told = given.content.decode()
    assert "请先选 1 至 5 分，再提交。" in told
    assert f'action="{ended.address}?lang=' in told, "the next message goes to the chat itself"
    given = ended.post("rate/", fetch=False, rating=asked(page), score="2")
    assert given.status_code == 302
    assert given["Location"].startswith(ended.address + "?lang=")
    assert Rating.objects.get().score == 2


@pytest.mark.parametrize("score", ["", "0", "6", "x", "5.5", "9" * 30])
def test_what_is_no_score_is_refused(ended, score):
    answer = ended.post("rate/", rating=asked(ended.lines()), score=score)
    assert answer.status_code == 422
    assert Rating.objects.get().score is None


def test_nobody_rates_for_somebody_else(ended, channel):
    stranger = Browser(channel)
    stranger.say("在吗", token="s1")
    number = str(Rating.objects.get().pk)
    assert stranger.post("rate/", rating=number, score="1").status_code == 404
    for wrong in ("", "0", "-1", "x", "9" * 19, str(2**63 - 1)):
        assert ended.post("rate/", rating=wrong, score="1").status_code == 404
    proof, ended.proof = ended.proof, "0" * 64
    assert ended.post("rate/", rating=number, score="1").status_code == 403
    ended.proof = proof
    assert Rating.objects.get().score is None


def test_english_visitors_are_asked_in_english(ended):
    lines = ended.lines("?lang=en")
    assert "This conversation has ended." in lines
    assert "How was the service?" in lines
