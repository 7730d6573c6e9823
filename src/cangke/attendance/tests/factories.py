"""A team with a leader and agents, their shifts and clocks, for tests."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cangke.attendance import actions
from cangke.attendance.actions import Edit
from cangke.attendance.models import ShiftType
from cangke.foundation.access.models import Account
from cangke.people.models import Employee, Team
from cangke.people.tests.factories import make_department, make_employee, make_team

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = dt.datetime(2026, 4, 1, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai, a Wednesday
MONTH = dt.date(2026, 4, 1)


def local(day: int, clock: str, *, month: int = 4, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    """A moment of April 2026 by the clock of the site."""
    time = dt.time.fromisoformat(clock)
    return dt.datetime.combine(dt.date(2026, month, day), time, tzinfo=zone).astimezone(dt.UTC)


def april(day: int) -> dt.date:
    return dt.date(2026, 4, day)


@dataclass
class Crew:
    """A team: ``boss`` heads the department, ``leader`` the team."""

    team: Team
    boss: Employee
    leader: Employee
    agents: list[Employee]

    @property
    def agent(self) -> Employee:
        return self.agents[0]

    def account(self, employee: Employee) -> Account:
        assert employee.account is not None
        return employee.account


def make_crew(agents: int = 2) -> Crew:
    actions.ensure(at=AT)
    department = make_department()
    team = make_team(department=department)
    boss = make_employee("cs-supervisor", team)
    department.head = boss
    department.save()
    leader = make_employee("cs-leader", team, superior=boss)
    team.leader = leader
    team.save()
    people = [make_employee("pre-sales", team, superior=leader) for _n in range(agents)]
    return Crew(team, boss, leader, people)


def plan(crew: Crew, *cells: tuple[Employee, int, str], at: dt.datetime = AT) -> int:
    """Write cells of April: (employee, day, choice)."""
    edits = [Edit(who.pk, april(day), choice) for who, day, choice in cells]
    return actions.plan_cells(team=crew.team, month=MONTH, edits=edits, by=None, at=at)


def publish(crew: Crew, *cells: tuple[Employee, int, str], at: dt.datetime = AT):
    if cells:
        plan(crew, *cells, at=at)
    return actions.publish_roster(team=crew.team, month=MONTH, by=None, at=at)


def shift_type(code: str) -> ShiftType:
    return ShiftType.objects.get(code=code)


def punch(employee: Employee, *moments: dt.datetime, source: str = "built_in") -> None:
    """Let somebody punch at the moments."""
    if source == "built_in":
        for moment in moments:
            actions.punch(employee=employee, by=employee.account, at=moment)
        return
    rows = [(employee, moment, "") for moment in moments]
    actions.take_punches(punches=rows, source=source, by=None, at=max(moments))


def judge(*employees: Employee, at: dt.datetime, month: dt.date = MONTH) -> None:
    actions.recompute(employee_ids=[each.pk for each in employees], months=[month], at=at)


def certified(employee: Employee, day: int, side: str, clock: str, *, by: Account, at: dt.datetime):
    """A make-up punch that the account has vouched for."""
    made = actions.ask_correction(
        employee=employee,
        date=april(day),
        side=side,
        clock=dt.time.fromisoformat(clock),
        reason="手机没电",
        by=employee.account,
        at=at,
    )
    return actions.certify(correction_id=made.pk, by=by, at=at)


def leave(employee: Employee, first: int, last: int | None = None, *, approve: bool = True, **more):
    """Leave asked for in good time, and approved; an exception is asked for by the superior."""
    above = employee.superior if more.get("override_reason") else None
    by = above.account if above is not None else employee.account
    values = {"kind": "personal", "reason": "家里有事", "at": AT, "by": by, **more}
    at = values.pop("at")
    made = actions.ask_leave(
        employee=employee,
        first=april(first),
        last=april(last or first),
        at=at,
        **values,
    )
    if approve:
        actions.approve_leave(request_id=made.pk, by=None, at=at)
    made.refresh_from_db()
    return made
