"""Where the built styles and scripts are; their names carry a fingerprint."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

DIST = Path(__file__).resolve().parent / "static" / "ui" / "dist"


@lru_cache(maxsize=1)
def _kept() -> dict[str, str]:
    return _read()


def _read() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def manifest() -> dict[str, str]:
    """Return built name → file name; empty while the assets are not built."""
    return _read() if settings.DEBUG else _kept() or _read()


def is_built() -> bool:
    """Whether `npm run build` has run."""
    return bool(manifest())


def asset_url(name: str) -> str:
    """Return the address of a built file, such as ``main.css``."""
    return _address(manifest().get(name, name), settings.STATIC_URL)


@lru_cache(maxsize=64)
def _address(built: str, static_url: str) -> str:  # noqa: ARG001  # the setting is part of the key
    return static(f"ui/dist/{built}")
