"""The front door of search."""

from .actions import Entry, index, index_many, remove, remove_many, rows_for_postgres
from .models import SearchDoc
from .queries import Found, Hit, matching_ids, search
from .registry import KINDS, register_search
from .rules import bigrams, normalise, squeeze, tokens

__all__ = [
    "KINDS",
    "Entry",
    "Found",
    "Hit",
    "SearchDoc",
    "bigrams",
    "index",
    "index_many",
    "matching_ids",
    "normalise",
    "register_search",
    "remove",
    "remove_many",
    "rows_for_postgres",
    "search",
    "squeeze",
    "tokens",
]
