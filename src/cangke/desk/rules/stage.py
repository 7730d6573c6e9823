"""
The line between pre-sales and after-sales is the order's 已发货 (clauses B1, B2, AMB-23).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .wording import Because


class Stage(StrEnum):
    PRESALE = "presale"
    AFTERSALE = "aftersale"


@dataclass(frozen=True, slots=True)
class LineFact:
    line_id: int
    shipped_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderFact:
    order_id: int
    number: str
    placed_at: datetime
    lines: tuple[LineFact, ...] = ()
    shipped_at: datetime | None = None  # the whole order's mark 已发货

    @property
    def any_shipped(self) -> bool:
        return self.shipped_at is not None or any(line.shipped_at for line in self.lines)

    @property
    def partly_shipped(self) -> bool:
        shipped = sum(line.shipped_at is not None for line in self.lines)
        return self.shipped_at is None and 0 < shipped < len(self.lines)


@dataclass(frozen=True, slots=True)
class StageDecision:
    stage: Stage
    order_id: int | None
    because: Because
    clause: str = "B1"


def decide_stage(
    orders: Sequence[OrderFact],
    *,
    chosen_order_id: int | None = None,
    chosen_line_id: int | None = None,
) -> StageDecision:
    """
    Return whether the matter is pre-sales or after-sales.

    The order or line chosen in the conversation decides; nothing chosen → the customer's latest
    order; any shipped line concerned → after-sales (AMB-23). No order → pre-sales.

    :raises ValueError: if the chosen order or line is not among the orders
    """
    if chosen_line_id is not None:
        return _stage_of_line(orders, chosen_line_id)
    order: OrderFact | None
    if chosen_order_id is not None:
        order, pick = _find(orders, chosen_order_id), "chosen"
    else:
        order, pick = max(orders, key=_recency, default=None), "latest"
    if order is None:
        return StageDecision(Stage.PRESALE, None, Because("stage.no_order"))
    if order.partly_shipped:
        because = Because.of(f"stage.{pick}_partly_shipped", order=order.number)
        return StageDecision(Stage.AFTERSALE, order.order_id, because, clause="AMB-23")
    if order.any_shipped:
        because = Because.of(f"stage.{pick}_shipped", order=order.number)
        return StageDecision(Stage.AFTERSALE, order.order_id, because)
    because = Because.of(f"stage.{pick}_unshipped", order=order.number)
    return StageDecision(Stage.PRESALE, order.order_id, because)


def _recency(order: OrderFact) -> tuple[datetime, int]:
    return (order.placed_at, order.order_id)


def _find(orders: Sequence[OrderFact], order_id: int) -> OrderFact:
    for order in orders:
        if order.order_id == order_id:
            return order
    raise ValueError(f"order {order_id} is not one of the customer's")


def _stage_of_line(orders: Sequence[OrderFact], line_id: int) -> StageDecision:
    for order in orders:
        for line in order.lines:
            if line.line_id != line_id:
                continue
            shipped = line.shipped_at is not None or order.shipped_at is not None
            stage = Stage.AFTERSALE if shipped else Stage.PRESALE
            code = "stage.line_shipped" if shipped else "stage.line_unshipped"
            because = Because.of(code, order=order.number)
            return StageDecision(stage, order.order_id, because, clause="AMB-23")
    raise ValueError(f"line {line_id} is not in the customer's orders")
