"""The rules of scripts and articles in plain Python."""

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
    "blanks_of",
    "check_shortcut",
    "check_text",
    "cut",
    "fill",
    "spell_promise",
]
