"""What each figure counts on which days, as the rulebook of those days says (A5, S3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cangke.rulebook.public import ClauseInForce, clause_in_force, policy, version_in_force

from ..rules.definitions import FIGURES, define
from ..rules.metrics import MetricDefinition

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days, both included, through which the figures asked about count the same."""

    first_date: dt.date
    last_date: dt.date
    definitions: Mapping[str, MetricDefinition]


@dataclass(frozen=True)
class DefinitionText:
    """The clause that says what a figure counts on these days, both included."""

    first_date: dt.date
    last_date: dt.date
    clause: ClauseInForce


def definition_on(key: str, *, on: dt.date) -> MetricDefinition:
    """
    Return a figure's definition of the day; its version is the rulebook's.

    :raises KeyError: if there is no such figure
    """
    named = FIGURES[key]
    rule = None if named.policy is None else policy(named.policy, on=on)
    return define(named, rule, version=version_in_force(on=on).number)


def spans(keys: Sequence[str], *, first_date: dt.date, last_date: dt.date) -> list[Span]:
    """
    Cut the days where a definition of the figures changes; a new version alone cuts nothing.

    :raises KeyError: if there is no such figure
    """
    found: list[Span] = []
    start = first_date
    while start <= last_date:
        end = start
        number = version_in_force(on=start).number
        while end < last_date and version_in_force(on=end + DAY).number == number:
            end += DAY
        span = Span(start, end, {key: definition_on(key, on=start) for key in keys})
        if found and _alike(found[-1], span):
            span = replace(span, first_date=found.pop().first_date)
        found.append(span)
        start = end + DAY
    return found


def _alike(one: Span, other: Span) -> bool:
    return all(
        replace(each, version=0) == replace(other.definitions[key], version=0)
        for key, each in one.definitions.items()
    )


def rating_clause(*, on: dt.date) -> ClauseInForce:
    """Return the clause that says how a customer's rating is asked for and counted (G7.1)."""
    return clause_in_force("desk.rating", on=on)


def definition_texts(key: str, *, first_date: dt.date, last_date: dt.date) -> list[DefinitionText]:
    """
    Return clause and version behind a figure, the latest days first (S6).

    :raises KeyError: if there is no such figure
    """
    return [
        DefinitionText(
            span.first_date,
            span.last_date,
            clause_in_force(FIGURES[key].clause, on=span.last_date),
        )
        for span in reversed(spans([key], first_date=first_date, last_date=last_date))
    ]
