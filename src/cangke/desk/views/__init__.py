"""The desk's pages: the workbench, what is done in it, presence and calls."""

from .acts import (
    accept,
    assign,
    choose_order,
    claim,
    close,
    decline,
    major,
    priority,
    reopen,
    take_over,
    transfer,
)
from .calls import call_done, call_list, call_new
from .conduct import conduct_list, conduct_review
from .letters import letter_new, letter_posted, letter_print
from .panels import call_panel, my_panel
from .presence import heartbeat, leaving, presence, presence_panel
from .setup import (
    group_edit,
    group_list,
    handling_result_edit,
    handling_result_list,
    profile_edit,
    profile_list,
    question_type_edit,
    question_type_list,
)
from .thread import answers, draft, messages, recall, reply, resend, scripts, typing
from .visits import visit_detail, visit_list, visit_new, visit_sign_out, visit_talk
from .workbench import conversation, filter_form, head, inbox, turns, workbench

__all__ = [
    "answers",
    "accept",
    "assign",
    "call_done",
    "call_list",
    "call_new",
    "call_panel",
    "choose_order",
    "claim",
    "close",
    "conduct_list",
    "conduct_review",
    "conversation",
    "decline",
    "draft",
    "filter_form",
    "group_edit",
    "group_list",
    "handling_result_edit",
    "handling_result_list",
    "head",
    "heartbeat",
    "inbox",
    "leaving",
    "letter_new",
    "letter_posted",
    "letter_print",
    "major",
    "messages",
    "my_panel",
    "presence",
    "presence_panel",
    "priority",
    "profile_edit",
    "profile_list",
    "question_type_edit",
    "question_type_list",
    "recall",
    "reopen",
    "reply",
    "resend",
    "scripts",
    "take_over",
    "transfer",
    "turns",
    "visit_detail",
    "visit_list",
    "visit_new",
    "visit_sign_out",
    "visit_talk",
    "typing",
    "workbench",
]
