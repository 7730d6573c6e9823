"""The kinds of notices. Declared by the rooms, in their ``permissions.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """
    One kind of notice: ``mail`` sends it by mail unless the person says otherwise, ``urgent`` does
    not wait for the end of quiet hours.
    """

    code: str
    label: Any
    mail: bool = False
    urgent: bool = False


KINDS: dict[str, Kind] = {}
OTHER = _("其他")


def notice_kind(code: str, label: Any, *, mail: bool = False, urgent: bool = False) -> str:
    """Declare a kind, so that people find it in their settings; return its code."""
    KINDS[code] = Kind(code, label, mail, urgent)
    return code


def kind_of(code: str) -> Kind:
    """The kind, or a plain one where no room has declared it."""
    return KINDS.get(code) or Kind(code, OTHER)
