"""What people read instead of codes: names of acts, and the page of what an act was done to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model


@dataclass(frozen=True)
class Fact:
    """How a fact of an entry that is no field of the model is called, and its value in words."""

    label: Any
    words: Callable[[str], str] = str


LABELS: dict[str, Any] = {}
FACTS: dict[str, Fact] = {}
PAGES: dict[str, str] = {}


def name_acts(labels: Mapping[str, Any]) -> None:
    """Name acts for people, ``{"orders.shipped": _("发货")}``; called from ``permissions.py``."""
    LABELS.update(labels)


def name_facts(room: str, facts: Mapping[str, Any]) -> None:
    """
    Name the facts a room writes beside fields: ``{"right": _("权限")}``.

    A pair ``(label, words)`` also says how a value is spelled: ``words("pre_sales")``.
    """
    for name, given in facts.items():
        known = Fact(*given) if isinstance(given, tuple) else Fact(given)
        FACTS[f"{room}.{name}"] = known


def fact_of(action: str, name: str) -> Fact:
    """How the fact of an act is called; unnamed ones show the name they were written under."""
    return FACTS.get(f"{action.partition('.')[0]}.{name}", Fact(name))


def page_of(model: type[Model], url_name: str) -> None:
    """Say which page shows a row of the model; it takes the row's key as ``pk``."""
    PAGES[model._meta.label] = url_name


def act_label(code: str) -> str:
    """The name of an act; where no room has named it, the room and its code."""
    if code in LABELS:
        return str(LABELS[code])
    room, _dot, act = code.partition(".")
    try:
        return f"{apps.get_app_config(room).verbose_name} · {act}"
    except LookupError:
        return code
