"""What may be done with an order."""

from .changes import assign_owner, edit_order, set_flag
from .chases import answer_chase, chase_warehouse
from .history import NotAllowedNow, StaleOrder
from .holds import hold_order, release_hold
from .importing import Imported, InvoiceDraft, import_invoices
from .intake import LineDraft, OrderDiffers, OrderDraft, Received, receive_order
from .merging import move_customer
from .promises import promise_ship
from .remarks import add_remark
from .shipping import mark_shipped
from .states import (
    cancel_order,
    confirm_delivery,
    end_after_sales,
    mark_paid,
    start_after_sales,
)

__all__ = [
    "Imported",
    "InvoiceDraft",
    "LineDraft",
    "NotAllowedNow",
    "OrderDiffers",
    "OrderDraft",
    "Received",
    "StaleOrder",
    "add_remark",
    "answer_chase",
    "assign_owner",
    "cancel_order",
    "chase_warehouse",
    "confirm_delivery",
    "edit_order",
    "end_after_sales",
    "hold_order",
    "import_invoices",
    "mark_paid",
    "mark_shipped",
    "move_customer",
    "promise_ship",
    "receive_order",
    "release_hold",
    "set_flag",
    "start_after_sales",
]
