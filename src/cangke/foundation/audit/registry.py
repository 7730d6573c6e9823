"""What people read instead of codes: names of acts, and the page of what an act was done to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model

LABELS: dict[str, Any] = {}
PAGES: dict[str, str] = {}


def name_acts(labels: Mapping[str, Any]) -> None:
    """Name acts for people, ``{"orders.shipped": _("发货")}``; called from ``permissions.py``."""
    LABELS.update(labels)


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
