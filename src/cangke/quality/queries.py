"""What pages and other rooms read of quality inspection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from cangke.desk.public import Conversation, Message, PhoneCall
from cangke.foundation.access.public import Account, scope
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from .models import Check
from .rules import CheckState, InspectionPolicy, ScoreItem

NOT_READ = ("spam", "test", "merged", "imported")


def inspection_policy(day: dt.date) -> InspectionPolicy:
    return policy(InspectionPolicy, on=day)


def week_of(day: dt.date) -> dt.date:
    """The Monday of the day's week."""
    return day - dt.timedelta(days=day.weekday())


def listed_checks(rows: QuerySet[Check]) -> QuerySet[Check]:
    """The rows a list of checks needs, in one query."""
    return rows.select_related("agent__team", "conversation__customer", "inspector")


def served_between(start: dt.datetime, end: dt.datetime, *, site_id: int) -> set[tuple[int, int]]:
    """Employee and conversation of whoever of the site answered, or took the call, closed then."""
    closed = Conversation.objects.filter(closed_at__gte=start, closed_at__lt=end).exclude(
        close_reason__in=NOT_READ
    )
    replies = Message.objects.filter(
        counts_as_reply=True, recalled_at__isnull=True, conversation__in=closed.values("pk")
    )
    calls = PhoneCall.objects.filter(conversation__in=closed.values("pk"))
    return {
        pair
        for rows in (replies, calls)
        for pair in rows.filter(agent__site_id=site_id)
        .order_by()
        .values_list("agent_id", "conversation_id")
        .distinct()
    }


def agents_of(conversation: Conversation) -> QuerySet[Employee]:
    """Who answered in a conversation or took its call, and was not checked for it yet."""
    answered = Message.objects.filter(conversation=conversation, counts_as_reply=True)
    called = PhoneCall.objects.filter(conversation=conversation)
    checked = Check.objects.filter(conversation=conversation)
    served = Q(pk__in=answered.values("agent_id")) | Q(pk__in=called.values("agent_id"))
    return (
        Employee.objects.filter(served)
        .exclude(pk__in=checked.values("agent_id"))
        .order_by("name", "pk")
    )


def checks_of(account: Account, conversation: Conversation) -> QuerySet[Check]:
    """The checks of a conversation that somebody may see."""
    rows = scope(account, Check, "view").filter(conversation=conversation)
    return listed_checks(rows).order_by("pk")


def inspectors_of(agent: Employee, *, above: Sequence[Employee]) -> Iterator[Account]:
    """The accounts of those above who may inspect, nearest first."""
    for each in above:
        if each.account is not None and each.account_id != agent.account_id:
            yield each.account


@dataclass(frozen=True)
class AgentScore:
    """What the checks of one agent came to; ``average`` in points of a hundred."""

    employee_id: int
    name: str
    team: str
    count: int
    average: Decimal
    waiting: int


def scores_of(
    employee_ids: Collection[int] | None, *, since: dt.datetime, until: dt.datetime
) -> dict[int, tuple[Decimal, int]]:
    """
    Employee → average total and number of the checks scored from ``since`` to before ``until``.

    For regularization (N12), the appraisal's item 服务态度 and abilities (R6).
    """
    rows = Check.objects.counted().filter(scored_at__gte=since, scored_at__lt=until)
    if employee_ids is not None:
        rows = rows.filter(agent_id__in=employee_ids)
    summed = rows.order_by().values_list("agent_id").annotate(sum=Sum("total"), n=Count("pk"))
    return {pk: (_hundredths(total / n), n) for pk, total, n in summed}


def item_scores_of(
    employee_id: int, *, since: dt.datetime, until: dt.datetime
) -> dict[str, tuple[Decimal, int]]:
    """Item code → its average in points of a hundred, and of how many checks (R6)."""
    rows = Check.objects.counted().filter(
        agent_id=employee_id, scored_at__gte=since, scored_at__lt=until
    )
    found: dict[str, list[Decimal]] = {}
    for check in rows.only("items", "scores"):
        for item in check.sheet:
            if item.code in check.scores:
                share = Decimal(check.scores[item.code]) * 100 / Decimal(item.points)
                found.setdefault(item.code, []).append(share)
    return {
        code: (_hundredths(sum(each, Decimal(0)) / len(each)), len(each))
        for code, each in found.items()
    }


def _hundredths(value: Decimal) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def table_of(rows: QuerySet[Check]) -> list[AgentScore]:
    """One line for each agent of the checks: number, average, and what is still to be read."""
    counted = Q(state__in=[CheckState.SCORED, CheckState.APPEALED])
    summed = (
        rows.order_by()
        .values("agent_id", name=F("agent__name"), team=F("agent__team__name"))
        .annotate(
            n=Count("pk", filter=counted),
            sum=Sum("total", filter=counted),
            waiting=Count("pk", filter=Q(state=CheckState.OPEN)),
        )
        .order_by("name", "agent_id")
    )
    return [
        AgentScore(
            row["agent_id"],
            row["name"],
            row["team"] or "",
            row["n"],
            _hundredths(row["sum"] / row["n"]) if row["n"] else Decimal(0),
            row["waiting"],
        )
        for row in summed
    ]


def sheet_for(check: Check, policy: InspectionPolicy) -> Sequence[ScoreItem]:
    """The items to score by: those it was scored by, or the rulebook's of today."""
    return check.sheet or policy.items_for(is_call=check.is_call)


def menu_badge(account: Account) -> int:
    """How many conversations wait to be read by the account."""
    rows = scope(account, Check, "inspect")
    waiting = Q(state=CheckState.OPEN) | Q(state=CheckState.APPEALED) & ~Q(inspector=account)
    return rows.filter(waiting)[:100].count()
