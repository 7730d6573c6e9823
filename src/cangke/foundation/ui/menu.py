"""What stands in the rail, the slots and the palette; `cangke.menu` and `cangke.wiring` fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string

Text = str | Promise


@dataclass(frozen=True)
class Badge:
    """How much work waits behind a menu entry; ``late`` paints it red."""

    count: int
    late: bool = False


BadgeSource = Callable[[Any], "Badge | int | None"]


@dataclass(frozen=True)
class MenuItem:
    """
    One entry of the rail.

    ``area`` is the URL namespace for which it lights up (that of ``url_name`` by default) and by
    which a department switches it off. ``badge`` is a function of the account or its dotted path.
    ``permission`` may be one code, several (any of them opens it) or empty for everybody.
    """

    label: Text
    url_name: str
    icon: str
    permission: str | Sequence[str] = ""
    area: str = ""
    badge: str | BadgeSource | None = None
    foot: bool = False

    @property
    def namespace(self) -> str:
        return self.area or self.url_name.partition(":")[0]

    @property
    def permissions(self) -> Sequence[str]:
        return [self.permission] if isinstance(self.permission, str) else self.permission

    def count(self, account: Any) -> Badge | None:
        """Ask the badge of the account; None where there is nothing to show."""
        if self.badge is None:
            return None
        source = import_string(self.badge) if isinstance(self.badge, str) else self.badge
        found = source(account)
        if isinstance(found, int):
            found = Badge(found)
        return found if found and found.count else None


@dataclass(frozen=True)
class Panel:
    """A panel that a room lends to a slot: its URL name, its title and who may see it."""

    url_name: str
    label: Text = ""
    permission: str = ""
    icon: str = ""

    @property
    def area(self) -> str:
        """The area it belongs to, by which a department switches it off."""
        return self.url_name.partition(":")[0]


@dataclass(frozen=True)
class Entry:
    """A menu item resolved for one person and one page."""

    item: MenuItem
    url: str
    current: bool

    @property
    def label(self) -> Text:
        return self.item.label

    @property
    def icon(self) -> str:
        return self.item.icon

    @property
    def badge_key(self) -> str:
        return self.item.url_name if self.item.badge is not None else ""

    @property
    def foot(self) -> bool:
        return self.item.foot


def all_items() -> Iterable[MenuItem]:
    """Return the menu as the top of the house orders it."""
    items: Iterable[MenuItem] = import_string(settings.CANGKE_MENU)
    return items


def panels_of(slot: str) -> list[Panel]:
    """Return the panels that wiring lists under the slot, in order."""
    slots: Mapping[str, Sequence[str | Panel]] = import_string(settings.CANGKE_SLOTS)
    return [Panel(each) if isinstance(each, str) else each for each in slots.get(slot, ())]


def resolve(items: Iterable[MenuItem], *, namespace: str) -> list[Entry]:
    """Give each item its address and say which one the page belongs to."""
    return [
        Entry(item, reverse(item.url_name), current=bool(namespace) and item.namespace == namespace)
        for item in items
    ]
