"""What is counted for one person over all rooms, and what they hand over."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from cangke.desk import public as desk
from cangke.desk.models import Conversation
from cangke.desk.tests.factories import account_of, make_channel
from cangke.foundation.refusal import Refusal
from cangke.people import actions as people
from cangke.people.models import Handover
from cangke.reports import queries
from cangke.tickets import actions as tickets
from cangke.tickets.models import Pledge, Ticket
from cangke.tickets.tests.factories import AT, HOUR, make_crew
from tests.factories import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    return make_crew()


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def month_of(at):
    first = at.date().replace(day=1)
    return {"first_date": first, "last_date": first + dt.timedelta(days=27)}


@pytest.mark.requirement("R11")
def test_kept_promises_count_under_customer_care_and_only_for_who_kept_them(crew):
    pledge = crew.promise()
    period = month_of(AT)
    assert queries.work_done(employee_id=crew.agent.pk, **period) == []
    tickets.keep_pledge(pledge_id=pledge.pk, proof="已退", by=crew.by, at=AT + HOUR)
    counts = queries.work_done(employee_id=crew.agent.pk, **period)
    assert [(each.field, each.count) for each in counts] == [("care", 1)]
    assert queries.work_done(employee_id=crew.colleague.pk, **period) == []


@pytest.mark.requirement("R6", "A18")
def test_promises_are_evidence_for_keeping_promises(crew):
    period = month_of(AT)
    assert queries.ability_facts(employee_id=crew.agent.pk, **period) == []
    pledge = crew.promise()
    tickets.keep_pledge(pledge_id=pledge.pk, proof="已退", by=crew.by, at=AT + HOUR)
    [fact] = queries.ability_facts(employee_id=crew.agent.pk, **period)
    assert fact.ability == "promises"
    assert "兑现 1 个" in fact.text


@pytest.mark.requirement("Q8")
def test_what_somebody_holds_is_listed_and_given_to_a_colleague(crew):
    ticket, pledge = crew.ticket(), crew.promise()
    page = reverse("people:handover", args=[crew.agent.pk])
    boss = client_for(crew.boss)
    text = words(boss.get(page))
    for said in (crew.conversation.number, ticket.number, pledge.number):
        assert said in text
    itself = boss.post(page, {"to": crew.agent.pk, "reason": "离职"})
    assert itself.status_code == 422
    assert Ticket.objects.get(pk=ticket.pk).owner == crew.agent
    assert boss.post(page, {"to": crew.colleague.pk, "reason": "离职"}).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).owner == crew.colleague
    assert Pledge.objects.get(pk=pledge.pk).keeper == crew.colleague
    assert Conversation.objects.get(pk=crew.conversation.pk).assignee == crew.colleague
    made = Handover.objects.get()
    assert (made.to, len(made.items), made.reason) == (crew.colleague, 3, "离职")
    assert "没有未完成的会话" in words(boss.get(page))
    assert ticket.number in words(boss.get(page))
    assert client_for(crew.by).get(page).status_code == 403


@pytest.mark.requirement("Q8", "A2")
def test_a_call_back_owed_is_on_the_list_and_goes_with_the_work(crew):
    call = desk.log_call(
        channel=make_channel(kind="phone"),
        customer=crew.conversation.customer,
        question="改地址",
        result="下午回电",
        caller_name="周先生",
        call_back_due_at=AT + 3 * HOUR,
        by=crew.by,
        at=AT,
    )
    held = queries.held_work(employee_id=crew.agent.pk)
    assert "周先生 改地址" in [each.text for each in held]
    people.hand_work_over(
        employee_id=crew.agent.pk, to_id=crew.colleague.pk, reason="调岗", by=crew.boss, at=AT
    )
    call.refresh_from_db()
    assert call.call_back_by == crew.colleague
    desk.finish_call_back(call_id=call.pk, by=account_of(crew.colleague), at=AT + HOUR)
    assert "周先生 改地址" not in [
        each.text for each in queries.held_work(employee_id=crew.colleague.pk)
    ]


@pytest.mark.requirement("Q8")
def test_who_is_suspended_leaves_a_list_of_what_was_in_hand(crew):
    ticket = crew.ticket()
    people.suspend(employee_id=crew.agent.pk, by=crew.boss, at=AT + HOUR, reason="调查")
    made = Handover.objects.get()
    assert made.to is None
    assert ticket.number in " ".join(each["text"] for each in made.items)
    people.leave(
        employee_id=crew.agent.pk, last_date=AT.date(), by=None, at=AT + 2 * HOUR, reason="辞退"
    )
    assert Handover.objects.count() == 1, "the list is made when access ends"


@pytest.mark.requirement("Q8")
def test_work_is_not_given_to_somebody_who_cannot_do_it(crew):
    crew.ticket()
    people.suspend(employee_id=crew.colleague.pk, by=None, at=AT, reason="调查")
    with pytest.raises(Refusal):
        people.hand_work_over(
            employee_id=crew.agent.pk, to_id=crew.colleague.pk, reason="休假", by=crew.boss, at=AT
        )
    assert not Handover.objects.filter(employee=crew.agent).exists()
