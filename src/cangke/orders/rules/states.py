"""The states of an order and the steps between them (C5, B1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum


class State(StrEnum):
    """The explicit states of an order (C5)."""

    UNPAID = "unpaid"
    PAID = "paid"
    ON_HOLD = "on_hold"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    AFTER_SALES = "after_sales"


# State machine as data: from → to. Held orders go back to the state they came from.
NEXT: Mapping[State, frozenset[State]] = {
    State.UNPAID: frozenset({State.PAID, State.ON_HOLD, State.CANCELLED}),
    State.PAID: frozenset({State.TO_SHIP, State.ON_HOLD, State.CANCELLED}),
    State.ON_HOLD: frozenset({State.UNPAID, State.PAID, State.TO_SHIP, State.CANCELLED}),
    State.TO_SHIP: frozenset({State.SHIPPED, State.ON_HOLD, State.CANCELLED}),
    State.SHIPPED: frozenset({State.DELIVERED, State.AFTER_SALES}),
    State.DELIVERED: frozenset({State.AFTER_SALES}),
    State.CANCELLED: frozenset(),
    State.AFTER_SALES: frozenset({State.SHIPPED, State.DELIVERED}),
}

# Still in our house: these may be held, promised, chased and cancelled.
OPEN_STATES = (State.UNPAID, State.PAID, State.ON_HOLD, State.TO_SHIP)
# 已发货 and after: the side of the line that after-sales serves (B1).
SHIPPED_STATES = (State.SHIPPED, State.DELIVERED, State.AFTER_SALES)


def may_go(state: str, wanted: str) -> bool:
    """Whether an order may go from one state to the other."""
    return State(wanted) in NEXT[State(state)]


def is_after_sales(*, state: str, shipped_quantities: Iterable[int] = ()) -> bool:
    """
    Whether talk about the order belongs to after-sales (B1, AMB-23).

    An order that shows 已发货 does, and so does one of which any line has shipped.
    """
    return state in SHIPPED_STATES or any(quantity > 0 for quantity in shipped_quantities)


def left_to_ship(*, ordered: Mapping[int, int], shipped: Mapping[int, int]) -> dict[int, int]:
    """Return line id → quantity still to ship, without the lines that are done."""
    return {
        line_id: quantity - shipped.get(line_id, 0)
        for line_id, quantity in ordered.items()
        if quantity > shipped.get(line_id, 0)
    }


def held_seconds(
    holds: Iterable[tuple[dt.datetime, dt.datetime | None]], *, at: dt.datetime
) -> int:
    """
    Return how long an order was on hold until ``at``: overlapping holds count once (C2, C27).

    ``holds`` are (opened, released or None) instants.
    """
    spans = sorted((opened, min(released or at, at)) for opened, released in holds)
    total = dt.timedelta()
    end: dt.datetime | None = None
    for opened, released in spans:
        start = opened if end is None else max(opened, end)
        if released > start:
            total += released - start
            end = released
    return int(total.total_seconds())
