"""The personnel file of somebody: abilities, work of the month, days on duty."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cangke.foundation.audit.public import AuditEntry

from .. import ports, rules
from ..models import AbilityRating, Employee

ONE_DAY = dt.timedelta(days=1)
# Acts that may disclose something: looking at what is masked, and trying what is not one's own.
LOOKING = ("access.revealed", "access.reveal_alarm", "access.denied")


def month_end(month: dt.date) -> dt.date:
    """Return the last day of a month given by its first."""
    return (month + dt.timedelta(days=31)).replace(day=1) - ONE_DAY


@dataclass(frozen=True)
class AbilityLine:
    """One ability: the rating that counts, the one before it, and what is recorded."""

    ability: rules.Ability
    rating: AbilityRating | None
    before: AbilityRating | None
    facts: Sequence[ports.AbilityEvidence]


def abilities_of(employee: Employee, month: dt.date) -> list[AbilityLine]:
    """
    Return the six abilities as of a month: the newest rating up to then, with its evidence (R6).

    ``before`` is the newest of an earlier month than the rating that counts.
    """
    rated: dict[str, list[AbilityRating]] = defaultdict(list)
    rows = AbilityRating.objects.filter(employee=employee, month__lte=month).select_related("by")
    for row in rows.order_by("-month", "-pk"):
        rated[row.ability].append(row)
    facts: dict[str, list[ports.AbilityEvidence]] = defaultdict(list)
    for each in ports.ability_facts.ask(
        employee_id=employee.pk, first_date=month, last_date=month_end(month)
    ):
        facts[each.ability].append(each)
    lines = []
    for ability in rules.Ability:
        mine = rated[ability]
        newest = mine[0] if mine else None
        before = next((row for row in mine if newest and row.month < newest.month), None)
        lines.append(AbilityLine(ability, newest, before, facts[ability]))
    return lines


def work_by_field(
    employee: Employee, month: dt.date
) -> list[tuple[rules.WorkField, list[ports.WorkCount]]]:
    """Return what somebody did in a month under the five core fields of the post (R11)."""
    found: dict[str, list[ports.WorkCount]] = defaultdict(list)
    for count in ports.work_done.ask(
        employee_id=employee.pk, first_date=month, last_date=month_end(month)
    ):
        found[count.field].append(count)
    return [(each, found[each]) for each in rules.WorkField]


def duty_in(employee: Employee, month: dt.date) -> ports.Duty | None:
    """Return the judged days of somebody's month."""
    return ports.duty_of.ask(employee_id=employee.pk, first_date=month, last_date=month_end(month))


def disclosure_entries(
    employee: Employee, *, since: dt.datetime, until: dt.datetime
) -> QuerySet[AuditEntry]:
    """Return what somebody looked up, tried and took out of the system, oldest first (Q9)."""
    return (
        AuditEntry.objects.filter(
            Q(action__in=LOOKING) | Q(action__endswith=".exported"),
            actor=employee.account_id,
            at__gte=since,
            at__lt=until,
        )
        .select_related("seal")
        .order_by("pk")
    )
