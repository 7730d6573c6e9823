"""A crew whose conduct is looked at, for tests."""

import datetime as dt
from dataclasses import dataclass

from cangke.approvals import public as approvals
from cangke.attendance.tests.factories import Crew, make_crew
from cangke.discipline import actions
from cangke.discipline.models import ConductCase
from cangke.discipline.rules import Source
from cangke.foundation.access.public import Account
from cangke.foundation.notices.models import Notice
from cangke.people.models import Employee
from tests.factories import make_account

AT = dt.datetime(2026, 4, 15, 2, tzinfo=dt.UTC)  # 10:00 in Shanghai
DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 4, 15)


@dataclass
class Office:
    """An agent, the leader, the supervisor above, personnel and management."""

    crew: Crew
    hr: Account
    manager: Account

    @property
    def agent(self) -> Employee:
        return self.crew.agent

    @property
    def by(self) -> Account:
        assert self.agent.account is not None
        return self.agent.account

    @property
    def leader(self) -> Account:
        assert self.crew.leader.account is not None
        return self.crew.leader.account

    @property
    def decider(self) -> Account:
        assert self.crew.boss.account is not None
        return self.crew.boss.account

    def case(self, *, ground: str = "games_installed", at: dt.datetime = AT) -> ConductCase:
        return actions.report_case(
            employee=self.agent,
            ground=ground,
            matter="4 月 14 日下午在工作电脑上安装游戏",
            happened_on=TODAY - DAY,
            by=self.leader,
            at=at,
        )

    def heard(self, *, at: dt.datetime = AT, **given: str) -> ConductCase:
        case = self.case(at=at, **given)
        actions.ask_person(case_id=case.pk, by=self.decider, at=at)
        return actions.state_view(case_id=case.pk, text="装了，没有玩，已经卸载", by=self.by, at=at)

    def decided(self, *, at: dt.datetime = AT, **given: object) -> ConductCase:
        case = self.heard(at=at)
        return actions.decide_case(
            case_id=case.pk, measure=measure(**given), by=self.decider, at=at
        )


def measure(**given: object) -> actions.Measure:
    values: dict[str, object] = {
        "kind": "demerit",
        "severity": "medium",
        "consequence": "light",
        "attitude": "light",
        "reasoning": "制度明确禁止，本人承认并已卸载",
    }
    return actions.Measure(**{**values, **given})  # type: ignore[arg-type]


def make_office() -> Office:
    crew = make_crew()
    actions.ensure(at=AT)
    return Office(crew, make_account("hr"), make_account("manager"))


def say_yes(kind: str, subject_id: int, by: Account, at: dt.datetime) -> None:
    case = approvals.ApprovalCase.objects.get(kind=kind, subject_id=subject_id)
    task = approvals.open_tasks_for(by, case, at=at)[0]
    approvals.decide(
        task_id=task.pk, action=approvals.Action.APPROVE, seen=case.fingerprint, by=by, at=at
    )


def approve(case: ConductCase, office, at: dt.datetime = AT) -> ConductCase:
    """Management says yes, and the event is carried out as the wiring does."""
    say_yes(actions.DECISION, case.pk, office.manager, at)
    found = approvals.ApprovalCase.objects.get(kind=actions.DECISION, subject_id=case.pk)
    actions.settle_decision(
        case_id=case.pk,
        approved=True,
        fingerprint=approvals.fingerprint(actions.decision_snapshot(case)),
        approval_id=found.pk,
        at=at,
    )
    case.refresh_from_db()
    return case


def told(account: Account) -> list[str]:
    return [
        str(title)
        for title in Notice.objects.filter(account=account).values_list("title", flat=True)
    ]


def fact(office, n: int, *, source: str = Source.LATENESS, day: dt.date = TODAY):
    return actions.note_incident(
        employee=office.agent,
        source=source,
        record_key=f"attendance.dayrecord:{n}",
        happened_on=day,
        text=f"迟到 {n} 分钟",
        at=AT,
    )
