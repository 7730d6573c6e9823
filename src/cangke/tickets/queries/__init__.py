"""What pages and other rooms read of the work items."""

from .badges import menu_badge
from .pledges import (
    broken_pledges,
    listed_pledges,
    overdue_pledges,
    pledges_of_conversation,
    pledges_of_customer,
    pledges_to_keep,
    review_of,
)
from .tickets import (
    OpenRecord,
    end_facts,
    is_answered,
    kept_of,
    known_of,
    listed_tickets,
    open_unfinished_orders,
    owner_in,
    tickets_of_conversation,
    tickets_of_customer,
    tickets_of_order,
    tickets_to_do,
)

__all__ = [
    "OpenRecord",
    "end_facts",
    "is_answered",
    "kept_of",
    "known_of",
    "listed_tickets",
    "open_unfinished_orders",
    "owner_in",
    "tickets_of_conversation",
    "tickets_of_customer",
    "tickets_of_order",
    "tickets_to_do",
    "broken_pledges",
    "listed_pledges",
    "menu_badge",
    "overdue_pledges",
    "pledges_of_conversation",
    "pledges_of_customer",
    "pledges_to_keep",
    "review_of",
]
