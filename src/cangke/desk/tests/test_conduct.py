"""Courtesy: what is stopped, who hears of it, and what sounds like a promise (A11)."""

import pytest

from cangke.desk import public as desk
from cangke.desk.models import ConductAlert, Draft, Message
from cangke.desk.rules.courtesy import CourtesyPolicy, find_words
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.notices.models import Notice
from tests.factories import client_for

from .factories import account_of, later, make_company

POLICY = CourtesyPolicy()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("您好，已为您查询。", ()),
        ("你个傻逼", ("傻逼",)),
        ("傻 逼", ("傻逼",)),
        ("傻*逼", ("傻逼",)),
        ("ＳＨＩＴ happens", ("shit",)),
        ("Shut   up!", ("shut up",)),
        ("a first-class assistant from Scunthorpe", ()),
        ("this is stupidity", ()),
        ("给妈妈的礼物已发出", ()),
        ("", ()),
    ],
)
def test_a11_banned_words_are_found_as_they_are_said(text, found):
    assert find_words(text, POLICY.banned_words) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("今天发，您放心", ("今天发",)),
        ("我保证一定到", ("保证", "一定到")),
        ("We guarantee it", ("guarantee",)),
        ("保 证", ("保证",)),
        ("请问订单号是多少？", ()),
    ],
)
def test_promises_are_heard(text, found):
    assert find_words(text, POLICY.promise_words) == found


@pytest.fixture
def leader(company):
    leader = company.agent("cs-leader", online=False)
    company.team.leader = leader
    company.team.save()
    return leader


@pytest.fixture
def agent(company, leader):
    return company.agent()


@pytest.fixture
def talk(company, agent):
    pk = company.writes("快点").conversation.pk
    desk.claim(conversation_id=pk, by=account_of(agent), at=later(1))
    return pk


def answer(client, talk, body, **more):
    return client.post(
        f"/desk/c/{talk}/reply/",
        {"body": body, "client_token": "t1", **more},
        headers={"HX-Request": "true"},
    )


@pytest.mark.requirement("A11")
def test_a11_an_insult_is_stopped_logged_and_told_once(
    agent, leader, talk, django_capture_on_commit_callbacks
):
    client = client_for(account_of(agent))
    with django_capture_on_commit_callbacks(execute=True):
        assert answer(client, talk, "滚蛋").status_code == 422
        assert answer(client, talk, " 滚蛋 ").status_code == 422
    assert not Message.objects.filter(direction="out", body__contains="滚蛋").exists()
    alert = ConductAlert.objects.get()
    assert (alert.agent, alert.words, alert.attempts) == (agent, ["滚蛋"], 2)
    assert AuditEntry.objects.filter(action="desk.insult_stopped").count() == 2
    told = Notice.objects.filter(account=account_of(leader), kind="desk.conduct")
    assert told.count() == 1
    assert answer(client, talk, "马上为您查询").status_code == 200


@pytest.mark.requirement("A11")
def test_a11_a_leader_looks_into_it_and_nobody_into_their_own(agent, leader, talk):
    with pytest.raises(desk.Discourteous):
        desk.reply(conversation_id=talk, body="白痴", by=account_of(agent), at=later(5))
    alert = ConductAlert.objects.get()
    assert client_for(account_of(agent)).get("/desk/conduct/").status_code == 403
    page = client_for(account_of(leader))
    assert "白痴" in page.get("/desk/conduct/").content.decode()
    address = f"/desk/conduct/{alert.pk}/"
    assert page.post(address, {"note": ""}).status_code == 422
    assert page.post(address, {"note": "已当面提醒"}).status_code == 302
    assert page.post(address, {"note": "再说一次"}).status_code == 422
    alert.refresh_from_db()
    assert (alert.note, alert.reviewed_by) == ("已当面提醒", account_of(leader))


def test_a_leader_does_not_review_themselves(company, leader):
    pk = company.writes("快点").conversation.pk
    desk.claim(conversation_id=pk, by=account_of(leader), at=later(1))
    with pytest.raises(desk.Discourteous):
        desk.reply(conversation_id=pk, body="白痴", by=account_of(leader), at=later(5))
    page = client_for(account_of(leader))
    answer = page.post(f"/desk/conduct/{ConductAlert.objects.get().pk}/", {"note": "没事"})
    assert answer.status_code == 422
    assert ConductAlert.objects.get().reviewed_at is None


def test_alerts_of_another_team_are_not_found(agent, talk):
    with pytest.raises(desk.Discourteous):
        desk.reply(conversation_id=talk, body="白痴", by=account_of(agent), at=later(5))
    stranger = make_company().agent("cs-leader", online=False)
    page = client_for(account_of(stranger))
    assert page.get(f"/desk/conduct/{ConductAlert.objects.get().pk}/").status_code == 404
    assert "白痴" not in page.get("/desk/conduct/").content.decode()


def test_what_customers_and_notes_say_is_not_stopped(company, agent, talk):
    company.writes("你们白痴吗", at=later(3))
    desk.write_note(conversation_id=talk, body="他骂人：白痴", by=account_of(agent), at=later(4))
    assert not ConductAlert.objects.exists()


@pytest.mark.requirement("A11")
def test_a11_words_that_promise_are_asked_about_first(agent, talk):
    client = client_for(account_of(agent))
    asked = answer(client, talk, "今天发，您放心")
    assert asked.status_code == 422
    assert asked.headers["HX-Retarget"] == "#desk-ask"
    assert "今天发" in asked.content.decode()
    assert not Message.objects.filter(body__contains="今天发").exists()
    assert answer(client, talk, "今天发，您放心", promise="none").status_code == 200
    assert Message.objects.filter(body="今天发，您放心").count() == 1


def test_without_script_the_question_keeps_what_was_typed(agent, talk):
    client = client_for(account_of(agent))
    page = client.post(f"/desk/c/{talk}/reply/", {"body": "保证退款", "client_token": "t"})
    assert page.status_code == 422
    assert "保证退款" in page.content.decode()
    assert Draft.objects.get().body == "保证退款"


def test_a_promise_to_record_leads_to_its_form(agent, talk, monkeypatch):
    seen = {}

    def form(*, conversation_id, text):
        seen.update(conversation_id=conversation_id, text=text)
        return "/somewhere/"

    monkeypatch.setattr(desk.promise_url, "_answer", form)
    sent = answer(client_for(account_of(agent)), talk, "明天发", promise="record")
    assert sent.status_code == 200
    assert "/somewhere/" in sent.headers["HX-Trigger"]
    assert seen == {"conversation_id": talk, "text": "明天发"}
