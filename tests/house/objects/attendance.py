"""Rosters of a foreign team, swaps between others."""

import datetime as dt

from django.utils import timezone

from cangke.attendance import actions
from cangke.attendance.models import (
    AttendancePublication,
    DayRecord,
    DutyTurn,
    LeaveRequest,
    PostRecord,
    PunchCorrection,
    RedPacket,
    ShiftType,
    SwapRequest,
)
from cangke.attendance.tests.factories import AT, april, judge, leave, local, make_crew, publish
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
    "attendance:roll",
    "attendance:duty-new",
    "attendance:duty-rotate",
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


def _judged():
    crew = make_crew()
    actions.ensure(at=AT)
    publish(crew, (crew.leader, 7, "day*"), (crew.agent, 7, "day"))
    judge(crew.agent, at=local(8, "09:00"))
    return crew


@foreign("attendance:day")
def _day() -> Keys:
    return {"pk": DayRecord.objects.get(employee=_judged().agent).pk}


@foreign("attendance:correction", "attendance:correction-false", "attendance:correction-withdraw")
def _correction() -> Keys:
    crew = _judged()
    made = PunchCorrection.objects.create(
        employee=crew.agent,
        date=april(7),
        side="in",
        claimed_at=AT,
        made_up_at=AT,
        reason="x",
        asked_at=AT,
        asked_by=crew.account(crew.agent),
    )
    return {"pk": made.pk}


@foreign("attendance:leave-request", "attendance:leave-withdraw", "attendance:leave-cancel")
def _leave() -> Keys:
    crew = _judged()
    made: LeaveRequest = leave(crew.agent, 7, approve=False)
    return {"pk": made.pk}


@foreign(
    "attendance:packet",
    "attendance:packet-prove",
    "attendance:packet-confirm",
    "attendance:packet-waive",
    "attendance:packet-draw",
)
def _packet() -> Keys:
    crew = _judged()
    made = RedPacket.objects.create(
        employee=crew.agent,
        date=april(7),
        side="in",
        reason="late",
        clause="K5",
        amount=10,
        parts=5,
        owed=10,
        since=AT,
        due_at=AT,
    )
    return {"pk": made.pk}


@foreign("attendance:week", common="published to everybody, each sees the own team")
def _week() -> Keys:
    crew = make_crew()
    made = AttendancePublication.objects.create(
        site=crew.agent.site, monday=april(6), at=timezone.now()
    )
    return {"pk": made.pk}


@foreign("attendance:post")
def _post() -> Keys:
    crew = make_crew()
    made = PostRecord.objects.create(
        employee=crew.agent,
        kind="left",
        from_at=AT,
        seen="x",
        recorded_by=crew.account(crew.leader),
        recorded_at=AT,
    )
    return {"pk": made.pk}


@foreign("attendance:duty-done", "attendance:duty-drop")
def _duty() -> Keys:
    crew = make_crew()
    made = DutyTurn.objects.create(
        team=crew.team, date=april(7), kind="chores", employee=crew.agent, planned_at=AT
    )
    return {"pk": made.pk}
