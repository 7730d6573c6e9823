"""
The rulebook in plain Python: clauses with typed parameters, versions, decisions. No Django.

Other rooms' ``rules`` may import from here; nothing in it knows a database or a clock.
"""

from .body import (
    Change,
    canonical,
    change_values,
    changed_clauses,
    diff,
    fingerprint,
    new_body,
    told_case,
    validate,
)
from .cases import (
    Evaluator,
    Outcome,
    accept_results,
    check_cases,
    parse_evaluator,
    run_cases,
    stored,
)
from .clauses import CHAPTER_TITLES, Catalogue, Chapter, Clause, parse_cases, parse_clauses
from .codes import Blocks, ReadingPolicy, keeps_offline
from .decision import Decision, Fact, Sentence
from .policies import PolicyMismatch, build, fields_of, parameter_key, prefix_of
from .text import UNITS, Piece, placeholders, read_text, shown_value
from .tomlfile import LIMIT_BYTES, read_toml, write_toml
from .values import (
    LONGEST_LIST,
    BadValue,
    Kind,
    Parameter,
    Problem,
    check,
    parse_parameter,
    read_typed,
)

__all__ = [
    "CHAPTER_TITLES",
    "LIMIT_BYTES",
    "LONGEST_LIST",
    "UNITS",
    "BadValue",
    "Blocks",
    "Catalogue",
    "Change",
    "Chapter",
    "Clause",
    "Decision",
    "Evaluator",
    "Fact",
    "Kind",
    "Outcome",
    "Parameter",
    "Piece",
    "PolicyMismatch",
    "Problem",
    "ReadingPolicy",
    "Sentence",
    "accept_results",
    "build",
    "canonical",
    "change_values",
    "changed_clauses",
    "check",
    "check_cases",
    "diff",
    "fields_of",
    "fingerprint",
    "keeps_offline",
    "new_body",
    "parameter_key",
    "parse_cases",
    "parse_clauses",
    "parse_evaluator",
    "parse_parameter",
    "placeholders",
    "prefix_of",
    "read_text",
    "read_toml",
    "read_typed",
    "run_cases",
    "shown_value",
    "stored",
    "told_case",
    "validate",
    "write_toml",
]
