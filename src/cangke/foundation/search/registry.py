"""What kinds of rows can be found. Declared in the ``finds.py`` of each room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

# (account, rows of the model) → title and subtitle of each row as the account may see them
Present = Callable[[Any, Sequence[Any]], Mapping[int, tuple[str, str]]]


@dataclass(frozen=True)
class Kind:
    """
    One kind of thing that can be found.

    ``model`` and ``action`` name the gate that decides which rows an account may find. ``present``
    spells them for that account where the kept title holds what some may not see. Without
    ``own_title`` the title is that of another row, as a message bears its conversation's: words of
    it are found with the text, not before it.
    """

    code: str
    label: Any
    model: type[Model]
    action: str
    icon: str
    order: int
    present: Present | None
    own_title: bool


KINDS: dict[str, Kind] = {}


def register_search(
    code: str,
    label: Any,
    *,
    model: type[Model],
    action: str = "view",
    icon: str = "search",
    order: int = 100,
    present: Present | None = None,
    own_title: bool = True,
) -> None:
    """Declare a kind; its rows are found only through the gate of ``model``."""
    KINDS[code] = Kind(code, label, model, action, icon, order, present, own_title)


def has_own_title(code: str) -> bool:
    """Whether words of the title are found before words of the text."""
    return code not in KINDS or KINDS[code].own_title
