"""What pages and other rooms read of rewards and discipline."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse

from cangke.foundation.access.public import Account, can, scope
from cangke.foundation.calendar.public import day_bounds
from cangke.foundation.wording import either
from cangke.people.public import Employee, training_for
from cangke.quality.public import Check, scores_of
from cangke.rulebook.public import policy, set_for

from . import ports, rules
from .models import Coaching, ConductCase, Incident, Reward
from .rules import CaseState, Effect

MONTHS_SHOWN = 6


def units_of(employee: Employee) -> list[tuple[str, int]]:
    """The units whose rules somebody lives by."""
    units = [("department", employee.department_id), ("site", employee.site_id)]
    return [*units, ("team", employee.team_id)] if employee.team_id else units


def conduct_policy(employee: Employee, on: dt.date) -> rules.ConductPolicy:
    return policy(rules.ConductPolicy, on=on, group=set_for(units_of(employee), on=on))


def trigger_policy(employee: Employee, on: dt.date) -> rules.TriggerPolicy:
    return policy(rules.TriggerPolicy, on=on, group=set_for(units_of(employee), on=on))


def ground_policy(on: dt.date) -> rules.GroundPolicy:
    return policy(rules.GroundPolicy, on=on)


def reward_policy(on: dt.date) -> rules.RewardPolicy:
    return policy(rules.RewardPolicy, on=on)


def manners(on: dt.date) -> dict[str, list[str]]:
    """What one may do at work and what not, in the reader's language (L19)."""
    known = policy(rules.WorkplacePolicy, on=on)
    return {
        "may": [in_words(each, "") for each in known.may],
        "may_not": [in_words(each, "") for each in known.may_not],
    }


def in_words(
    row: rules.Kind | rules.Ground | rules.RewardKind | rules.Manner | None, code: str
) -> str:
    """The name in the reader's language; what the rules do not know any more keeps its code."""
    if row is None:
        return code
    return either(row.name, row.name_en)


def listed_cases(rows: QuerySet[ConductCase]) -> QuerySet[ConductCase]:
    """The rows a list of cases needs, in one query."""
    return rows.select_related("employee__team", "employee__site", "opened_by")


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first day of the day's month, and of the month after."""
    first = day.replace(day=1)
    return first, (first + dt.timedelta(days=31)).replace(day=1)


def loose_incidents(employee: Employee, source: str, day: dt.date) -> QuerySet[Incident]:
    """The facts of the day's month that no case has taken up and nobody has cleared."""
    first, after = month_of(day)
    return Incident.objects.filter(
        employee=employee,
        source=source,
        case__isnull=True,
        cleared_at__isnull=True,
        happened_on__gte=first,
        happened_on__lt=after,
    ).order_by("happened_on", "pk")


def earlier_cases(account: Account, case: ConductCase) -> QuerySet[ConductCase]:
    """Other cases of the person that somebody may see and that came to something."""
    rows = scope(account, ConductCase, "view").filter(employee=case.employee).exclude(pk=case.pk)
    return rows.exclude(state=CaseState.PROPOSED).order_by("-opened_at")[:10]


@dataclass(frozen=True)
class MonthCount:
    """How many facts about somebody were recorded in a month."""

    month: dt.date
    count: int


def trend(employee: Employee, until: dt.date) -> list[MonthCount]:
    """The months up to a day with the number of facts recorded, oldest first (L23)."""
    first = rules.months_later(until.replace(day=1), -(MONTHS_SHOWN - 1))
    days = Incident.objects.filter(
        employee=employee, cleared_at__isnull=True, happened_on__gte=first, happened_on__lte=until
    ).values_list("happened_on", flat=True)
    counted: dict[dt.date, int] = defaultdict(int)
    for day in days:
        counted[day.replace(day=1)] += 1
    months = [rules.months_later(first, n) for n in range(MONTHS_SHOWN)]
    return [MonthCount(each, counted[each]) for each in months]


def help_for(account: Account, employee: Employee, until: dt.date) -> QuerySet[Check]:
    """What quality checks told somebody up to a day, latest first (L23)."""
    rows = scope(account, Check, "view").filter(agent=employee, scored_at__isnull=False)
    _start, end = day_bounds(until, employee.site.zone)
    return rows.filter(scored_at__lt=end).exclude(comment="").order_by("-scored_at", "-pk")[:5]


def training_on(ground: str, day: dt.date) -> Sequence[tuple[str, str]]:
    """What there is to learn about a ground's matter: title and address."""
    found = ground_policy(day).ground(ground)
    return training_for.ask(topic=found.topic) if found and found.topic else ()


def coaching_for(employee: Employee, ground: str, until: dt.date) -> list[Coaching]:
    """Coaching somebody had before a day, that about the same matter first."""
    rows = Coaching.objects.filter(employee=employee, date__lte=until).select_related("by")
    return sorted(rows[:20], key=lambda each: each.ground != ground)


# --- for the rooms above


