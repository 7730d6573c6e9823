"""A team with a leader, agents and scripts for tests."""

import datetime as dt
import itertools
from dataclasses import dataclass

from cangke.foundation.access.public import Account
from cangke.knowledge.actions import ScriptDraft, write_script
from cangke.knowledge.models import Script
from cangke.people.models import Team
from cangke.people.tests.factories import make_employee, make_team

AT = dt.datetime(2026, 4, 20, 2, 0, tzinfo=dt.UTC)
_number = itertools.count(1)


@dataclass
class Crew:
    """A team: two agents, their leader."""

    team: Team
    leader: Account
    agent: Account
    other: Account


def make_crew() -> Crew:
    team = make_team()
    people = [make_employee("cs-leader", team=team)]
    Team.objects.filter(pk=team.pk).update(leader=people[0])
    team.refresh_from_db()
    people += [make_employee("pre-sales", team=team) for _n in range(2)]
    accounts = [person.account for person in people]
    leader, agent, other = accounts
    return Crew(team, leader, agent, other)


def make_script(by: Account | None = None, **values: object) -> Script:
    """Return a script usable by everybody, or what ``by`` and ``reach`` make of it."""
    n = next(_number)
    values = {"title": f"话术{n}", "body": f"您好，第 {n} 条。", "reach": "all", **values}
    return write_script(draft=ScriptDraft(**values), by=by, at=AT)
