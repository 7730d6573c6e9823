"""The service report (P1): how much was asked, about what, with what result, how quickly."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypedDict

from django.db.models import Aggregate, Count, Exists, F, Model, OuterRef, Q, QuerySet, Sum

from cangke.customers.public import Client
from cangke.foundation.access.public import Account, ScopeKind, can, reach, scope
from cangke.people.public import Employee, Shop, employee_of

from ..models import Channel, Conversation, HandlingResult, QuestionType, Segment, Turn
from ..rules.closing import ClosingReason
from ..rules.definitions import Basis, keys_of
from ..rules.metrics import Figure
from ..rules.states import ConversationState
from .definitions import definition_on
from .figures import by_agent_and_whole, figures, turns_behind

KEYS = keys_of(Basis.HOUSE)
# What no marketplace defines anew.
COUNTS = ("unreplied", "served")


def figure_keys(basis: Basis) -> tuple[str, ...]:
    """Return the figures a report of this basis has; the counts are the house's for all."""
    return KEYS if basis is Basis.HOUSE else (*keys_of(basis), *COUNTS)


class Days(TypedDict):
    """From when to when, both included."""

    first_date: dt.date
    last_date: dt.date


@dataclass(frozen=True)
class ReportFilter:
    """
    Which part of the talk a report is about; days are the site's, both included.

    ``since`` and ``until`` are the instants of those days: from, and up to but not at. ``basis``
    says whose definitions the figures go by.
    """

    first_date: dt.date
    last_date: dt.date
    since: dt.datetime
    until: dt.datetime
    channel_id: int | None = None
    client_id: int | None = None
    shop_id: int | None = None
    team_id: int | None = None
    agent_id: int | None = None
    stage: str = ""
    basis: Basis = Basis.HOUSE

    @property
    def days(self) -> Days:
        return {"first_date": self.first_date, "last_date": self.last_date}


@dataclass(frozen=True)
class Share:
    """One line of a breakdown; ``key`` None is what has no value."""

    key: int | str | None
    label: str
    label_en: str
    count: int


@dataclass(frozen=True)
class AgentLine:
    """One agent's figures in the period; ``assists`` are answers given for a colleague (B10)."""

    employee: Employee
    figures: Mapping[str, Figure]
    assists: int = 0


@dataclass(frozen=True)
class ServiceReport:
    """
    Volume counts conversations opened in the period; types, results and complaints those closed.

    Each breakdown adds up to its total.
    """

    opened: int
    closed: int
    complaints: int
    solved: int
    by_channel: list[Share]
    by_client: list[Share]
    by_shop: list[Share]
    by_stage: list[Share]
    by_type: list[Share]
    by_result: list[Share]
    figures: Mapping[str, Figure]
    answer_ask: Figure
    agents: list[AgentLine] = field(default_factory=list)


def service_report(account: Account, chosen: ReportFilter) -> ServiceReport:
    """Return the report over what the account may see, in a fixed number of queries."""
    rows = _narrowed(_visible(account), chosen)
    opened = rows.filter(opened_at__gte=chosen.since, opened_at__lt=chosen.until)
    closed = rows.filter(
        closed_at__gte=chosen.since,
        closed_at__lt=chosen.until,
        state=ConversationState.CLOSED,
    )
    volume = _counted(
        opened,
        ("channel_id", "customer__client_id", "shop_id", "stage"),
        asked=Sum("customer_messages"),
        answered=Sum("human_replies"),
    )
    ended = _counted(
        closed,
        ("question_type_id", "handling_result_id"),
        complaints=Count("pk", filter=Q(question_type__is_complaint=True) | Q(is_major=True)),
        solved=Count("pk", filter=Q(handling_result__is_solved=True)),
    )
    turns = report_turns(account, chosen)
    found, whole = by_agent_and_whole(turns, figure_keys(chosen.basis), **chosen.days)
    assists = _assists(turns)
    people = Employee.objects.filter(pk__in=found).select_related("team", "post")
    return ServiceReport(
        opened=volume.sums["count"],
        closed=ended.sums["count"],
        complaints=ended.sums["complaints"],
        solved=ended.sums["solved"],
        by_channel=_shares(volume, "channel_id", Channel),
        by_client=_shares(volume, "customer__client_id", Client),
        by_shop=_shares(volume, "shop_id", Shop),
        by_stage=_shares(volume, "stage"),
        by_type=_shares(ended, "question_type_id", QuestionType, english=True),
        by_result=_shares(ended, "handling_result_id", HandlingResult, english=True),
        figures=whole,
        answer_ask=Figure(
            definition_on("answer_ask", on=chosen.last_date),
            Fraction(volume.sums["answered"]),
            volume.sums["asked"],
        ),
        agents=[
            AgentLine(each, found[each.pk], assists.get(each.pk, 0))
            for each in sorted(people, key=lambda each: each.number)
        ],
    )


def _assists(turns: QuerySet[Turn]) -> Mapping[int, int]:
    """Return by agent how many waits of colleagues' customers they ended (B10), in one query."""
    helped = turns.filter(agent__isnull=False, answered_by=F("credited")).exclude(
        agent=F("credited")
    )
    counted = helped.order_by().values("credited_id").annotate(helped=Count("pk"))
    return {row["credited_id"]: row["helped"] for row in counted}


