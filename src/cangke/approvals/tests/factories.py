"""A ladder of people for tests: an agent, the leader, the supervisor who heads the department."""

import datetime as dt
from dataclasses import dataclass

from cangke.approvals import actions
from cangke.approvals.registry import KINDS, approval_kind
from cangke.foundation.access.models import Account
from cangke.people.models import Employee
from cangke.people.tests.factories import make_department, make_employee, make_team

AT = dt.datetime(2026, 6, 9, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai, a Tuesday
MATTERS: dict[int, dict[str, str]] = {}
KIND = "test.matter"


def _snapshot(subject_id: int) -> dict[str, str]:
    return dict(MATTERS[subject_id])


if KIND not in KINDS:
    approval_kind(KIND, "事项", snapshot=_snapshot)


@dataclass
class Ladder:
    """Who works here: each an account; ``boss`` heads the department."""

    agent: Account
    leader: Account
    boss: Account
    hr: Account
    manager: Account
    employees: dict[str, Employee]


def make_ladder() -> Ladder:
    department = make_department()
    team = make_team(department=department)
    boss = make_employee("cs-supervisor", team)
    department.head = boss
    department.save()
    leader = make_employee("cs-leader", team, superior=boss)
    team.leader = leader
    team.save()
    agent = make_employee("pre-sales", team, superior=leader)
    hr = make_employee("hr-clerk", team, superior=boss)
    manager = make_employee("general-manager", team)
    people = {"agent": agent, "leader": leader, "boss": boss, "hr": hr, "manager": manager}
    accounts = {name: each.account for name, each in people.items()}
    return Ladder(**accounts, employees=people)


def publish(*steps: dict, key: str = KIND) -> None:
    draft = actions.save_flow(key=key, name="测试流程", body={"step": list(steps)}, by=None, at=AT)
    actions.publish_flow(flow_id=draft.pk, by=None, at=AT)


def step(key: str, *who: str, **more) -> dict:
    return {"key": key, "name": key, "who": list(who), **more}


def submit(by: Account, subject_id: int = 1, *, applicant: Account | None = None, **more):
    MATTERS.setdefault(subject_id, {"text": "请批准"})
    return actions.submit_case(
        kind=KIND,
        subject_id=subject_id,
        applicant=applicant or by,
        title=more.pop("title", "一件事"),
        by=by,
        at=more.pop("at", AT),
        **more,
    )


def decide(case, by: Account, action: str = "approve", *, at: dt.datetime = AT, **more):
    case.refresh_from_db()
    task = more.pop("task", None) or case.tasks.filter(state="open").order_by("pk").first()
    for each in case.tasks.filter(state="open"):
        if each.account_id == by.pk:
            task = each
    comment = more.pop("comment", "" if action == "approve" else "理由")
    seen = more.pop("seen", case.fingerprint)
    return actions.decide(
        task_id=task.pk, action=action, by=by, at=at, seen=seen, comment=comment, **more
    )


def open_of(case) -> list[str]:
    """Who is asked now, by user name."""
    return [t.account.username for t in case.tasks.filter(state="open").select_related("account")]


def names(*accounts) -> list[str]:
    return [each.username for each in accounts]
