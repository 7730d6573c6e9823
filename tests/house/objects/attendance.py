"""Rosters of a foreign team, swaps between others."""

import datetime as dt

from django.utils import timezone

from cangke.attendance import actions
from cangke.attendance.models import ShiftType, SwapRequest
from cangke.attendance.tests.factories import make_crew
from tests.house.objects import Keys, foreign


@foreign("attendance:roster", common="published rosters are for everybody")
def _roster() -> Keys:
    return {"pk": make_crew().team.pk}


@foreign(
    "attendance:plan",
    "attendance:fill",
    "attendance:propose",
    "attendance:needs",
    "attendance:publish",
)
def _team() -> Keys:
    return {"pk": make_crew().team.pk}


@foreign("attendance:cell")
def _cell() -> Keys:
    crew = make_crew()
    return {"pk": crew.team.pk, "employee_id": crew.agent.pk, "day": "2026-04-07"}


@foreign("attendance:shift", common="the shifts of the company")
def _shift() -> Keys:
    actions.ensure(at=timezone.now())
    kind = ShiftType.objects.first()
    assert kind is not None
    return {"pk": kind.pk}


@foreign(
    "attendance:swap",
    "attendance:swap-answer",
    "attendance:swap-decide",
    "attendance:swap-withdraw",
)
def _swap() -> Keys:
    crew = make_crew()
    one, two = crew.agents
    made = SwapRequest.objects.create(
        asker=one, partner=two, date=dt.date(2026, 4, 7), reason="x", asked_at=timezone.now()
    )
    return {"pk": made.pk}
