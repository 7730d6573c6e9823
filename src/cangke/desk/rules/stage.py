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


class SplitStatus(StrEnum):
    """The order status at which after-sales begins."""

    SHIPPED = "shipped"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class LineFact:
    line_id: int
    shipped: bool  # any of its pieces


@dataclass(frozen=True, slots=True)
class OrderFact:
    order_id: int
    number: str
    placed_at: datetime
    lines: tuple[LineFact, ...] = ()
    shipped: bool = False  # the whole order shows 已发货 (or the split status chosen)

    @property
    def any_shipped(self) -> bool:
        return self.shipped or any(line.shipped for line in self.lines)

    @property
    def partly_shipped(self) -> bool:
        shipped = sum(line.shipped for line in self.lines)
        return not self.shipped and 0 < shipped < len(self.lines)


@dataclass(frozen=True, slots=True)
class StageDecision:
    stage: Stage
    order_id: int | None
    because: Because
    clause: str = "desk.line"


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
        return StageDecision(Stage.AFTERSALE, order.order_id, because)
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
            shipped = line.shipped or order.shipped
            stage = Stage.AFTERSALE if shipped else Stage.PRESALE
            code = "stage.line_shipped" if shipped else "stage.line_unshipped"
            because = Because.of(code, order=order.number)
            return StageDecision(stage, order.order_id, because)
    raise ValueError(f"line {line_id} is not in the customer's orders")
