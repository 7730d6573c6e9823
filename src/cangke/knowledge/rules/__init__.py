"""The rules of scripts and articles in plain Python."""

from .likeness import Words, most_alike, telling_lines
from .policies import ScriptPolicy
from .texts import (
    LONGEST,
    VARIABLES,
    Part,
    PartKind,
    Piece,
    ScriptContext,
    blanks_of,
    check_shortcut,
    check_text,
    cut,
    fill,
    spell_promise,
)
from .wording import BadText, Problem

__all__ = [
    "LONGEST",
    "VARIABLES",
    "BadText",
    "Part",
    "PartKind",
    "Piece",
    "Problem",
    "ScriptContext",
    "ScriptPolicy",
    "Words",
    "blanks_of",
    "check_shortcut",
    "check_text",
    "cut",
    "fill",
    "most_alike",
    "spell_promise",
    "telling_lines",
]
