"""
Faults seen in other desks that nothing else here tells of, and hostile input at the desk's doors.

Most of them stand beside what they are about: look for “Fault elsewhere” and “Design security”.
"""

import datetime as dt
import time

import pytest
from django.utils import timezone

from cangke.desk import public as desk
from cangke.desk.actions import index_new
from cangke.desk.models import Conversation, Message
from cangke.foundation.calendar.models import OpeningTable
from cangke.foundation.calendar.public import OpeningHours, site_day
from cangke.foundation.calendar.rules.hours import Opening, Span
from cangke.foundation.search.public import search
from cangke.people import actions as people
from cangke.people.tests.factories import make_team
from tests.factories import client_for

from .factories import (
    accept,
    account_of,
    claim,
    keep_alive,
    later,
    make_channel,
    make_company,
    offer,
    question_type,
)

pytestmark = pytest.mark.django_db
SHANGHAI = "Asia/Shanghai"


def opened(name, *openings, days=None) -> OpeningTable:
    hours = OpeningHours(SHANGHAI, openings, days or {})
    return OpeningTable.objects.create(name=name, hours=hours.as_data())


def shanghai(day, hour, minute=0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC) - dt.timedelta(hours=8)


def held(company, agent, at=0):
    conversation = company.writes(at=later(at)).conversation
    claim(conversation, agent, later(at + 1))
    return conversation


def test_who_is_given_a_customer_by_hand_has_the_whole_time_to_answer():
    """Fault elsewhere: the clock of whoever had the customer before runs on after a transfer."""
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    leader = company.agent("cs-leader", online=False)
    conversation = held(company, first)
    keep_alive(first, second, at=later(115))
    desk.assign(
        conversation_id=conversation.pk,
        to=second,
        reason="他在开会",
        by=account_of(leader),
        at=later(115),
    )
    assert desk.sweep(at=later(122)).requeued == 0
    assert desk.sweep(at=later(115 + 119)).requeued == 0
    assert Conversation.objects.get(pk=conversation.pk).assignee_id == second.pk
    assert desk.sweep(at=later(115 + 120)).requeued == 1


def test_who_accepts_a_transfer_has_the_whole_time_to_answer():
    """Fault elsewhere: a timer set for the sender takes the customer from the receiver."""
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    conversation = held(company, first)
    transfer = offer(conversation, first, second, later(100))
    accept(transfer, second, later(110))
    since = conversation.turns.get(state="open").agent_from
    patience = dt.timedelta(seconds=120)
    assert since >= later(100)
    assert desk.sweep(at=since + patience - dt.timedelta(seconds=1)).requeued == 0
    assert desk.sweep(at=since + patience).requeued == 1


def test_a_holiday_of_one_channel_is_no_holiday_of_another():
    """Fault elsewhere: a day off in one queue's calendar moves the due times of all."""
    every_day = [Opening(day, 9 * 60, 9 * 60) for day in range(7)]
    closed = opened("节日", *every_day, days={dt.date(2026, 11, 23): []})
    company = make_company(opening=closed)
    other = make_channel(company.shop, opening=opened("平日", *every_day))
    at = shanghai(23, 10)
    assert company.writes(at=at).conversation.due_at == shanghai(24, 9, 1)
    assert company.writes(at=at, channel=other).conversation.due_at == shanghai(23, 10, 1)


def test_the_lunch_break_is_not_counted_as_a_wait():
    """Fault elsewhere: a day has one pair of hours, so a break counts or cannot be said."""
    table = opened("两段", Opening(0, 9 * 60, 180), Opening(0, 13 * 60 + 30, 270))
    company = make_company(opening=table)
    agent = company.agent(online=False)
    talk = company.writes(at=shanghai(23, 11, 59)).conversation
    desk.reply(conversation_id=talk.pk, body="您好", by=account_of(agent), at=shanghai(23, 13, 31))
    turn = talk.turns.get(state="answered")
    assert turn.open_ms == 2 * 60 * 1000
    assert turn.customer_ms == 92 * 60 * 1000


def test_half_past_midnight_is_still_the_evening_that_began_the_day_before():
    """Fault elsewhere: opening hours end at midnight, so the evening shift is out of hours."""
    evening = Opening(0, 17 * 60, 8 * 60)
    company = make_company(
        opening=opened("晚班", evening, days={dt.date(2026, 11, 24): [Span(10 * 60, 60)]})
    )
    inside = company.writes(at=shanghai(24, 0, 30)).conversation
    assert inside.due_at == shanghai(24, 0, 31)
    assert not inside.messages.filter(origin="auto_away").exists()
    outside = company.writes(at=shanghai(24, 1, 0)).conversation
    assert outside.messages.filter(origin="auto_away").exists()
    assert outside.due_at == shanghai(24, 10, 1)


def test_what_was_said_is_found_by_a_word_of_two_signs():
    """Fault elsewhere: Chinese words of two signs are found nowhere."""
    company = make_company()
    agent = company.agent(online=False)
    talk = company.writes("外箱破损了，我要退款").conversation
    claim(talk, agent, later(1))
    index_new(at=later(5))
    for word in ("退款", "破损", "外箱"):
        [hit] = search(account_of(agent), word).hits
        assert hit.title.startswith(talk.number), word


