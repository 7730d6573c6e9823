"""What the demonstration company keeps about its people: contracts, papers, ratings."""

from __future__ import annotations

import datetime as dt
import random

from . import actions, queries, rules
from .models import Employee

SHARE_OF_MET = 0.7


def load(rng: random.Random, at: dt.datetime) -> None:
    """Give everybody a contract, agents a qualification, and two months of ratings by leaders."""
    hired = Employee.objects.select_related("site", "post", "team__leader__account")
    for employee in hired.order_by("pk"):
        actions.add_contract(
            employee_id=employee.pk,
            number=f"HT-{employee.number}",
            kind="fixed",
            from_date=employee.employed_from,
            to_date=employee.employed_from + dt.timedelta(days=3 * 365),
            by=None,
            at=at,
        )
        described = queries.description_of(employee.post_id)
        if described is None:
            continue
        actions.record_qualification(
            employee_id=employee.pk,
            languages=employee.languages,
            skills=[word for word in described.skills if rng.random() < SHARE_OF_MET],
            education=rng.choice([rules.Education.COLLEGE, rules.Education.BACHELOR]),
            experience_years=rng.randint(0, 4),
            qualities=[word for word in described.qualities if rng.random() < SHARE_OF_MET],
            by=None,
            at=at,
        )
        leader = employee.team.leader if employee.team else None
        if leader is None or leader.account is None or leader.pk == employee.pk:
            continue
        for when in (at - dt.timedelta(days=31), at):
            if when.date() < employee.employed_from:
                continue
            actions.rate_abilities(
                employee_id=employee.pk,
                month=when.date(),
                scores={str(each): rng.randint(2, 5) for each in rules.Ability},
                by=leader.account,
                at=when,
            )
