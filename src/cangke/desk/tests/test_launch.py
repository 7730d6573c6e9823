"""A brand that is about to launch: prepared like any other, served from its day on (B3)."""

import datetime as dt

import pytest

from cangke.attendance.models import ShiftAssignment
from cangke.attendance.tests import factories as shifts
from cangke.desk import public as desk
from cangke.desk.models import Conversation
from cangke.desk.queries.answering import answers_for
from cangke.knowledge.actions import ArticleDraft, write_article

from .factories import AT, account_of, go_online, make_channel, make_customer

pytestmark = pytest.mark.django_db
LAUNCH = dt.date(2026, 11, 25)


@pytest.mark.requirement("B3")
def test_b3_an_upcoming_shop_takes_knowledge_and_roster_and_no_customer_before_its_day():
    crew = shifts.make_crew(agents=1)
    shop = make_channel().shop
    crew.team.shops.add(shop)
    shop.state, shop.launch_date = "upcoming", LAUNCH
    shop.save()
    article = write_article(
        draft=ArticleDraft(category="other", title="新品的保修", body="两年", shop=shop),
        by=account_of(crew.leader),
        at=AT,
    )
    shifts.publish(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day"))
    rostered = ShiftAssignment.objects.published().filter(employee=crew.agent)
    assert rostered.count() == 1

    desk.ensure_profile(crew.agent)
    go_online(crew.agent)
    channel = make_channel(shop)
    talk = desk.receive_message(
        channel=channel, customer=make_customer(), body="保修多久", at=AT
    ).conversation
    desk.route_waiting(at=AT)
    assert Conversation.objects.get(pk=talk.pk).assignee is None, "no live routing before its day"

    launched = AT + dt.timedelta(days=2)
    go_online(crew.agent, at=launched)
    desk.route_waiting(at=launched)
    talk = Conversation.objects.get(pk=talk.pk)
    assert talk.assignee == crew.agent
    found = answers_for(account_of(crew.agent), talk, text="保修", category="", at=launched)
    assert article.title in [each.title for each in found]
