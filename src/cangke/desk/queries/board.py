"""The live board: who is there, who waits, and today's figures (O4); a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from cangke.foundation.access.public import Account, scope
from cangke.foundation.calendar.public import site_day
from cangke.people.public import Employee
from cangke.rulebook.public import policy

from ..models import OPEN, AgentProfile, Conversation, Turn
from ..rules.clocks import ClockColour, ClockPolicy, ResponsePolicy, clock_colour
from ..rules.metrics import Figure
from ..rules.routing import Presence
from ..rules.sums import Sums
from ..rules.turns import TurnState
from .agents import loads_of
from .definitions import definition_on
from .figures import figures_of
from .sums import count_turns

KEYS = ("first_response", "average_response", "rate_3_minutes", "unreplied", "served")
MOST_WAITING = 50


@dataclass(frozen=True)
class AgentRow:
    """
    One agent on the board. ``waiting_since``: the oldest turn the agent owes an answer to;
    ``over_target`` whether that customer should have had it.
    """

    employee: Employee
    presence: Presence
    presence_since: dt.datetime | None
    heartbeat_at: dt.datetime | None
    load: int
    max_chats: int
    waiting_since: dt.datetime | None
    waiting_id: int | None
    over_target: bool
    colour: ClockColour
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class QueueRow:
    """One queue: how many wait, since when, and how many beyond their target."""

    group_id: int | None
    name: str
    stage: str
    waiting: int
    oldest_at: dt.datetime | None
    over_target: int
    colour: ClockColour


@dataclass(frozen=True)
class WaitingRow:
    """A customer beyond the target, the longest first."""

    conversation: Conversation
    colour: ClockColour
    over_seconds: int


@dataclass(frozen=True)
class Board:
    agents: list[AgentRow]
    queues: list[QueueRow]
    waiting: list[WaitingRow]
    open_count: int
    waiting_count: int
    over_target: int
    today: Mapping[str, Figure]


def board(account: Account, *, at: dt.datetime) -> Board:
    """Return what the account may see of the desk at the moment."""
    rule = policy(ClockPolicy, on=at.date())
    targets = policy(ResponsePolicy, on=at.date())
    visible = scope(account, Conversation, "view").filter(OPEN)
    waiting = visible.filter(waiting_since__isnull=False)
    totals = visible.aggregate(
        open=Count("pk"),
        waiting=Count("pk", filter=Q(waiting_since__isnull=False)),
        over=Count("pk", filter=Q(due_at__lt=at)),
    )
    late = (
        waiting.filter(due_at__lt=at)
        .select_related("channel", "customer", "assignee", "group", "shop")
        .order_by("due_at", "pk")[:MOST_WAITING]
    )
    profiles = _profiles(account)
    people, today = _today(account, profiles, at=at)
    return Board(
        agents=_agents(profiles, people, at=at, rule=rule, targets=targets),
        queues=_queues(waiting, at=at, rule=rule, targets=targets),
        waiting=[_waiting_row(row, at, rule) for row in late],
        open_count=totals["open"],
        waiting_count=totals["waiting"],
        over_target=totals["over"],
        today=today,
    )


@dataclass(frozen=True)
class BoardBrief:
    """The board in a few numbers: who is there, who is served, who waits and how many too long."""

    online: int
    open_count: int
    waiting_count: int
    over_target: int
    waiting: list[Conversation]


def board_brief(account: Account, *, at: dt.datetime, most: int = 3) -> BoardBrief:
    """Return the board's numbers and the customers beyond their target, in three queries."""
    visible = scope(account, Conversation, "view").filter(OPEN)
    totals = visible.aggregate(
        open=Count("pk"),
        waiting=Count("pk", filter=Q(waiting_since__isnull=False)),
        over=Count("pk", filter=Q(due_at__lt=at)),
    )
    late = (
        visible.filter(waiting_since__isnull=False, due_at__lt=at)
        .select_related("customer", "assignee", "group")
        .order_by("due_at", "pk")[:most]
    )
    online = scope(account, AgentProfile, "view").filter(
        presence=Presence.ONLINE, employee__account__is_active=True
    )
    return BoardBrief(
        online=online.count(),
        open_count=totals["open"],
        waiting_count=totals["waiting"],
        over_target=totals["over"],
        waiting=list(late),
    )


def _profiles(account: Account) -> list[AgentProfile]:
    """Who may be served by, with what a board shows of them."""
    return list(
        scope(account, AgentProfile, "view")
        .select_related("employee__team", "employee__site")
        .only(
            "presence",
            "presence_since",
            "heartbeat_at",
            "max_chats",
            "employee__number",
            "employee__name",
            "employee__team__name",
            "employee__site__zone",
        )
        .filter(employee__account__is_active=True)
        .order_by("employee__team_id", "employee__number")
    )


def _today(
    account: Account, profiles: list[AgentProfile], *, at: dt.datetime
) -> tuple[dict[int, dict[str, Figure]], dict[str, Figure]]:
    """Return today's figures by agent and over all turns whose figures the account may see."""
    zones = {profile.employee.site.zone for profile in profiles}
    days = {site_day(at, zone) for zone in zones} or {at.date()}
    turns = scope(account, Turn, "report").filter(duty_date__in=days)
    counted = count_turns(turns, KEYS, (min(days), max(days)), assists=False)
    found = counted.get(None, Sums())
    defined = {key: definition_on(key, on=max(days)) for key in KEYS}
    told = partial(figures_of, defined)
    return {agent_id: told(pairs) for agent_id, pairs in found.agents.items()}, told(found.whole)


