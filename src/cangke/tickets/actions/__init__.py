"""What people and the house do with work items."""

from .kinds import KindRefused, ensure_kinds, read_kind_text, save_kind, save_macro
from .pledge_keeping import PledgeIncomplete, PledgeOver, PledgeWarned
from .pledge_time import (
    keep_pledge_by_call,
    keep_pledges_by_shipment,
    move_customer,
    pass_on_pledges,
    sweep_pledges,
)
from .pledges import (
    amend_pledge,
    approve_pledge,
    decline_pledge,
    give_pledge,
    keep_pledge,
    make_pledge,
    waive_pledge,
)
from .shipped import ensure
from .ticket_keeping import NotYetDone, TicketIncomplete, TicketOver
from .ticket_parts import add_task, apply_macro, merge_tickets, split_ticket, tick_task
from .ticket_talk import (
    attach_answer,
    comment_on_ticket,
    hear_customer,
    reply_on_ticket,
    watch_ticket,
)
from .ticket_time import sweep_tickets
from .tickets import (
    edit_ticket,
    give_ticket,
    give_tickets,
    move_ticket,
    open_ticket,
    pass_on_tickets,
    set_due,
    set_ticket_priority,
    void_ticket,
)

__all__ = [
    "KindRefused",
    "NotYetDone",
    "PledgeIncomplete",
    "PledgeOver",
    "PledgeWarned",
    "TicketIncomplete",
    "TicketOver",
    "add_task",
    "amend_pledge",
    "apply_macro",
    "approve_pledge",
    "attach_answer",
    "comment_on_ticket",
    "decline_pledge",
    "edit_ticket",
    "ensure",
    "ensure_kinds",
    "give_pledge",
    "give_ticket",
    "give_tickets",
    "hear_customer",
    "keep_pledge",
    "keep_pledge_by_call",
    "keep_pledges_by_shipment",
    "make_pledge",
    "merge_tickets",
    "move_customer",
    "move_ticket",
    "open_ticket",
    "pass_on_pledges",
    "pass_on_tickets",
    "read_kind_text",
    "reply_on_ticket",
    "save_kind",
    "save_macro",
    "set_due",
    "set_ticket_priority",
    "split_ticket",
    "sweep_pledges",
    "sweep_tickets",
    "tick_task",
    "void_ticket",
    "waive_pledge",
    "watch_ticket",
]
