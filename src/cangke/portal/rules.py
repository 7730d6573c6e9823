"""Colours people can read, hours people can say: plain Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5  # contrast of text against its ground (WCAG AA)
HOUSE = "#2b56c6"


@dataclass(frozen=True)
class Accent:
    """A shop's colour as a ground, what is written on it, and the same under the pointer."""

    ground: str
    text: str
    pressed: str


def accent_of(colour: str) -> Accent:
    """Return the shop's colour, deepened until white or dark text on it can be read."""
    ground = colour.lower() if _COLOUR.fullmatch(colour) else HOUSE
    white, dark = contrast(ground, "#ffffff"), contrast(ground, "#19202d")
    if white < READABLE and dark < READABLE:
        while contrast(ground, "#ffffff") < READABLE:
            ground = _shade(ground, 0.94)
        white, dark = READABLE, 0.0
    text = "#ffffff" if white >= dark or white >= READABLE else "#19202d"
    return Accent(ground, text, _shade(ground, 0.88))


def contrast(one: str, other: str) -> float:
    """Return how far two colours stand apart, from 1 to 21 (WCAG 2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _shade(colour: str, factor: float) -> str:
    return "#" + "".join(f"{int(part * factor):02x}" for part in _parts(colour))


@dataclass(frozen=True)
class DaysOpen:
    """Weekdays in a row, Monday is 0, with the same hours; no hours: closed."""

    first: int
    last: int
    hours: str


def week_in_words(hours_by_weekday: Sequence[str]) -> list[DaysOpen]:
    """Return the seven days' hours with equal neighbours put together."""
    found: list[DaysOpen] = []
    for weekday, hours in enumerate(hours_by_weekday):
        if found and found[-1].hours == hours:
            found[-1] = DaysOpen(found[-1].first, weekday, hours)
        else:
            found.append(DaysOpen(weekday, weekday, hours))
    return found
