"""The six abilities of everybody in customer service, and the figure they are drawn as (R6)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LEAST, MOST = 1, 5


class Ability(StrEnum):
    EXPRESSION = "expression"
    PRODUCT = "product"
    TOOLS = "tools"
    EMPATHY = "empathy"
    LISTENING = "listening"
    PROMISES = "promises"


@dataclass(frozen=True)
class Spoke:
    """One axis of the figure: where it ends, and where its name stands and how it is aligned."""

    ability: Ability
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True)
class Radar:
    """A figure of six axes around a middle: rings at each score, the shape of the ratings."""

    middle: float
    spokes: tuple[Spoke, ...]
    rings: tuple[str, ...]
    shape: str
    dots: tuple[tuple[float, float], ...]


def _place(index: int, distance: float, middle: float) -> tuple[float, float]:
    angle = math.tau * index / len(Ability) - math.pi / 2
    return (
        round(middle + distance * math.cos(angle), 1),
        round(middle + distance * math.sin(angle), 1),
    )


def _outline(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def draw_radar(scores: Mapping[str, int], *, radius: float = 90, margin: float = 50) -> Radar:
    """
    Place the scores (1–5, by ability) on six axes, the first one upright, going clockwise.

    An ability without a score lies in the middle and gets no dot.
    """
    middle = radius + margin
    step = radius / MOST
    spokes = []
    for index, ability in enumerate(Ability):
        x, y = _place(index, radius, middle)
        label_x, label_y = _place(index, radius + 14, middle)
        aside = abs(label_x - middle) < 1
        anchor = "middle" if aside else ("start" if label_x > middle else "end")
        spokes.append(Spoke(ability, x, y, label_x, round(label_y + 4, 1), anchor))
    places = [
        _place(index, step * scores.get(ability, 0), middle)
        for index, ability in enumerate(Ability)
    ]
    return Radar(
        middle=middle,
        spokes=tuple(spokes),
        rings=tuple(
            _outline([_place(index, step * ring, middle) for index in range(len(Ability))])
            for ring in range(LEAST, MOST + 1)
        ),
        shape=_outline(places) if scores else "",
        dots=tuple(
            place for ability, place in zip(Ability, places, strict=True) if ability in scores
        ),
    )
