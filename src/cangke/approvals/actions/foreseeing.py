"""Whom a matter will go to, worked out before it is handed in; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cangke.foundation.access.public import Account

from .. import ports
from ..models import ApprovalCase
from ..rules import Step
from .keeping import seated, wanted_of
from .refusals import NobodyDecides
from .submitting import flow_in_force


@dataclass(frozen=True)
class Ahead:
    """A step to come: who would be asked now, and from which amount on others as well."""

    step: Step
    people: Sequence[Account]
    limits: Sequence[tuple[Decimal, str]] = ()  # amount and its currency, or ""


def foresee(*, kind: str, applicant: Account) -> list[Ahead]:
    """
    Return the steps that a matter of the kind would take for somebody, if it were handed in now.

    A step that nobody was found for, because it is named later or is for amounts above a limit,
    has no people.

    :raises NoFlow: if no flow is published for the kind
    """
    case = ApprovalCase(flow=flow_in_force(kind), kind=kind, applicant=applicant)
    post = ports.post_of.ask(account_id=applicant.pk)
    found: list[tuple[Step, list[int]]] = []
    for step in case.flow.flow.steps:
        ids: list[int] = []
        for who in step.seats(post=post, amount=None):
            try:
                seats = seated(case, step, wanted_of(case, step, who))
            except NobodyDecides:
                continue
            ids += [each.account_id for each in seats if each.account_id not in ids]
        found.append((step, ids))
    people = Account.objects.in_bulk({pk for _step, ids in found for pk in ids})
    return [
        Ahead(
            step,
            [people[pk] for pk in ids],
            [(each.above, each.currency) for each in step.routes if each.above is not None],
        )
        for step, ids in found
    ]