def test_a_wait_goes_up_within_seconds_not_with_the_next_hour():
    """Fault elsewhere: a job of the hour marks what is late, useless for a chat."""
    company = make_company()
    talk = company.writes().conversation
    assert desk.sweep(at=later(120)).escalated == 0
    assert desk.sweep(at=later(121)).escalated == 1
    assert Conversation.objects.get(pk=talk.pk).escalated == "leader"


def test_a_target_changed_later_leaves_what_was_measured_as_it_was():
    """Fault elsewhere: changing a service level makes the figures of before wrong."""
    company = make_company()
    agent = company.agent(online=False)
    talk = company.writes().conversation
    desk.reply(conversation_id=talk.pk, body="您好", by=account_of(agent), at=later(40))
    before = list(talk.turns.values())
    talk.channel.target_seconds = 5
    talk.channel.save()
    assert desk.rebuild_turns(conversation_id=talk.pk, at=later(60)) == []
    assert list(talk.turns.values()) == before


# --- hostile input at the desk


@pytest.mark.parametrize(
    "words",
    ["零\x00字节", "孤立\ud800代理", "👩‍👩‍👧‍👦🧨", "\u202e反写\u2066", "e\u0301 é", "\r\n\x0b行"],
)
def test_words_no_database_keeps_are_kept_as_far_as_they_go_or_refused_at_the_field(words):
    """Design security 42: NUL, lone surrogates, four bytes, directions, the same letter twice."""
    company = make_company()
    agent = company.agent(online=False)
    talk = held(company, agent)
    desk_page = client_for(account_of(agent))
    body = words.encode("utf-8", "surrogatepass")
    for address, field in (("draft", "body"), ("reply", "body")):
        answer = desk_page.generic(
            "POST",
            f"/desk/c/{talk.pk}/{address}/",
            field.encode() + b"=" + b"".join(b"%%%02X" % each for each in body),
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code in (200, 204, 302, 400, 422), (address, answer.status_code)
    for kept in Message.objects.filter(conversation=talk):
        assert "\x00" not in kept.body
    assert desk_page.get(f"/desk/c/{talk.pk}/").status_code == 200


def test_fields_that_are_not_on_the_form_are_not_looked_at():
    """Design security 6, 35: author, time, origin and holder come from the server."""
    company = make_company()
    agent, other = company.agent(online=False), company.agent(online=False)
    talk = held(company, agent)
    desk_page = client_for(account_of(agent))
    more = {
        "agent": other.pk,
        "by": other.account_id,
        "at": "2020-01-01T00:00:00Z",
        "origin": "bot",
        "counts_as_reply": "False",
        "direction": "in",
        "delivery": "read",
        "assignee": other.pk,
        "state": "closed",
        "is_superuser": "1",
    }
    assert desk_page.post(f"/desk/c/{talk.pk}/reply/", {"body": "您好", **more}).status_code == 302
    sent = Message.objects.get(conversation=talk, direction="out", sender_kind="agent")
    assert (sent.agent_id, sent.origin, sent.counts_as_reply) == (agent.pk, "typed", True)
    assert sent.at > later(0)
    assert Conversation.objects.get(pk=talk.pk).assignee_id == agent.pk
    kind = question_type()
    ending = {"question_type": kind.pk, "handling_result": "999999", **more}
    assert desk_page.post(f"/desk/c/{talk.pk}/close/", ending).status_code == 422
    assert Conversation.objects.get(pk=talk.pk).state != "closed"


@pytest.mark.django_db(transaction=True)
def test_who_moves_to_another_team_loses_the_old_teams_talk_with_the_next_click():
    """Design security 13: the page was open; the next request shows nothing of before."""
    company = make_company()
    agent, colleague = company.agent(online=False), company.agent(online=False)
    waiting = company.writes("等着的客户").conversation
    desk_page = client_for(account_of(agent))
    address = f"/desk/c/{waiting.pk}/"
    assert desk_page.get(address).status_code == 200
    team, at = make_team(), timezone.now()
    people.transfer(
        employee_id=agent.pk,
        from_date=site_day(at, agent.site.zone),
        department=team.department,
        team=team,
        post=agent.post,
        site=agent.site,
        superior=None,
        by=None,
        at=at,
        reason="调组",
    )
    for each in (address, f"{address}messages/", f"{address}claim/"):
        assert desk_page.get(each).status_code == 404, each
    assert desk_page.post(f"{address}reply/", {"body": "您好"}).status_code == 404
    assert "等着的客户" not in desk_page.get("/desk/").content.decode()
    assert client_for(account_of(colleague)).get(address).status_code == 200


def test_five_megabytes_of_brackets_are_refused_at_once():
    """Design security 40: too long a message is said so, and costs no time."""
    company = make_company()
    agent = company.agent(online=False)
    talk = held(company, agent)
    desk_page = client_for(account_of(agent))
    began = time.monotonic()
    answer = desk_page.post(f"/desk/c/{talk.pk}/reply/", {"body": "[@http://" * 600_000})
    assert answer.status_code in (400, 413, 422)
    assert time.monotonic() - began < 5
    assert not Message.objects.filter(conversation=talk, sender_kind="agent").exists()
