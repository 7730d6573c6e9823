"""What the settings hub lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class SettingsPage:
    """One page of administration: its name, what it is for, and who may open it."""

    label: Text
    url_name: str
    icon: str
    text: Text = ""
    permission: str = ""


@dataclass(frozen=True)
class SettingsGroup:
    """Pages that belong together."""

    label: Text
    pages: Sequence[SettingsPage]
