"""Descriptions of charts; the browser draws them, the page holds them as a table as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

Text = str | Promise
Number = int | float | Decimal | None


@dataclass(frozen=True)
class Series:
    """
    One line or row of bars; None is a gap.

    ``tone`` (done, wait, late, block, mute, accent) spends a state colour; ``marks`` paints single
    points by index; ``target`` draws a dashed line; ``second`` measures on the right-hand axis.
    """

    name: Text
    values: Sequence[Number]
    tone: str = ""
    unit: Text = ""
    type: str = ""
    dashed: bool = False
    area: bool = False
    second: bool = False
    target: Number = None
    marks: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """A chart of one kind: line, bar, stacked, across (bars lying down), heat or pie."""

    kind: str
    labels: Sequence[Text]
    series: Sequence[Series] = ()
    unit: Text = ""
    rows: Sequence[Text] = ()
    cells: Sequence[Sequence[Number]] = ()
    most: Number = None
    second_most: Number = None

    def spec(self) -> dict[str, Any]:
        """The description as the script reads it; amounts become plain numbers only here."""
        return {
            "kind": self.kind,
            "labels": [str(each) for each in self.labels],
            "unit": str(self.unit),
            "max": _plain(self.most),
            "second_max": _plain(self.second_most),
            "rows": [str(each) for each in self.rows],
            "cells": [[_plain(each) for each in row] for row in self.cells],
            "series": [
                {
                    "name": str(each.name),
                    "values": [_plain(value) for value in each.values],
                    "tone": each.tone,
                    "unit": str(each.unit or self.unit),
                    "type": each.type or None,
                    "dashed": each.dashed,
                    "area": each.area,
                    "second": each.second,
                    "target": _plain(each.target),
                    "marks": {str(index): tone for index, tone in each.marks.items()},
                }
                for each in self.series
            ],
        }

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """The same figures as heads and rows of a table."""
        if self.kind == "heat":
            heads = ["", *(str(each) for each in self.labels)]
            lines = zip(self.rows, self.cells, strict=True)
            return heads, [[str(name), *values] for name, values in lines]
        heads = ["", *(_head(each, self.unit) for each in self.series)]
        columns = [each.values for each in self.series]
        return heads, [
            [str(label), *(column[at] if at < len(column) else None for column in columns)]
            for at, label in enumerate(self.labels)
        ]


def _plain(value: Number) -> int | float | None:
    return float(value) if isinstance(value, Decimal) else value


def _head(series: Series, unit: Text) -> str:
    shown = series.unit or unit
    return f"{series.name} ({shown})" if shown else str(series.name)


def line(labels: Sequence[Text], *series: Series, unit: Text = "", most: Number = None) -> Chart:
    """A trend over time."""
    return Chart("line", labels, series, unit=unit, most=most)


def bar(labels: Sequence[Text], *series: Series, unit: Text = "", most: Number = None) -> Chart:
    """Amounts side by side."""
    return Chart("bar", labels, series, unit=unit, most=most)


def stacked(labels: Sequence[Text], *series: Series, unit: Text = "") -> Chart:
    """Parts of a whole over time; a series of type ``line`` lies over them."""
    return Chart("stacked", labels, series, unit=unit)


def across(labels: Sequence[Text], *series: Series, unit: Text = "") -> Chart:
    """Bars lying down, for long labels; the first stands on top."""
    return Chart("across", labels, series, unit=unit)


def pareto(labels: Sequence[Text], counts: Sequence[int], *, name: Text, share: Text) -> Chart:
    """Causes by size with their running share in per cent; the caller sorts, largest first."""
    whole = sum(counts) or 1
    running = [round(Decimal(sum(counts[: at + 1]) * 100) / whole, 1) for at in range(len(counts))]
    return Chart(
        "bar",
        labels,
        [
            Series(name, counts),
            Series(share, running, type="line", second=True, tone="mute", unit="%"),
        ],
        second_most=100,
    )


def heat(
    rows: Sequence[Text],
    labels: Sequence[Text],
    cells: Sequence[Sequence[Number]],
    *,
    unit: Text = "",
    most: Number = None,
) -> Chart:
    """A map of rows × labels (weekday × hour); None is an empty cell."""
    return Chart("heat", labels, unit=unit, rows=rows, cells=cells, most=most)


def pie(labels: Sequence[Text], values: Sequence[Number], *, name: Text, unit: Text = "") -> Chart:
    """Shares of a whole; at most six, the rest gathered by the caller."""
    return Chart("pie", labels, [Series(name, values)], unit=unit)
