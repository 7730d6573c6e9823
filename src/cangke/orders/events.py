import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class OrderReceived:
    """An order was taken in, by page or API."""

    order_id: int
    at: dt.datetime


@dataclass(frozen=True)
class OrdersImported:
    """Orders were taken in from a file, a chunk at a time."""

    order_ids: tuple[int, ...]
    at: dt.datetime


@dataclass(frozen=True)
class OrderHeld:
    """An order may not go on; ``rule`` says which check keeps it back."""

    order_id: int
    hold_id: int
    rule: str


@dataclass(frozen=True)
class OrderReleased:
    """Nothing keeps the order back any more."""

    order_id: int
    at: dt.datetime


@dataclass(frozen=True)
class RemarkAdded:
    """A new version of the structured remark; ``late`` if the warehouse had begun."""

    order_id: int
    remark_id: int
    late: bool


@dataclass(frozen=True)
class OrderPromised:
    """A ship time was promised to the buyer."""

    order_id: int
    ship_at: dt.datetime


@dataclass(frozen=True)
class OrderStateChanged:
    """An order went from one state to another."""

    order_id: int
    from_state: str
    to_state: str
    at: dt.datetime


@dataclass(frozen=True)
class OrderShipped:
    """Goods of the order left: the whole of it, or the first part (``partial``)."""

    order_id: int
    shipped_at: dt.datetime
    partial: bool = False


@dataclass(frozen=True)
class WarehouseChased:
    """An agent asked the warehouse about an order."""

    order_id: int
    chase_id: int


@dataclass(frozen=True)
class WarehouseAnswered:
    """The warehouse answered an agent's question."""

    order_id: int
    chase_id: int
