"""A team whose last week is to be inspected."""

import datetime as dt
from dataclasses import dataclass

from cangke.desk import public as desk
from cangke.desk.tests.factories import (
    Company,
    account_of,
    handling_result,
    make_company,
    question_type,
)
from cangke.foundation.access.public import Account
from cangke.people.models import Employee
from cangke.people.tests.factories import make_employee
from cangke.quality import actions, queries
from cangke.quality.models import Check

MONDAY = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai
LAST_WEEK = dt.date(2026, 11, 16)
HOUR = dt.timedelta(hours=1)


@dataclass
class Crew:
    """An agent, the leader and the supervisor above."""

    company: Company
    agent: Employee
    leader: Employee
    supervisor: Employee

    @property
    def inspector(self) -> Account:
        return account_of(self.leader)

    @property
    def by(self) -> Account:
        return account_of(self.agent)

    def serves(self, at: dt.datetime = MONDAY - 72 * HOUR, agent: Employee | None = None):
        """The agent answers a customer and closes the conversation."""
        who = account_of(agent or self.agent)
        talk = self.company.writes(at=at).conversation
        key = {"conversation_id": talk.pk, "by": who}
        desk.claim(**key, at=at, reason="x")
        desk.reply(**key, body="您好", at=at + HOUR / 60)
        desk.close(
            **key,
            at=at + HOUR / 30,
            question_type=question_type("price"),
            handling_result=handling_result(),
        )
        return talk

    def drawn(self) -> Check:
        """One conversation, drawn on Monday."""
        self.serves()
        actions.draw_weeks(at=MONDAY)
        return Check.objects.get()

    def scored(self, at: dt.datetime = MONDAY, **changes: int) -> Check:
        """One that lost points at expression."""
        check = self.drawn()
        scores = full_marks(check) | {"expression": 9} | changes
        return actions.score_check(
            check_id=check.pk, scores=scores, comment="没有说明时间", by=self.inspector, at=at
        )


def full_marks(check: Check) -> dict[str, int]:
    policy = queries.inspection_policy(LAST_WEEK)
    return {each.code: each.points for each in queries.sheet_for(check, policy)}


def make_crew() -> Crew:
    company = make_company()
    supervisor = make_employee("cs-supervisor", company.team)
    leader = make_employee("cs-leader", company.team, superior=supervisor)
    company.team.leader = leader
    company.team.save()
    agent = company.agent(online=False)
    Employee.objects.filter(pk=agent.pk).update(superior=leader)
    agent.refresh_from_db()
    return Crew(company, agent, leader, supervisor)
