"""What orders asks of the rooms above it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from cangke.foundation.ports import Port


class PickingStarted(Protocol):
    def __call__(self, *, order_ids: Collection[int]) -> Collection[int]:
        """Return those of the orders that the warehouse has begun to pick."""


def _none_started(*, order_ids: Collection[int]) -> Collection[int]:
    return ()


# Without a warehouse room nobody has begun before the goods are gone.
picking_started: Port[PickingStarted] = Port("orders.picking_started", _none_started)
