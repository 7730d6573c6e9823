"""What pages and other rooms read of the work items."""

from .pledges import (
    broken_pledges,
    listed_pledges,
    menu_badge,
    overdue_pledges,
    pledges_of_conversation,
    pledges_of_customer,
    pledges_to_keep,
    review_of,
)

__all__ = [
    "broken_pledges",
    "listed_pledges",
    "menu_badge",
    "overdue_pledges",
    "pledges_of_conversation",
    "pledges_of_customer",
    "pledges_to_keep",
    "review_of",
]
