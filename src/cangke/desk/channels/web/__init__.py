"""
The web chat's side of the desk.

Everything here takes the visitor's own key and shows only what was said to and fro under it; notes
and events are never among the rows asked for.
"""

from .reading import (
    VisitorFile,
    VisitorMessage,
    Welcome,
    chat_channel,
    conversation_of,
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
    write_as_visitor,
)

__all__ = [
    "LONGEST_TEXT",
    "AddressWanted",
    "Claims",
    "TooLong",
    "VisitorFile",
    "VisitorMessage",
    "Welcome",
    "chat_channel",
    "conversation_of",
    "is_open_channel",
    "note_seen",
    "note_typing",
    "visitor_messages",
    "welcome",
    "write_as_visitor",
]
