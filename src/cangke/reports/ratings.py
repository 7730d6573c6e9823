"""The two figures of what customers said (G7.1), with the pages that explain them."""

from __future__ import annotations

from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.desk import public as desk

FIGURES = ("satisfaction", "response")


def figure_label(key: str) -> str:
    return {"satisfaction": _("满意度"), "response": _("参评率")}[key]


def figure_share(counted: desk.RatingCount, key: str) -> Fraction | None:
    return {"satisfaction": counted.satisfaction, "response": counted.response}[key]


def figures(
    counted: desk.RatingCount, query: str, agent_id: int | None = None
) -> list[tuple[str, str, str]]:
    """Return name, text and explanation of both figures; no address where nothing was counted."""
    found = []
    for key in FIGURES:
        share = figure_share(counted, key)
        extra = f"&agent={agent_id}" if agent_id else ""
        url = f"{reverse('reports:ratings-why', args=[key])}?{query}{extra}"
        found.append((figure_label(key), desk.percent_text(share), "" if share is None else url))
    return found
