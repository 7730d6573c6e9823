"""How near an order is to its promised ship time (C15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from .states import State


class Colour(StrEnum):
    """How near an order is to its promised ship time."""

    NONE = ""
    CALM = "calm"
    AMBER = "amber"
    RED = "red"
    PAUSED = "paused"
    KEPT = "kept"
    MISSED = "missed"
    OFF = "off"


@dataclass(frozen=True)
class PromiseView:
    """The colour of a promise, and how many seconds are left (negative: late by so many)."""

    colour: Colour
    seconds_left: int = 0

    @property
    def is_late(self) -> bool:
        """Whether the goods left, or will leave, after the promised time."""
        return self.colour in (Colour.RED, Colour.MISSED)

    @property
    def late_seconds(self) -> int:
        return max(0, -self.seconds_left)


def promise_view(
    *,
    state: str,
    promised_ship_at: dt.datetime | None,
    shipped_at: dt.datetime | None,
    at: dt.datetime,
    amber_minutes: int,
) -> PromiseView:
    """
    Return how the promise of an order stands at an instant (C15).

    Amber from ``amber_minutes`` before the promised time, that minute included; red after the
    promised time. A held order is paused until it is late. Once shipped it is kept or missed.
    """
    if promised_ship_at is None:
        return PromiseView(Colour.NONE)
    if state == State.CANCELLED:
        return PromiseView(Colour.OFF)
    if shipped_at is not None:
        left = int((promised_ship_at - shipped_at).total_seconds())
        return PromiseView(Colour.KEPT if left >= 0 else Colour.MISSED, left)
    left = int((promised_ship_at - at).total_seconds())
    if at > promised_ship_at:
        return PromiseView(Colour.RED, left)
    if state == State.ON_HOLD:
        return PromiseView(Colour.PAUSED, left)
    if promised_ship_at - at <= dt.timedelta(minutes=amber_minutes):
        return PromiseView(Colour.AMBER, left)
    return PromiseView(Colour.CALM, left)
