"""Replies that go out at a time (定时回复)."""

import datetime as dt

import pytest
from django.utils import timezone

from cangke.desk import public as desk
from cangke.desk.actions.later import send_due
from cangke.desk.models import ConductAlert, Conversation, LaterReply, Message, Turn
from cangke.foundation.notices.models import Notice
from tests.factories import client_for

from .factories import account_of, claim, later

pytestmark = pytest.mark.django_db
HOUR = 3600


def held(company, agent):
    talk = company.writes().conversation
    claim(talk, agent, later(1))
    return talk


def write(talk, agent, *, body="货到了，请查收", at=10, send_at=HOUR, token="a"):
    return desk.schedule_reply(
        conversation_id=talk.pk,
        body=body,
        send_at=later(send_at),
        by=account_of(agent),
        at=later(at),
        client_token=token,
    )


def sent() -> list[str]:
    return list(Message.objects.filter(counts_as_reply=True).values_list("body", flat=True))


@pytest.mark.requirement("A5")
def test_it_counts_as_a_reply_only_when_it_is_really_sent(company):
    """Fault elsewhere: a message for later stops the customer's clock when it is written."""
    agent = company.agent(online=False)
    talk = held(company, agent)
    write(talk, agent)
    turn = Turn.objects.get(conversation=talk)
    assert turn.state == "open"
    assert send_due(at=later(HOUR - 1)) == 0
    assert sent() == []
    assert send_due(at=later(HOUR)) == 1
    turn.refresh_from_db()
    assert (turn.state, turn.customer_ms) == ("answered", HOUR * 1000)
    assert sent() == ["货到了，请查收"]
    assert desk.rebuild_turns(conversation_id=talk.pk, at=later(HOUR + 1)) == []


def test_it_is_sent_once_however_often_the_sweep_runs_and_a_double_submit_is_one(company):
    agent = company.agent(online=False)
    talk = held(company, agent)
    first = write(talk, agent)
    assert write(talk, agent).pk == first.pk
    for _again in range(3):
        send_due(at=later(2 * HOUR))
    assert sent() == ["货到了，请查收"]
    with pytest.raises(desk.AlreadySent):
        desk.cancel_later(later_id=first.pk, by=account_of(agent), at=later(2 * HOUR + 1))


@pytest.mark.django_db(transaction=True)
def test_a_crash_while_sending_leaves_it_waiting_and_the_next_start_sends_it(company, monkeypatch):
    from cangke.desk.actions import later as acts

    agent = company.agent(online=False)
    talk = held(company, agent)
    row = write(talk, agent)

    def crash(*_args, **_more):
        raise RuntimeError("the power went")

    monkeypatch.setattr(acts, "publish", crash)
    with pytest.raises(RuntimeError):
        send_due(at=later(HOUR))
    row.refresh_from_db()
    assert (row.state, sent()) == ("waiting", [])
    monkeypatch.undo()
    assert send_due(at=later(HOUR + 5)) == 1
    assert sent() == ["货到了，请查收"]


@pytest.mark.django_db(transaction=True)
def test_it_is_held_and_asked_again_when_the_customer_writes_between(company):
    agent = company.agent(online=False)
    talk = held(company, agent)
    row = write(talk, agent)
    company.writes("不用了", customer=talk.customer, at=later(100))
    row.refresh_from_db()
    assert (row.state, row.held_reason) == ("held", "wrote")
    assert Notice.objects.filter(kind="desk.later_held", account=account_of(agent)).count() == 1
    assert send_due(at=later(HOUR)) == 0
    desk.change_later(
        later_id=row.pk,
        body="好的，已取消",
        send_at=later(3 * HOUR),
        by=account_of(agent),
        at=later(2 * HOUR),
    )
    assert send_due(at=later(3 * HOUR)) == 1
    assert sent() == ["好的，已取消"]


