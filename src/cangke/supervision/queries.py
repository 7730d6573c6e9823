"""What the wall screen shows, put together from the rooms below."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import ExtractHour
from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.desk import public as desk
from cangke.foundation.access.public import Account, scope
from cangke.foundation.calendar.public import day_bounds, site_day
from cangke.foundation.ui.public import Chart, Series, bar
from cangke.orders import public as orders
from cangke.people.public import Team, default_site

MOST = 6


@dataclass(frozen=True)
class Tile:
    """One large figure with its target and the page that opens it."""

    label: str
    text: str
    unit: str
    target: str
    tone: str
    url: str


@dataclass(frozen=True)
class AgentLine:
    """One agent's row with today's figures in words."""

    row: Any
    figures: dict[str, desk.FigureText]


@dataclass(frozen=True)
class Wall:
    """Everything on the screen at one moment."""

    tiles: list[Tile]
    agents: list[Any]
    queues: list[Any]
    waiting: list[Any]
    promises: list[orders.Order]
    promises_count: int
    chases: list[orders.WarehouseChase]
    chases_count: int
    hours: Chart
    at: dt.datetime
    zone: str


def teams() -> list[Team]:
    """The teams the board can be narrowed to."""
    return list(Team.objects.order_by("code"))


def wall(account: Account, *, at: dt.datetime, team_id: int | None) -> Wall:
    """Return the board as the account may see it, narrowed to a team's agents if one is chosen."""
    board = desk.board(account, at=at)
    agents = [row for row in board.agents if team_id is None or row.employee.team_id == team_id]
    offline = desk.Presence.OFFLINE
    agents.sort(
        key=lambda row: (
            row.waiting_since is None,
            row.waiting_since or at,
            row.presence == offline,
            -row.load,
        )
    )
    shown = [
        AgentLine(row, {k: desk.figure_text(v) for k, v in row.figures.items()}) for row in agents
    ]
    site = default_site()
    zone = site.zone if site else "UTC"
    promises = (
        scope(account, orders.Order, "view")
        .filter(
            promised_ship_at__lt=day_bounds(site_day(at, zone), zone)[1],
            shipped_at__isnull=True,
            state__in=["paid", "to_ship", "on_hold"],
        )
        .select_related("owner", "customer", "shop")
        .order_by("promised_ship_at", "pk")
    )
    chases = orders.open_chases(account)
    return Wall(
        tiles=_tiles(board, agents),
        agents=shown,
        queues=board.queues,
        waiting=board.waiting[:MOST],
        promises=list(promises[:MOST]),
        promises_count=min(promises.count(), 999),
        chases=list(chases[:MOST]),
        chases_count=min(chases.count(), 999),
        hours=_hours(account, at=at, zone=zone),
        at=at,
        zone=zone,
    )


def _tiles(board: desk.Board, agents: list[Any]) -> list[Tile]:
    present = [row for row in agents if row.presence != desk.Presence.OFFLINE]
    online = sum(row.presence == desk.Presence.ONLINE for row in agents)
    unreplied = bool(board.today["unreplied"].value)
    waits = "late" if board.over_target else ("wait" if board.waiting_count else "")
    return [
        _figure_tile(board, "first_response", _("只计人工回复")),
        _figure_tile(board, "rate_3_minutes", desk.window_words(board.today["rate_3_minutes"])),
        _figure_tile(board, "unreplied", _("目标 0"), tone="late" if unreplied else ""),
        _figure_tile(board, "served", _("开着 %(open)s") % {"open": board.open_count}),
        Tile(
            label=_("在等"),
            text=str(board.waiting_count),
            unit=_("位"),
            target=_("超时 %(over)s") % {"over": board.over_target},
            tone=waits,
            url=f"{reverse('desk:workbench')}?scope=team",
        ),
        Tile(
            label=_("在岗"),
            text=str(len(present)),
            unit=f"/ {len(agents)}",
            target=_("在线 %(online)s") % {"online": online},
            tone="",
            url=reverse("supervision:board"),
        ),
    ]


def _figure_tile(board: desk.Board, key: str, target: str, *, tone: str = "") -> Tile:
    shown = desk.figure_text(board.today[key])
    url = f"{reverse('reports:service-figure', args=[key])}?period=today"
    return Tile(shown.label, shown.text, shown.unit, target, tone, url)


def _hours(account: Account, *, at: dt.datetime, zone: str) -> Chart:
    """Conversations that began today, by hour of the default site."""
    start, end = day_bounds(site_day(at, zone), zone)
    rows = scope(account, desk.Conversation, "view").filter(opened_at__gte=start, opened_at__lt=end)
    counts = dict(
        rows.order_by()
        .annotate(hour=ExtractHour("opened_at", tzinfo=ZoneInfo(zone)))
        .values_list("hour")
        .annotate(Count("pk"))
    )
    hours = list(range(24))
    return bar(
        [str(hour) for hour in hours], Series(_("咨询"), [counts.get(hour, 0) for hour in hours])
    )
