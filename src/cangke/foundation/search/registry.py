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
    spells them for that account where the kept title holds what some may not see.
    """

    code: str
    label: Any
    model: type[Model]
    action: str
    icon: str
    order: int
    present: Present | None


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
) -> None:
    """Declare a kind; its rows are found only through the gate of ``model``."""
    KINDS[code] = Kind(code, label, model, action, icon, order, present)
