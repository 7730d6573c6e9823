"""The service report (P1): how much was asked, about what, with what result, how quickly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import TypedDict

from django.db.models import Exists, Model, OuterRef, QuerySet

from cangke.customers.public import Client
from cangke.foundation.access.public import (
    Account,
    AccountKind,
    ScopeKind,
    can,
    held_by,
    own_scope_ids,
    reach,
    scope,
)
from cangke.people.public import Employee, Shop, employee_of

from ..models import Channel, Conversation, HandlingResult, QuestionType, Rating, Segment, Turn
from ..rules.closing import ClosingReason
from ..rules.definitions import Basis, keys_of
from ..rules.metrics import Figure
from ..rules.rating import RatingCount
from ..rules.sums import RATED, Sums
from .definitions import definition_on
from .figures import figures, figures_of, turns_behind
from .sums import (
    HOUSE,
    Moments,
    asked_in,
    count_ratings,
    count_talks,
    count_turns,
    each_day,
    ended_in,
    instants,
    kept_sums,
    opened_in,
    report_zone,
    stretches_of,
    turns_in,
)
from .sums import Days as Run

REPORT = "desk.report"
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
    ratings: RatingCount = RatingCount()


@dataclass(frozen=True)
class ServiceReport:
    """
    Volume counts conversations opened in the period; types, results and complaints those closed.

    Ratings are those of conversations that ended in it. Each breakdown adds up to its total.
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
    ratings: RatingCount = RatingCount()
    agents: list[AgentLine] = field(default_factory=list)


def service_report(account: Account, chosen: ReportFilter) -> ServiceReport:
    """Return the report over what the account may see, in a fixed number of queries."""
    keys = figure_keys(chosen.basis)
    sums = _sums(account, chosen, keys)
    defined = {key: definition_on(key, on=chosen.last_date) for key in keys}
    types = _named(QuestionType, sums, "question_type_id", "name_en", "is_complaint")
    results = _named(HandlingResult, sums, "handling_result_id", "name_en", "is_solved")
    talk = sums.counted("talk")
    major = sums.counted("major")
    rated = _ratings_by_agent(sums)
    people = Employee.objects.filter(pk__in={*sums.agents, *rated})
    return ServiceReport(
        opened=talk.get("opened", 0),
        closed=talk.get("ended", 0),
        complaints=sum(
            count if types.get(key, NAMELESS)[2] else major.get(key, 0)
            for key, count in sums.counted("question_type_id").items()
        ),
        solved=sum(
            count
            for key, count in sums.counted("handling_result_id").items()
            if results.get(key, NAMELESS)[2]
        ),
        by_channel=_shares(sums, "channel_id", _named(Channel, sums, "channel_id")),
        by_client=_shares(sums, "customer__client_id", _named(Client, sums, "customer__client_id")),
        by_shop=_shares(sums, "shop_id", _named(Shop, sums, "shop_id")),
        by_stage=_shares(sums, "stage"),
        by_type=_shares(sums, "question_type_id", types),
        by_result=_shares(sums, "handling_result_id", results),
        figures=figures_of(defined, sums.whole),
        answer_ask=Figure(
            definition_on("answer_ask", on=chosen.last_date),
            Fraction(talk.get("answered", 0)),
            talk.get("asked", 0),
        ),
        ratings=_all_ratings(sums),
        agents=[
            AgentLine(
                each,
                figures_of(defined, sums.agents.get(each.pk, {})),
                sums.counted("assists").get(str(each.pk), 0),
                rated.get(each.pk, RatingCount()),
            )
            for each in sorted(people.select_related("team", "post"), key=lambda each: each.number)
        ],
    )


def _ratings_by_agent(sums: Sums) -> dict[int, RatingCount]:
    return {
        int(key): RatingCount(*(sums.counted(name).get(key, 0) for name in RATED))
        for key in sums.counted("asked")
    }


def _sums(account: Account, chosen: ReportFilter, keys: Sequence[str]) -> Sums:
    """Add up the period: what is kept of it, and what has to be counted."""
    days = (chosen.first_date, chosen.last_date)
    total, runs, spans = kept_and_not(account, chosen, partial(kept_sums, keys=keys))
    if not runs:
        return total
    talks = _narrowed(_visible(account), chosen)
    turns = turns_in(_turns(account, chosen), *runs)
    for counted in (
        count_turns(turns, keys, days),
        count_talks(opened_in(talks, *spans), ended_in(talks, *spans)),
        count_ratings(asked_in(_ratings(account, chosen), *spans)),
    ):
        for sums in counted.values():
            total.add(sums)
    return total


def kept_and_not(
    account: Account, chosen: ReportFilter, read: Callable[..., tuple[Sums, set[dt.date]]]
) -> tuple[Sums, list[Run], list[Moments]]:
    """
    Return what is kept of the period, and the days and the moments that have to be counted.

    ``read`` is called with reach, part and days, and ``zone``.
    """
    zone = report_zone()
    days = (chosen.first_date, chosen.last_date)
    total, covered = Sums(), set[dt.date]()
    reach, part = _kept_reach(account), _kept_part(chosen)
    if reach and part is not None and (chosen.since, chosen.until) == instants(days, zone):
        total, covered = read(reach, part, days, zone=zone)
    runs = stretches_of(set(each_day(days)) - covered)
    return total, runs, ([instants(run, zone) for run in runs] if covered else [_span(chosen)])


