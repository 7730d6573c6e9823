"""The desk's pages: the workbench, what is done in it, presence and calls."""

from .acts import (
    accept,
    assign,
    choose_order,
    claim,
    close,
    decline,
    reopen,
    take_over,
    transfer,
)
from .calls import call_done, call_list, call_new
from .presence import heartbeat, presence, presence_panel
from .thread import draft, messages, reply, resend, scripts, typing
from .workbench import conversation, filter_form, head, inbox, turns, workbench

__all__ = [
    "accept",
    "assign",
    "call_done",
    "call_list",
    "call_new",
    "choose_order",
    "claim",
    "close",
    "conversation",
    "decline",
    "draft",
    "filter_form",
    "head",
    "heartbeat",
    "inbox",
    "messages",
    "presence",
    "presence_panel",
    "reopen",
    "reply",
    "resend",
    "scripts",
    "take_over",
    "transfer",
    "turns",
    "typing",
    "workbench",
]
