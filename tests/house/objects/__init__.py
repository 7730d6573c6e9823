"""
A foreign object for every address with a key: what `test_matrix` asks for in everybody's name.

One file a room, one line a URL name. A maker returns the keys of the address for an object that
belongs to somebody else: no role whose grants reach only its own account ("self") may find it.

    @foreign("orders:detail", "orders:edit")
    def _order() -> Keys:
        return {"pk": make_order().pk}

``common="why"`` marks what belongs to the whole company: whoever holds the permission may find it,
everybody else must not; with ``asks_more`` it may ask for another permission of the thing's own.
``public=True`` marks an address that carries its own secret and asks
nobody to sign in: there a made-up key must not be found.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from cangke.foundation.access.public import Account

Keys = Mapping[str, Any]
Make = Callable[[], Keys]


@dataclass(frozen=True)
class Foreign:
    """How to make the object, and whether it is everybody's or needs no login."""

    make: Make
    common: str = ""
    asks_more: bool = False
    public: bool = False


OBJECTS: dict[str, Foreign] = {}
PREPARED: list[Callable[[Account], object]] = []


def foreign(
    *url_names: str, common: str = "", asks_more: bool = False, public: bool = False
) -> Callable[[Make], Make]:
    """Register the maker for the URL names."""

    def keep(make: Make) -> Make:
        for name in url_names:
            if name in OBJECTS:
                raise ValueError(f"{name} is registered twice")
            OBJECTS[name] = Foreign(make, common, asks_more, public)
        return make

    return keep


def prepares(act: Callable[[Account], object]) -> Callable[[Account], object]:
    """Make the visitors whole: what an account must be before the room looks at its objects."""
    PREPARED.append(act)
    return act


def load() -> dict[str, Foreign]:
    """Read every room's file, once."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return OBJECTS