def report_turns(account: Account, chosen: ReportFilter) -> QuerySet[Turn]:
    """Return the turns of the report's period and part that the account may see."""
    rows = scope(account, Turn, "report").filter(
        duty_date__gte=chosen.first_date, duty_date__lte=chosen.last_date
    )
    if chosen.agent_id is not None:
        rows = rows.filter(credited_id=chosen.agent_id)
    if chosen.team_id is not None:
        rows = rows.filter(credited__team_id=chosen.team_id)
    if chosen.stage:
        rows = rows.filter(stage=chosen.stage)
    if chosen.channel_id is not None:
        rows = rows.filter(channel_id=chosen.channel_id)
    if chosen.shop_id is not None:
        rows = rows.filter(conversation__shop_id=chosen.shop_id)
    if chosen.client_id is not None:
        rows = rows.filter(conversation__customer__client_id=chosen.client_id)
    return rows


def agent_figures(
    *, employee_id: int, first_date: dt.date, last_date: dt.date
) -> Mapping[str, Figure]:
    """
    Return the figures of one agent over duty days, both included, in one query.

    It asks nobody's rights: for rooms that judge by recorded facts and show only the result.
    """
    turns = Turn.objects.filter(
        credited_id=employee_id, duty_date__gte=first_date, duty_date__lte=last_date
    )
    return figures(turns, KEYS, first_date=first_date, last_date=last_date)[()]


def turns_of_figure(account: Account, chosen: ReportFilter, key: str) -> QuerySet[Turn]:
    """
    Return the turns a figure of the report was made of, ready to be listed.

    :raises KeyError: for an unknown figure
    """
    return (
        turns_behind(report_turns(account, chosen), key, **chosen.days)
        .select_related("conversation__customer", "conversation__channel", "agent", "credited")
        .order_by("-opened_at", "-pk")
    )


def conversations_of(
    account: Account, chosen: ReportFilter, *, ended: bool
) -> QuerySet[Conversation]:
    """Return the conversations the report counted: opened in the period, or closed in it."""
    rows = _narrowed(_visible(account), chosen)
    if ended:
        return rows.filter(
            closed_at__gte=chosen.since,
            closed_at__lt=chosen.until,
            state=ConversationState.CLOSED,
        )
    return rows.filter(opened_at__gte=chosen.since, opened_at__lt=chosen.until)


def _visible(account: Account) -> QuerySet[Conversation]:
    """Who neither leads nor reaches everything gets a report about what they held last (P12)."""
    rows = scope(account, Conversation, "report").exclude(close_reason=ClosingReason.IMPORTED)
    leads = can(account, "desk.assign") or can(account, "desk.board")
    whole = leads or ScopeKind.ALL in reach(account, "desk.report")
    return rows if whole else rows.filter(assignee=employee_of(account))


def _narrowed(rows: QuerySet[Conversation], chosen: ReportFilter) -> QuerySet[Conversation]:
    if chosen.channel_id is not None:
        rows = rows.filter(channel_id=chosen.channel_id)
    if chosen.client_id is not None:
        rows = rows.filter(customer__client_id=chosen.client_id)
    if chosen.shop_id is not None:
        rows = rows.filter(shop_id=chosen.shop_id)
    if chosen.stage:
        rows = rows.filter(stage=chosen.stage)
    served = Segment.objects.filter(conversation_id=OuterRef("pk"))
    if chosen.agent_id is not None:
        rows = rows.filter(Exists(served.filter(agent_id=chosen.agent_id)))
    if chosen.team_id is not None:
        rows = rows.filter(Exists(served.filter(agent__team_id=chosen.team_id)))
    return rows


@dataclass(frozen=True)
class _Counted:
    """Conversations counted by several fields at once; ``sums`` are over all of them."""

    parts: Mapping[str, Mapping[int | str | None, int]]
    sums: Mapping[str, int]


def _counted(rows: QuerySet[Conversation], keys: tuple[str, ...], **sums: Aggregate) -> _Counted:
    """Count in one query: as many lines come back as there are combinations, not conversations."""
    parts: dict[str, Counter[int | str | None]] = {key: Counter() for key in keys}
    totals = Counter({name: 0 for name in ("count", *sums)})
    for row in rows.order_by().values(*keys).annotate(count=Count("pk"), **sums):
        for key in keys:
            parts[key][row[key]] += row["count"]
        totals.update({name: row[name] or 0 for name in totals})
    return _Counted(parts, totals)


def _shares(
    counted: _Counted, key: str, named: type[Model] | None = None, *, english: bool = False
) -> list[Share]:
    """The lines of one field, the largest first; what is no row of a table is its own name."""
    counts = counted.parts[key]
    names: dict[Any, tuple[str, str]] = {}
    if named is not None:
        fields = ("name", "name_en" if english else "name")
        names = {
            pk: (name, name_en)
            for pk, name, name_en in named._default_manager.filter(pk__in=counts).values_list(
                "pk", *fields
            )
        }
    shares = []
    for value, count in counts.items():
        label, label_en = names.get(value, ("", "") if named else (str(value), str(value)))
        shares.append(Share(value, label, label_en, count))
    return sorted(shares, key=lambda each: (-each.count, str(each.key)))
