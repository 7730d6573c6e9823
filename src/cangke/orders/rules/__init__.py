"""
How an order may go on: states, completeness, remark format, promised time, amounts.

Plain Python: facts in, decision and reasons out. Clauses: C2, C5, C10, C11, C15, AMB-23, AMB-24.
"""

from .amounts import goods_amount, line_amount
from .completeness import CHECKS, SCHEMES, Finding, LineFacts, OrderFacts, find_incomplete
from .invoices import InvoiceLine, Why, is_cancellation, judge_invoice, judge_line
from .policies import OrderPolicy, RemarkPolicy
from .promises import Colour, PromiseView, promise_view
from .remarks import format_remark, is_late_remark, remark_part
from .states import (
    NEXT,
    OPEN_STATES,
    SHIPPED_STATES,
    State,
    held_seconds,
    is_after_sales,
    left_to_ship,
    may_go,
)

__all__ = [
    "CHECKS",
    "NEXT",
    "OPEN_STATES",
    "SCHEMES",
    "SHIPPED_STATES",
    "Colour",
    "Finding",
    "InvoiceLine",
    "LineFacts",
    "OrderFacts",
    "OrderPolicy",
    "PromiseView",
    "RemarkPolicy",
    "State",
    "Why",
    "find_incomplete",
    "format_remark",
    "goods_amount",
    "held_seconds",
    "is_after_sales",
    "is_cancellation",
    "is_late_remark",
    "judge_invoice",
    "judge_line",
    "left_to_ship",
    "line_amount",
    "may_go",
    "promise_view",
    "remark_part",
]
