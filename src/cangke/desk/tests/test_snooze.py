"""Putting an answered conversation off (稍后处理)."""

import datetime as dt

import pytest
from django.utils import timezone

from cangke.desk import public as desk
from cangke.desk.models import Conversation, Message
from cangke.foundation.notices.models import Notice
from tests.factories import client_for

from .factories import AT, account_of, later

pytestmark = pytest.mark.django_db
HOUR = 3600


def answered(company, agent):
    """A conversation whose customer has an answer."""
    talk = company.writes().conversation
    key = {"conversation_id": talk.pk, "by": account_of(agent)}
    desk.claim(**key, at=later(1))
    desk.reply(**key, body="下午查到告诉您", at=later(2))
    return key


def state_of(key) -> tuple[str, dt.datetime | None]:
    return Conversation.objects.values_list("state", "snoozed_until").get(pk=key["conversation_id"])


@pytest.mark.django_db(transaction=True)
def test_what_was_put_off_comes_back_at_its_time_and_its_agent_is_told(company):
    agent = company.agent(online=False)
    key = answered(company, agent)
    desk.snooze(**key, until=later(2 * HOUR), note="问仓库", at=later(5))
    assert state_of(key) == ("snoozed", later(2 * HOUR))
    assert desk.sweep(at=later(2 * HOUR - 1)).woken == 0
    assert desk.sweep(at=later(2 * HOUR)).woken == 1
    assert state_of(key) == ("active", None)
    assert Notice.objects.filter(kind="desk.woken", account=account_of(agent)).count() == 1
    assert desk.sweep(at=later(2 * HOUR + 5)).woken == 0


def test_a_message_of_the_customer_brings_it_back_before(company):
    key = answered(company, company.agent(online=False))
    desk.snooze(**key, until=later(2 * HOUR), note="", at=later(5))
    customer = Conversation.objects.get(pk=key["conversation_id"]).customer
    company.writes("查到了吗", at=later(60), customer=customer)
    assert state_of(key) == ("active", None)
    assert desk.sweep(at=later(3 * HOUR)).woken == 0


def test_nobody_puts_off_a_customer_who_waits_or_what_is_not_theirs(company):
    agent, other = company.agent(online=False), company.agent(online=False)
    key = answered(company, agent)
    for until in (later(5), later(4), later(15 * 24 * HOUR)):
        with pytest.raises(desk.NotPutOff) as refused:
            desk.snooze(**key, until=until, note="", at=later(5))
        assert refused.value.field == "until"
    customer = Conversation.objects.get(pk=key["conversation_id"]).customer
    company.writes("还在吗", at=later(60), customer=customer)
    with pytest.raises(desk.NotPutOff, match="还在等回复"):
        desk.snooze(**key, until=later(HOUR), note="", at=later(70))
    desk.reply(**key, body="在的", at=later(80))
    desk.assign(
        conversation_id=key["conversation_id"],
        to=other,
        reason="换人",
        by=account_of(company.agent("cs-supervisor", online=False)),
        at=later(90),
    )
    with pytest.raises(desk.NothingHeld):
        desk.snooze(**key, until=later(HOUR), note="", at=later(95))
    assert not Message.objects.filter(event="snoozed").exists()


def test_the_dialog_puts_it_off_and_the_list_says_so(company):
    agent = company.agent(online=False)
    key = answered(company, agent)
    client = client_for(account_of(agent))
    page = f"/desk/c/{key['conversation_id']}/"
    until = timezone.localtime() + dt.timedelta(hours=3)
    past = client.post(f"{page}snooze/", {"until": "2020-01-01 10:00"})
    assert past.status_code == 422
    assert "还没到的时间" in past.content.decode()
    good = {"until": f"{until:%Y-%m-%d %H:%M}", "note": "问仓库"}
    assert client.post(f"{page}snooze/", good).status_code == 302
    assert f"放到稍后，{until:%m-%d %H:%M} 再处理" in client.get(page).content.decode()
    assert AT.year == 2026
