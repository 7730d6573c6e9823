"""
The web chat's side of the desk.

Everything here takes the visitor's own key and shows only what was said to and fro under it; notes
and events are never among the rows asked for.
"""

from ...actions.rating import LONGEST_NOTE
from .reading import (
    Ending,
    VisitorFile,
    VisitorMessage,
    Welcome,
    chat_channel,
    ending_of,
    has_begun,
    is_open_channel,
    visitor_messages,
    welcome,
)
from .writing import (
    LONGEST_TEXT,
    AddressWanted,
    Claims,
    TooLong,
    note_seen,
    note_typing,
    rate_as_visitor,
    write_as_visitor,
)

__all__ = [
    "LONGEST_NOTE",
    "LONGEST_TEXT",
    "AddressWanted",
    "Claims",
    "Ending",
    "TooLong",
    "VisitorFile",
    "VisitorMessage",
    "Welcome",
    "chat_channel",
    "ending_of",
    "has_begun",
    "is_open_channel",
    "note_seen",
    "note_typing",
    "rate_as_visitor",
    "visitor_messages",
    "welcome",
    "write_as_visitor",
]
