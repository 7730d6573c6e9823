"""Figures in words and numbers, as boards, reports and explanations show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import gettext as _

from cangke.rulebook.public import policy

from ..rules.clocks import ClockPolicy
from ..rules.metrics import Figure, Measure, MetricDefinition, round_fraction


@dataclass(frozen=True)
class FigureText:
    """A figure ready to be shown: ``text`` with its ``unit``; a dash where nothing was counted."""

    key: str
    label: str
    text: str
    unit: str
    counted: int

    @property
    def is_empty(self) -> bool:
        return self.text == "—"


def figure_text(figure: Figure) -> FigureText:
    """The figure with its name and unit."""
    definition = figure.definition
    units = {Measure.SHARE: "%", Measure.MEAN_SECONDS: _("秒")}
    return FigureText(
        definition.key,
        figure_label(definition),
        figure_number(figure),
        units.get(definition.measure, ""),
        figure.denominator,
    )


def figure_number(figure: Figure) -> str:
    """Seconds are whole, shares percent with one digit, ratios two digits; rounded half up."""
    measure = figure.definition.measure
    if measure is Measure.SHARE:
        return share_text(figure.value)
    if measure is Measure.RATIO:
        ratio = figure.rounded(2)
        return "—" if ratio is None else f"{ratio:.2f}"
    whole = figure.rounded(0)
    return "—" if whole is None else str(whole)


def share_text(share: Fraction | None) -> str:
    """A share in percent with one digit, a dash where there is none: ``92.5``."""
    return "—" if share is None else f"{round_fraction(share * 100, 1):.1f}"


def percent_text(share: Fraction | None) -> str:
    """The same with its sign: ``92.5%``."""
    return share_text(share) + ("" if share is None else "%")


def figure_label(definition: MetricDefinition) -> str:
    """What people call the figure, with its limit in minutes where that is part of the name."""
    return _(definition.label) % {"minutes": _in_minutes(definition.limit_seconds or 0)}


@lru_cache(maxsize=64)
def _in_minutes(seconds: int) -> str:
    """The limits are few, and a board names each of its agents' figures."""
    return f"{round_fraction(Fraction(seconds, 60), 1).normalize():f}"


def window_words(figure: Figure) -> str:
    """The hours in which waits count, as "08:00–23:00"."""
    window = figure.definition.window
    if window is None:
        return _("全天")
    end = (window.start_minute + window.length_minutes) % 1440
    return "–".join(f"{at // 60:02d}:{at % 60:02d}" for at in (window.start_minute, end))


def waiting_thresholds(*, on: dt.date) -> str:
    """The waiting clock's amber, red and dark seconds, as the clock tag reads them."""
    clock = policy(ClockPolicy, on=on)
    return f"{clock.amber_seconds},{clock.red_seconds},{clock.dark_seconds}"
