"""Every address of the house, read from the URLconf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# They guard themselves: login pages, language, REST. REST has its own tests.
OTHERS = ("allauth.", "django.", "ninja.")


@dataclass(frozen=True)
class Address:
    """One URL pattern: its full name, its route, its view and the names of its keys."""

    name: str
    route: str
    view: Callable[..., Any]
    keys: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Who may open it: a permission, ``signed_in``, ``open`` or nothing."""
        return str(getattr(self.view, "ck_access", ""))

    @property
    def own(self) -> bool:
        return not str(getattr(self.view, "__module__", "")).startswith(OTHERS)


def _walk(
    patterns: list[URLPattern | URLResolver], route: str, space: str, keys: tuple[str, ...]
) -> Iterator[Address]:
    for each in patterns:
        here = route + str(each.pattern)
        found = (*keys, *each.pattern.converters, *each.pattern.regex.groupindex)
        found = tuple(dict.fromkeys(found))
        if isinstance(each, URLResolver):
            inside = f"{space}{each.namespace}:" if each.namespace else space
            yield from _walk(each.url_patterns, here, inside, found)
        else:
            yield Address(f"{space}{each.name or ''}", here, each.callback, found)


def all_addresses() -> list[Address]:
    """Every address, third-party ones too, in the order of the URLconf."""
    return list(_walk(get_resolver().url_patterns, "/", "", ()))