def _agents(
    profiles: list[AgentProfile],
    today: Mapping[int, Mapping[str, Figure]],
    *,
    at: dt.datetime,
    rule: ClockPolicy,
    targets: ResponsePolicy,
) -> list[AgentRow]:
    ids = [profile.employee_id for profile in profiles]
    loads = loads_of(ids)
    oldest = _oldest_owed(ids, targets)
    rows = []
    for profile in profiles:
        owed = oldest.get(profile.employee_id)
        since, talk_id, due = owed or (None, None, None)
        over = due is not None and due < at
        rows.append(
            AgentRow(
                employee=profile.employee,
                presence=Presence(profile.presence),
                presence_since=profile.presence_since,
                heartbeat_at=profile.heartbeat_at,
                load=loads.get(profile.employee_id, 0),
                max_chats=profile.max_chats,
                waiting_since=since,
                waiting_id=talk_id,
                over_target=over,
                colour=_colour(since, at, rule, over=over),
                figures=today.get(profile.employee_id, {}),
            )
        )
    return rows


def _oldest_owed(
    agent_ids: list[int], targets: ResponsePolicy
) -> dict[int, tuple[dt.datetime, int, dt.datetime | None]]:
    """Agent → since when the oldest unanswered turn is theirs, its conversation, when it is due."""
    place = Window(
        RowNumber(), partition_by=F("agent_id"), order_by=[F("agent_from").asc(), F("pk").asc()]
    )
    turns = (
        Turn.objects.filter(
            live=True, agent_id__in=agent_ids, agent_from__isnull=False, state=TurnState.OPEN
        )
        .annotate(place=place)
        .filter(place=1)
        .values(
            "agent_id",
            "conversation_id",
            oldest=F("agent_from"),
            due=F("conversation__due_at"),
            priority=F("conversation__priority"),
            kind=F("channel__kind"),
            own_target=F("channel__target_seconds"),
        )
    )
    found = {}
    for row in turns:
        since = _counted_since(row, targets)
        if since is not None and row["agent_id"] is not None:
            found[row["agent_id"]] = (since, row["conversation_id"], row["due"])
    return found


def _counted_since(row: Mapping[str, Any], targets: ResponsePolicy) -> dt.datetime | None:
    """
    Since when somebody waits as far as the channel was open: not before the target began (A25).

    ``row`` has oldest, due, priority, kind and own_target of a channel's waiting customers.
    """
    since: dt.datetime | None = row["oldest"]
    if since is None or row["due"] is None:
        return since
    seconds = targets.target_seconds(row["kind"], priority=row["priority"], own=row["own_target"])
    began: dt.datetime = row["due"] - dt.timedelta(seconds=seconds)
    return max(since, began)


def _queues(
    waiting: QuerySet[Conversation], *, at: dt.datetime, rule: ClockPolicy, targets: ResponsePolicy
) -> list[QueueRow]:
    rows = (
        waiting.filter(assignee__isnull=True)
        .order_by()
        .values(
            "group_id",
            "priority",
            name=F("group__name"),
            group_stage=F("group__stage"),
            kind=F("channel__kind"),
            own_target=F("channel__target_seconds"),
        )
        .annotate(
            waiting=Count("pk"),
            oldest=Min("waiting_since"),
            due=Min("due_at"),
            over=Count("pk", filter=Q(due_at__lt=at)),
        )
    )
    queues: dict[int | None, list[Mapping[str, Any]]] = {}
    for row in rows:
        queues.setdefault(row["group_id"], []).append(row)
    found = []
    for group_id, parts in queues.items():
        oldest = min(filter(None, (_counted_since(part, targets) for part in parts)), default=None)
        over = sum(part["over"] for part in parts)
        found.append(
            QueueRow(
                group_id=group_id,
                name=parts[0]["name"] or "",
                stage=parts[0]["group_stage"] or "",
                waiting=sum(part["waiting"] for part in parts),
                oldest_at=oldest,
                over_target=over,
                colour=_colour(oldest, at, rule, over=bool(over)),
            )
        )
    return sorted(found, key=lambda each: each.oldest_at or at)


def _waiting_row(conversation: Conversation, at: dt.datetime, rule: ClockPolicy) -> WaitingRow:
    over = 0 if conversation.due_at is None else int((at - conversation.due_at).total_seconds())
    return WaitingRow(conversation, _colour(conversation.waiting_since, at, rule), over)


def _colour(
    since: dt.datetime | None, at: dt.datetime, rule: ClockPolicy, *, over: bool = True
) -> ClockColour:
    """The clock's colour; a letter may wait days, so below the target it is amber at most (O4)."""
    if since is None:
        return ClockColour.CALM
    colour = clock_colour(max(0, int((at - since).total_seconds())), rule)
    return colour if over or colour is ClockColour.CALM else ClockColour.AMBER