def test_it_waits_for_a_look_when_the_conversation_has_ended_or_moved(company):
    agent, colleague = company.agent(online=False), company.agent(online=False)
    talk = held(company, agent)
    row = write(talk, agent)
    desk.assign(
        conversation_id=talk.pk,
        to=colleague,
        reason="x",
        by=account_of(company.agent("cs-supervisor", online=False)),
        at=later(50),
    )
    assert send_due(at=later(HOUR)) == 0
    row.refresh_from_db()
    assert row.held_reason == "moved"
    desk.cancel_later(later_id=row.pk, by=account_of(colleague), at=later(HOUR + 1))
    row.refresh_from_db()
    assert (row.state, row.body) == ("cancelled", "货到了，请查收")
    assert sent() == []


@pytest.mark.requirement("A11")
def test_the_guards_run_when_it_is_written_and_when_it_is_sent(company):
    agent = company.agent(online=False)
    talk = held(company, agent)
    with pytest.raises(desk.Discourteous):
        write(talk, agent, body="你是白痴")
    assert ConductAlert.objects.count() == 1
    assert not LaterReply.objects.exists()
    row = write(talk, agent)
    LaterReply.objects.update(body="白痴")  # the list of words may have grown since
    assert send_due(at=later(HOUR)) == 0
    row.refresh_from_db()
    assert row.held_reason == "words"


def test_only_ones_own_conversation_and_a_time_to_come(company):
    agent, other = company.agent(online=False), company.agent(online=False)
    talk = held(company, agent)
    for wrong in (10, 9, 15 * 24 * HOUR):
        with pytest.raises(desk.NotScheduled) as refused:
            write(talk, agent, send_at=wrong)
        assert refused.value.field == "send_at"
    with pytest.raises(desk.NotScheduled) as refused:
        write(talk, agent, body=" ")
    assert refused.value.field == "body"
    leader = company.agent("cs-supervisor", online=False)
    with pytest.raises(desk.NotScheduled, match="不在您手上"):
        write(talk, leader)
    assert other.pk != agent.pk
    assert not LaterReply.objects.exists()


def test_an_answered_conversation_is_not_closed_for_silence_before_its_reply(company):
    agent = company.agent(online=False)
    talk = held(company, agent)
    desk.reply(conversation_id=talk.pk, body="在查", by=account_of(agent), at=later(5))
    write(talk, agent, send_at=60 * HOUR)
    assert desk.sweep(at=later(50 * HOUR)).closed == 0
    assert Conversation.objects.get(pk=talk.pk).is_open


def test_the_dialog_asks_about_promises_and_the_thread_shows_what_waits(company):
    agent = company.agent(online=False)
    talk = company.writes(at=timezone.now()).conversation
    claim(talk, agent, timezone.now())
    client = client_for(account_of(agent))
    page = f"/desk/c/{talk.pk}/"
    desk.save_draft(
        conversation_id=talk.pk, body="保证补发", by=account_of(agent), at=timezone.now()
    )
    assert "保证补发" in client.get(f"{page}later/new/").content.decode()
    when = timezone.localtime() + dt.timedelta(hours=3)
    data = {"body": "保证补发", "send_at": f"{when:%Y-%m-%d %H:%M}", "client_token": "t"}
    asked = client.post(f"{page}later/new/", data)
    assert asked.status_code == 422
    assert "像是对客户的承诺" in asked.content.decode()
    done = client.post(f"{page}later/new/", {**data, "promise": "none"})
    assert done.status_code == 302
    shown = client.get(page).content.decode()
    assert "还没有发出，不算回复" in shown
    row = LaterReply.objects.get()
    past = client.post(f"/desk/later/{row.pk}/", {**data, "send_at": "2020-01-01 10:00"})
    assert past.status_code == 422
    assert client.post(f"/desk/later/{row.pk}/cancel/").status_code == 302
    assert "还没有发出" not in client.get(page).content.decode()
