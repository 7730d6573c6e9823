"""The pages of orders."""

from .acts import (
    order_assign,
    order_cancel,
    order_chase,
    order_deliver,
    order_hold,
    order_pay,
    order_promise,
    order_release,
    order_remark,
    order_ship,
)
from .badges import late_orders
from .chases import chase_answer, chase_list
from .detail import order_detail, promise_why
from .intake import order_edit, order_new
from .lists import bulk_assign, bulk_chase, bulk_flag, order_list
from .panels import customer_panel, panel, panel_chase, panel_promise, panel_remark

__all__ = [
    "bulk_assign",
    "bulk_chase",
    "bulk_flag",
    "chase_answer",
    "chase_list",
    "customer_panel",
    "late_orders",
    "order_assign",
    "order_cancel",
    "order_chase",
    "order_deliver",
    "order_detail",
    "order_edit",
    "order_hold",
    "order_list",
    "order_new",
    "order_pay",
    "order_promise",
    "order_release",
    "order_remark",
    "order_ship",
    "panel",
    "panel_chase",
    "panel_promise",
    "panel_remark",
    "promise_why",
]
