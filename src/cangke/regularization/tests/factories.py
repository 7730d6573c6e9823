"""A newcomer on probation with everybody above, and a file on its way, for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cangke.approvals import public as approvals
from cangke.foundation.access.models import Account
from cangke.people.models import Department, Employee
from cangke.people.tests.factories import make_department, make_employee, make_team
from cangke.regularization import actions
from cangke.regularization.models import ProcessTemplate, RegularizationFile

AT = dt.datetime(2026, 6, 16, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai, a Tuesday
BEGAN = dt.date(2026, 4, 1)
ENDS = dt.date(2026, 6, 30)
WORDS = {
    "performance": "每天接待 60 位客户。",
    "achievements": "四月起没有投诉。",
    "self_evaluation": "退换货流程已经熟练。",
    "progress": "响应还可以更快。",
    "wish": "希望按时转正，以后做售后专员。",
    "declared": True,
}


@dataclass
class Ladder:
    """Who works here: each an account; ``boss`` heads the department of ``agent``."""

    agent: Account
    leader: Account
    boss: Account
    hr: Account
    manager: Account
    employees: dict[str, Employee]
    department: Department


def make_ladder(post: str = "pre-sales", **values) -> Ladder:
    actions.ensure(at=AT)
    department = make_department()
    team = make_team(department=department)
    regular = {"status": "regular"}
    boss = make_employee("cs-supervisor", team, **regular)
    department.head = boss
    department.save()
    leader = make_employee("cs-leader", team, superior=boss, **regular)
    team.leader = leader
    team.save()
    values = {"employed_from": BEGAN, "probation_until": ENDS, **values}
    agent = make_employee(post, team, superior=leader, **values)
    hr = make_employee("hr-clerk", make_team(), **regular)
    manager = make_employee("general-manager", make_team(), **regular)
    people = {"agent": agent, "leader": leader, "boss": boss, "hr": hr, "manager": manager}
    accounts = {name: each.account for name, each in people.items()}
    return Ladder(**accounts, employees=people, department=department)


def make_other_department() -> Department:
    """Another department whose head can answer."""
    other = make_department()
    head = make_employee("warehouse-manager", make_team(department=other), status="regular")
    other.head = head
    other.save()
    return other


def make_file(ladder: Ladder, template: str = "v1", *, at: dt.datetime = AT) -> RegularizationFile:
    file = actions.open_file(employee_id=ladder.employees["agent"].pk, at=at)
    assert file is not None
    chosen = ProcessTemplate.objects.get(key=template)
    return actions.change_template(file_id=file.pk, template=chosen, by=ladder.hr, at=at)


def submit(file: RegularizationFile, *, at: dt.datetime = AT, **words) -> RegularizationFile:
    account = file.employee.account
    return actions.submit_application(file_id=file.pk, by=account, at=at, **{**WORDS, **words})


def answers_for(file: RegularizationFile, step: str, **given) -> dict[str, str]:
    """Good answers to everything a step asks, with those given in their place."""
    flow = approvals.ApprovalFlow.objects.get(pk=file.version.flow_id).flow
    found: dict[str, str] = {}
    for each in flow.step(step).fields:
        if each.key == "outcome":
            found[each.key] = "pass"
        elif each.required:
            kinds = {"rating": "4", "date": "2026-06-20"}
            found[each.key] = kinds.get(each.kind, "写明了")
    return {**found, **given}


def decide(
    file: RegularizationFile,
    by: Account,
    action: str = "approve",
    *,
    at: dt.datetime = AT,
    comment: str | None = None,
    **given,
):
    """Let somebody settle the step that waits for them."""
    file.refresh_from_db()
    case = file.case
    case.refresh_from_db()
    task = case.tasks.get(state="open", account=by)
    answers = {} if action != "approve" else answers_for(file, task.step, **given)
    return approvals.decide(
        task_id=task.pk,
        action=action,
        by=by,
        at=at,
        seen=case.fingerprint,
        comment=("" if action == "approve" else "理由") if comment is None else comment,
        answers=answers or None,
        back_to=given.get("back_to", ""),
    )


def waiting(file: RegularizationFile) -> list[Account]:
    """Who has an open task now."""
    file.refresh_from_db()
    return [
        task.account
        for task in file.case.tasks.filter(state="open").select_related("account").order_by("pk")
    ]


def through(file: RegularizationFile, *, until: str = "final", at: dt.datetime = AT) -> None:
    """Agree in every step before the one named."""
    for _n in range(20):
        file.refresh_from_db()
        task = file.case.tasks.filter(state="open").order_by("pk").first()
        if task is None or task.step == until:
            return
        decide(file, task.account, at=at)


def on(day: dt.date, hour: int = 2) -> dt.datetime:
    """That day at 10:00 in Shanghai."""
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)
