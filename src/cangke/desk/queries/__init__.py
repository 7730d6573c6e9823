"""What the desk shows, in a fixed number of queries."""

from .agents import ahead_of, names_ahead
from .answering import answers_for, scripts_for, stage_words
from .choices import (
    calls_in_order,
    calls_owed,
    chosen_order,
    groups_to_choose,
    held_by,
    mentioned_in,
    orders_to_choose,
    people_to_choose,
    phone_channel,
    phone_greeting,
    promise_words,
    to_reassign,
)
from .later import mergeable, unsent_in
from .thread import first_response, recalled_in, thread_page, turns_of
from .workbench import (
    allowed_topics,
    bounded_count,
    inbox_parts,
    inbox_rows,
    is_offered,
    offered_to,
    open_conversation,
    own_presence,
    topics_for,
)

__all__ = [
    "mergeable",
    "unsent_in",
    "ahead_of",
    "answers_for",
    "allowed_topics",
    "bounded_count",
    "calls_in_order",
    "calls_owed",
    "chosen_order",
    "first_response",
    "groups_to_choose",
    "held_by",
    "inbox_parts",
    "inbox_rows",
    "is_offered",
    "mentioned_in",
    "names_ahead",
    "offered_to",
    "open_conversation",
    "orders_to_choose",
    "own_presence",
    "people_to_choose",
    "to_reassign",
    "phone_channel",
    "phone_greeting",
    "promise_words",
    "recalled_in",
    "scripts_for",
    "stage_words",
    "thread_page",
    "topics_for",
    "turns_of",
]
