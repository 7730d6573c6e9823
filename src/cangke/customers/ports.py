"""What upper rooms lend to a customer's file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TimelineRow:
    """One thing that happened with a customer, as it stands in the timeline (G3)."""

    at: dt.datetime
    kind: str
    title: str
    text: str = ""
    url: str = ""
    who: str = ""
    tone: str = ""


# (account, customer ids, since, until, limit) → rows in any order. A source shows only what the
# account may see, and asks the database a fixed number of times however many customers and rows.
TimelineQuery = Callable[
    [Any, Collection[int], dt.datetime, dt.datetime, int], Sequence[TimelineRow]
]


@dataclass(frozen=True)
class TimelineSource:
    kind: str
    label: Any
    query: TimelineQuery
    permission: str


TIMELINE: dict[str, TimelineSource] = {}


def register_timeline(kind: str, label: Any, query: TimelineQuery, *, permission: str) -> None:
    """Lend a kind of rows to the timeline; shown to people who hold the permission."""
    TIMELINE[kind] = TimelineSource(kind, label, query, permission)
