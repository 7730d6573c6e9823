"""Reading and writing tables: cells, encodings, headings. Plain Python."""

from .cells import (
    BadValue,
    Parser,
    amount,
    choice,
    day,
    email,
    local_moment,
    moment,
    on_clock,
    plain_cell,
    safe_cell,
    text,
    whole,
    yes_no,
)
from .detect import (
    DELIMITERS,
    ENCODINGS,
    Undecodable,
    find_delimiter,
    find_encoding,
    find_header,
)
from .headings import Heading, same_heading, suggest_mapping

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "BadValue",
    "Heading",
    "Parser",
    "Undecodable",
    "amount",
    "choice",
    "day",
    "email",
    "find_delimiter",
    "find_encoding",
    "find_header",
    "local_moment",
    "moment",
    "on_clock",
    "plain_cell",
    "safe_cell",
    "same_heading",
    "suggest_mapping",
    "text",
    "whole",
    "yes_no",
]
