"""Where the built files of the public pages are; their names carry a fingerprint."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

DIST = Path(__file__).resolve().parent / "static" / "portal" / "dist"


def _read() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


@lru_cache(maxsize=1)
def _kept() -> dict[str, str]:
    return _read()


def manifest() -> dict[str, str]:
    """Return built name → file name; empty while the files are not built."""
    return _read() if settings.DEBUG else _kept() or _read()


def asset_url(name: str) -> str:
    """Return the address of a built file, such as ``chat.css``."""
    return static(f"portal/dist/{manifest().get(name, name)}")


def asset_text(name: str) -> str:
    """Return a built file's text; empty while the files are not built."""
    try:
        return (DIST / manifest().get(name, name)).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
