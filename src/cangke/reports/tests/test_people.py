"""What rooms below say of one person: abilities and the evidence of a probation."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.people.public import Ability
from cangke.quality.tests.factories import make_crew
from cangke.reports import public as reports

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
