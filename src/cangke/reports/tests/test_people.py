"""What rooms below say of one person: abilities and the evidence of a probation."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine as clock
from django.urls import reverse

from cangke.knowledge import actions as knowledge
from cangke.people.public import Ability
from cangke.quality.tests.factories import make_crew
from cangke.reports import public as reports
from tests.factories import client_for

pytestmark = pytest.mark.django_db
MONDAY, SUNDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 29)


@pytest.mark.requirement("A23", "R6", "N12")
def test_scores_speak_of_abilities_and_of_a_probation():
    crew = make_crew()
    key = {"employee_id": crew.agent.pk}
    assert reports.quality_recorded(**key, from_date=MONDAY, to_date=SUNDAY) is None
    crew.scored()
    recorded = reports.quality_recorded(**key, from_date=MONDAY, to_date=SUNDAY)
    assert (recorded.value, recorded.count) == (Decimal("94.00"), 1)
    assert recorded.url.startswith("/quality/?q=")
    earlier = dt.date(2026, 11, 16)
    assert reports.quality_recorded(**key, from_date=earlier, to_date=MONDAY) is not None
    assert reports.quality_recorded(**key, from_date=earlier, to_date=earlier) is None, (
        "what was scored later says nothing of the days before"
    )
    told = {
        each.ability: each.text
        for each in reports.ability_facts(**key, first_date=MONDAY, last_date=SUNDAY)
        if "质检" in each.text
    }
    assert set(told) == {
        Ability.EXPRESSION,
        Ability.PRODUCT,
        Ability.EMPATHY,
        Ability.LISTENING,
    }
    assert "60.00" in told[Ability.EXPRESSION]


@pytest.mark.requirement("J4")
def test_j4_the_page_of_abilities_shows_how_many_questions_and_how_soon_they_were_answered():
    crew = make_crew()
    at = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
    key = {"employee_id": crew.agent.pk, "first_date": MONDAY, "last_date": SUNDAY}

    def told():
        return [e.text for e in reports.ability_facts(**key) if "疑问" in e.text]

    assert told() == []
    question = knowledge.ask_question(text="超长件怎么收费？", by=crew.by, at=at)
    assert told() == ["记下疑问 1 个，还没有答案"]
    knowledge.answer_question(
        question_id=question.pk,
        answer="超过 152 厘米加收。",
        by=crew.inspector,
        at=at + dt.timedelta(minutes=45),
    )
    knowledge.ask_question(text="另一个", by=crew.by, at=at)
    assert told() == ["记下疑问 2 个，已有答案 1 个，平均 45.0 分钟得到答案"]
    with clock.travel(at, tick=False):
        page = client_for(crew.by).get(reverse("people:abilities", args=[crew.agent.pk]))
    assert "平均 45.0 分钟得到答案" in page.content.decode()
