"""Who decides about the files of a purpose. Filled at start by the rooms, then read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from .models import StoredFile

# (account or anonymous visitor, file, request) → whether the file may be handed out
Answer = Callable[[Any, StoredFile, HttpRequest], bool]


@dataclass(frozen=True)
class Purpose:
    code: str
    answer: Answer
    keep: bool


PURPOSES: dict[str, Purpose] = {}


def register_access(purpose: str, answer: Answer, *, keep: bool = False) -> None:
    """
    Let a room decide who gets the files of its purpose; without an answer nobody does.

    ``keep`` spares files from the clean-up of those that no row refers to.
    """
    PURPOSES[purpose] = Purpose(purpose, answer, keep)


def owner_only(account: Any, file: StoredFile, request: HttpRequest) -> bool:
    """The plainest answer: whoever uploaded it."""
    return bool(account.is_authenticated and file.owner_id == account.pk)
