"""What the wall screen shows, put together from the rooms below."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.desk import public as desk
from cangke.foundation.access.public import Account, scope
from cangke.foundation.calendar.public import day_bounds, site_day
from cangke.foundation.ui.public import Chart, Series, bar
from cangke.orders import public as orders
from cangke.people.public import Team, default_site

MOST = 6
HOUR = dt.timedelta(hours=1)


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
    """One agent's row in words: state, today's figures, and where a click leads."""

    row: desk.AgentRow
    key: str
    presence: str
    load: str
    most: str
    numbers: dict[str, str]
    waiting_url: str
    reassign_url: str


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
        agents=_lines(agents),
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


def _lines(agents: list[desk.AgentRow]) -> list[AgentLine]:
    """What is alike for all is looked up once: there may be hundreds, every few seconds."""
    names = dict(desk.presence_choices())
    conversation = reverse("desk:conversation", args=[0]).replace("0", "%d")
    reassign = f"{reverse('desk:reassign')}?agent=%d"
    return [
        AgentLine(
            row,
            key=str(row.employee.pk),
            presence=str(names[row.presence]),
            load=str(row.load),
            most=f"/{row.max_chats}",
            numbers={key: desk.figure_number(each) for key, each in row.figures.items()},
            waiting_url="" if row.waiting_id is None else conversation % row.waiting_id,
            reassign_url=reassign % row.employee.pk if row.load else "",
        )
        for row in agents
    ]


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
    # Bounds rather than the hour of each: SQLite would ask Python for it, row by row.
    begins = [start + n * HOUR for n in range(-((start - end) // HOUR))]
    counted = rows.aggregate(
        **{
            f"hour{n}": Count("pk", filter=Q(opened_at__gte=each, opened_at__lt=each + HOUR))
            for n, each in enumerate(begins)
        }
    )
    counts: Counter[int] = Counter()
    for n, each in enumerate(begins):
        counts[each.astimezone(ZoneInfo(zone)).hour] += counted[f"hour{n}"]
    hours = list(range(24))
    return bar([str(hour) for hour in hours], Series(_("咨询"), [counts[hour] for hour in hours]))
