"""What scripts achieve (J3)."""

import datetime as dt
from fractions import Fraction

import pytest
from django.urls import reverse

from cangke.desk import public as desk
from cangke.desk.tests.factories import handling_result
from cangke.knowledge.public import use_script
from cangke.knowledge.tests.factories import make_script
from cangke.orders.models import Order
from cangke.orders.tests.factories import make_order
from cangke.quality.tests.factories import HOUR, MONDAY, make_crew
from cangke.reports.scripts import script_lines
from cangke.reports.tests.test_cost import DAYS, WEEK
from tests.factories import client_for

pytestmark = pytest.mark.django_db


def sent(crew, script, at):
    """The script goes into a conversation that ends solved."""
    talk = crew.serves(at)
    message = desk.Message.objects.filter(conversation=talk, counts_as_reply=True).get()
    place = f"desk.message:{message.pk}"
    use_script(script_id=script.pk, used_for=place, by=crew.by, at=message.at)
    return talk


def ordered(talk, at):
    """The customer places an order."""
    order = make_order()
    Order.objects.filter(pk=order.pk).update(customer=talk.customer, placed_at=at)


@pytest.mark.requirement("J3")
def test_the_report_shows_use_solved_and_conversion():
    crew = make_crew()
    script, other = make_script(title="尺码推荐"), make_script(title="没人用")
    at = MONDAY - 72 * HOUR
    talks = [sent(crew, script, at + n * HOUR) for n in range(4)]
    desk.Conversation.objects.filter(pk=talks[3].pk).update(
        handling_result=handling_result("unsolved")
    )
    ordered(talks[0], at + 24 * HOUR)
    ordered(talks[1], at - HOUR)  # before it was sent
    ordered(talks[2], at + 5 * 24 * HOUR)  # too late
    [line] = script_lines(crew.inspector, WEEK)
    assert (line.script, line.uses, line.people, line.conversations) == (script, 4, 1, 4)
    assert (line.solved, line.won) == (3, 1)
    assert line.won_share == Fraction(1, 4)
    page = client_for(crew.inspector).get(reverse("reports:scripts"), DAYS).content.decode()
    assert "尺码推荐" in page
    assert "25.0%" in page
    assert other.title not in page


def test_a_script_sent_twice_to_one_customer_wins_one_order():
    crew = make_crew()
    script = make_script(title="催付")
    at = MONDAY - 72 * HOUR
    talk = sent(crew, script, at)
    use = desk.Message.objects.filter(conversation=talk, counts_as_reply=True).get()
    use_script(script_id=script.pk, used_for="elsewhere", by=crew.by, at=at + HOUR)
    ordered(talk, use.at)
    [line] = script_lines(crew.inspector, WEEK)
    assert (line.uses, line.conversations, line.won) == (2, 1, 1)


def test_an_empty_time_says_so():
    crew = make_crew()
    page = client_for(crew.inspector).get(reverse("reports:scripts"), {"period": "today"})
    assert "没有用过话术" in page.content.decode()
    bad = {"period": "days", "first": "2026-05-02", "last": "2026-05-01"}
    assert client_for(crew.inspector).get(reverse("reports:scripts"), bad).status_code == 422
    assert dt.date(2026, 11, 22) == WEEK.last_date
