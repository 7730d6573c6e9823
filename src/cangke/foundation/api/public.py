"""The front door of the interface for programs: what a room's ``rest.py`` uses."""

from .actions import enter, make_token, revoke_token
from .answers import MOST_KEY, PROBLEMS, Problem, caller, checked, page_of_rows
from .models import ApiToken

__all__ = [
    "MOST_KEY",
    "PROBLEMS",
    "ApiToken",
    "Problem",
    "caller",
    "checked",
    "enter",
    "make_token",
    "page_of_rows",
    "revoke_token",
]