def extras(*, employee_ids: Collection[int], month: dt.date) -> list[ConductCase | Reward]:
    """The cases and rewards that give or take money in the month or did before (L10, L13, L15)."""
    cases = ConductCase.objects.filter(
        employee__in=employee_ids,
        state=CaseState.FINAL,
        amount__isnull=False,
        effect__in=[Effect.FINE, Effect.COMPENSATION],
        pay_month__lte=month,
    )
    rewards = Reward.objects.filter(
        employee__in=employee_ids,
        state="granted",
        amount__isnull=False,
        pay_month__lte=month,
    )
    return [*cases.select_related("employee").order_by("pk"), *rewards.order_by("pk")]


def pay_reason(each: ConductCase | Reward) -> str:
    """What a payslip's line says an amount is for."""
    if isinstance(each, Reward):
        name = in_words(reward_policy(each.date).kind(each.kind), each.kind)
        return f"{name} {each.number}"
    kind = in_words(conduct_policy(each.employee, each.happened_on).kind(each.kind), each.kind)
    ground = in_words(ground_policy(each.happened_on).ground(each.ground), each.ground)
    return f"{kind} {each.number}：{ground}"


def url_of(each: ConductCase | Reward) -> str:
    name = "discipline:reward" if isinstance(each, Reward) else "discipline:case"
    return reverse(name, args=[each.pk])


def barred(
    *, employee_ids: Collection[int], first: dt.date, last: dt.date
) -> set[tuple[int, dt.date]]:
    """The days from one to another on which people are suspended: no shift is planned (L15)."""
    rows = ConductCase.objects.served().filter(
        employee__in=employee_ids,
        effect=Effect.SUSPENSION,
        suspended_from__lte=last,
        suspended_to__gte=first,
    )
    found: set[tuple[int, dt.date]] = set()
    for row in rows.only("employee_id", "suspended_from", "suspended_to"):
        day, until = row.suspended_from, row.suspended_to
        if day is None or until is None:
            continue
        day = max(first, day)
        while day <= min(last, until):
            found.add((row.employee_id, day))
            day += dt.timedelta(days=1)
    return found


@dataclass(frozen=True)
class Standing:
    """What is on somebody's file for a period: measures that count, all of them, rewards."""

    counted: int
    measures: int
    rewards: int


def standing(employee: Employee, *, first: dt.date, last: dt.date) -> Standing:
    """Measures that became final and rewards granted from one day to another, both included."""
    since, _end = day_bounds(first, employee.site.zone)
    _start, until = day_bounds(last, employee.site.zone)
    cases = ConductCase.objects.filter(
        employee=employee, state=CaseState.FINAL, final_at__gte=since, final_at__lt=until
    )
    found = conduct_policy(employee, last)
    kinds = list(cases.values_list("kind", flat=True))
    counts = [kind for kind in kinds if (known := found.kind(kind)) is None or known.counts]
    rewards = Reward.objects.filter(
        employee=employee, state="granted", date__gte=first, date__lte=last
    ).count()
    return Standing(len(counts), len(kinds), rewards)


def _scores(month: dt.date, least: int) -> dict[int, Decimal]:
    """Points of a month: the appraisal's, or the average of enough quality checks."""
    first, after = month_of(month)
    since = dt.datetime.combine(first, dt.time(), dt.UTC)
    checks = scores_of(None, since=since, until=dt.datetime.combine(after, dt.time(), dt.UTC))
    found = {pk: points for pk, (points, n) in checks.items() if n >= least}
    return found | dict(ports.monthly_scores.ask(month=first))


def poor_among(
    people: Iterable[Employee], month: dt.date
) -> dict[int, list[tuple[dt.date, Decimal]]]:
    """Who was below the limit in the month and those before, with the scores (L21)."""
    people = list(people)
    by_month: dict[dt.date, dict[int, Decimal]] = {}
    found: dict[int, list[tuple[dt.date, Decimal]]] = {}
    for each in people:
        held = trigger_policy(each, month)
        months = [rules.months_later(month, -n) for n in range(held.poor_months)]
        for one in months:
            if one not in by_month:
                by_month[one] = _scores(one, held.poor_least)
        scores = {one: by_month[one][each.pk] for one in months if each.pk in by_month[one]}
        row = rules.is_poor(scores, month, policy=held)
        if row:
            found[each.pk] = [(one, scores[one]) for one in row]
    return found


def menu_badge(account: Account) -> int:
    """How many cases wait for the account: as the person, as who decides, as who hears appeals."""
    mine = Q(employee__account=account, state=CaseState.HEARING, stated_at__isnull=True)
    waiting = mine
    if can(account, "discipline.decide"):
        waiting |= Q(state__in=[CaseState.PROPOSED, CaseState.HEARING]) & ~mine
    if can(account, "discipline.appeals"):
        waiting |= Q(state=CaseState.APPEALED) & ~Q(decided_by=account)
    return scope(account, ConductCase, "view").filter(waiting)[:100].count()