def _span(chosen: ReportFilter) -> Moments:
    return chosen.since, chosen.until


def _kept_reach(account: Account) -> str:
    """Return the reach whose sums are all the account may see, or nothing: then it is counted."""
    if account.kind != AccountKind.STAFF or not _leads(account):
        return ""
    held = {(each.kind, each.scope_id) for each in held_by(account) if REPORT in each.permissions}
    kinds = {kind for kind, _scope_id in held}
    if ScopeKind.ALL in kinds:
        return HOUSE
    if kinds != {ScopeKind.DEPARTMENT}:
        return ""
    ids = {scope_id for _kind, scope_id in held if scope_id is not None}
    if any(scope_id is None for _kind, scope_id in held):
        ids |= set(own_scope_ids.ask(account_id=account.pk, kind=ScopeKind.DEPARTMENT))
    return f"department:{ids.pop()}" if len(ids) == 1 else ""


def _kept_part(chosen: ReportFilter) -> str | None:
    """Return the part whose sums are kept; None where these days have to be counted."""
    if any((chosen.client_id, chosen.team_id, chosen.agent_id)):
        return None
    parts = {"channel": chosen.channel_id, "shop": chosen.shop_id, "stage": chosen.stage}
    cut = [f"{name}:{value}" for name, value in parts.items() if value]
    return "" if not cut else cut[0] if len(cut) == 1 else None


def report_turns(account: Account, chosen: ReportFilter) -> QuerySet[Turn]:
    """Return the turns of the report's period and part that the account may see."""
    return turns_in(_turns(account, chosen), (chosen.first_date, chosen.last_date))


def _turns(account: Account, chosen: ReportFilter) -> QuerySet[Turn]:
    given = _given(
        credited_id=chosen.agent_id,
        credited__team_id=chosen.team_id,
        stage=chosen.stage,
        channel_id=chosen.channel_id,
        conversation__shop_id=chosen.shop_id,
        conversation__customer__client_id=chosen.client_id,
    )
    return scope(account, Turn, "report").filter(**given)


def _given(**values: int | str | None) -> dict[str, int | str]:
    """The conditions that were chosen."""
    return {name: value for name, value in values.items() if value is not None and value != ""}


def report_ratings(account: Account, chosen: ReportFilter) -> QuerySet[Rating]:
    """Return the ratings of the report's period and part that the account may see."""
    return asked_in(_ratings(account, chosen), _span(chosen))


def rating_count(ratings: QuerySet[Rating]) -> RatingCount:
    """Add up what customers were asked and have said, in one query."""
    sums = Sums()
    for each in count_ratings(ratings).values():
        sums.add(each)
    return _all_ratings(sums)


def _all_ratings(sums: Sums) -> RatingCount:
    return RatingCount(*(sum(sums.counted(name).values()) for name in RATED))


def _ratings(account: Account, chosen: ReportFilter) -> QuerySet[Rating]:
    given = _given(
        agent_id=chosen.agent_id,
        agent__team_id=chosen.team_id,
        stage=chosen.stage,
        channel_id=chosen.channel_id,
        shop_id=chosen.shop_id,
        conversation__customer__client_id=chosen.client_id,
    )
    return scope(account, Rating, "report").filter(**given)


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
    account: Account, chosen: ReportFilter, *spans: Moments, ended: bool
) -> QuerySet[Conversation]:
    """
    Return the conversations the report counted: opened in the period, or closed in it.

    With ``spans`` only those of these parts of the period.
    """
    rows = _narrowed(_visible(account), chosen)
    return (ended_in if ended else opened_in)(rows, *(spans or [_span(chosen)]))


def _visible(account: Account) -> QuerySet[Conversation]:
    """Who neither leads nor reaches everything gets a report about what they held last (P12)."""
    rows = scope(account, Conversation, "report").exclude(close_reason=ClosingReason.IMPORTED)
    whole = _leads(account) or ScopeKind.ALL in reach(account, REPORT)
    return rows if whole else rows.filter(assignee=employee_of(account))


def _leads(account: Account) -> bool:
    return can(account, "desk.assign") or can(account, "desk.board")


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


Name = tuple[str, str, bool]  # in Chinese, in English, and a mark
NAMELESS: Name = ("", "", False)


def _named(
    model: type[Model], sums: Sums, key: str, english: str = "name", mark: str = ""
) -> dict[str, Name]:
    """Return the names of what a breakdown counts, by its values."""
    ids = [value for value in sums.counted(key) if value]
    rows = model._default_manager.filter(pk__in=ids).values_list("pk", "name", english)
    return {
        str(pk): (name, name_en, bool(rest and rest[0]))
        for pk, name, name_en, *rest in (
            rows.values_list("pk", "name", english, mark) if mark else rows
        )
    }


def _shares(sums: Sums, key: str, names: Mapping[str, Name] | None = None) -> list[Share]:
    """The lines of one field, the largest first; what is no row of a table is its own name."""
    shares = []
    for value, count in sums.counted(key).items():
        if names is None:
            shares.append(Share(value, value, value, count))
        else:
            label, label_en, _mark = names.get(value, NAMELESS)
            shares.append(Share(int(value) if value else None, label, label_en, count))
    return sorted(shares, key=lambda each: (-each.count, str(each.key)))
