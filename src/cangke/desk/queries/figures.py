"""
The figures of the rules, summed up by the database: the same definitions, one query for many rows.

`rules.metrics.measure` says what a figure is; here it becomes conditions and sums, and a test holds
the two against each other. Sums are whole milliseconds, so nothing is lost in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Expression,
    F,
    Func,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from ..models import Turn
from ..rules.metrics import (
    Clock,
    DailyWindow,
    Figure,
    Measure,
    MetricDefinition,
    ReplyKind,
    Unanswered,
    Unit,
)
from ..rules.sums import NOTHING, Pair, Pairs
from ..rules.turns import TurnState
from .definitions import Span, spans

FIELDS = {
    (Clock.CUSTOMER, ReplyKind.ANY_HUMAN): "customer_ms",
    (Clock.CUSTOMER, ReplyKind.EFFECTIVE): "customer_effective_ms",
    (Clock.OPENING, ReplyKind.ANY_HUMAN): "open_ms",
    (Clock.OPENING, ReplyKind.EFFECTIVE): "open_effective_ms",
    (Clock.AGENT, ReplyKind.ANY_HUMAN): "agent_ms",
    (Clock.AGENT, ReplyKind.EFFECTIVE): "agent_effective_ms",
}


def figures(
    turns: QuerySet[Turn],
    keys: Sequence[str],
    *,
    first_date: dt.date,
    last_date: dt.date,
    by: Sequence[str] = (),
) -> dict[tuple[Any, ...], dict[str, Figure]]:
    """
    Return the figures over turns of these days, for each value of the ``by`` fields, in one query.

    Each day's turns are counted by the definition of that day; the figure names the last one.
    Without ``by`` there is one entry, under the empty tuple.

    :raises KeyError: for an unknown figure
    """
    stretches = spans(keys, first_date=first_date, last_date=last_date)
    return {
        values: {
            key: figure_of(stretches[-1].definitions[key], each.get(key, NOTHING)) for key in keys
        }
        for values, each in totals(turns, keys, stretches, by=by).items()
    }


def totals(
    turns: QuerySet[Turn], keys: Sequence[str], stretches: Sequence[Span], *, by: Sequence[str] = ()
) -> dict[tuple[Any, ...], Pairs]:
    """Return numerators and denominators of the figures as `figures` does, in whole numbers."""
    sums: dict[str, Any] = {}
    one_day = stretches[0].first_date == stretches[-1].last_date
    for n, span in enumerate(stretches):
        within = _within(span, stretches)
        for place, key in enumerate(keys):
            numerator, denominator = _sums(span.definitions[key], within, one_day=one_day)
            sums[f"n{place}_{n}"], sums[f"d{place}_{n}"] = numerator, denominator
    rows: list[dict[str, Any]] = (
        list(turns.order_by().values(*by).annotate(**sums)) if by else [turns.aggregate(**sums)]
    )
    return {
        tuple(row[name] for name in by): {
            key: (
                sum(row[f"n{place}_{n}"] or 0 for n in range(len(stretches))),
                sum(row[f"d{place}_{n}"] or 0 for n in range(len(stretches))),
            )
            for place, key in enumerate(keys)
        }
        for row in rows
    }


def figure_of(definition: MetricDefinition, pair: Pair) -> Figure:
    """Return the figure of a definition that counted these whole numbers."""
    top = Fraction(pair[0])
    if definition.measure is Measure.MEAN_SECONDS:
        top /= 1000
    return Figure(definition, top, 1 if definition.measure is Measure.COUNT else pair[1])


def figures_of(defined: Mapping[str, MetricDefinition], pairs: Pairs) -> dict[str, Figure]:
    """Return the figures of these definitions; what is not there has counted nothing."""
    return {key: figure_of(each, pairs.get(key, NOTHING)) for key, each in defined.items()}


def turns_behind(
    turns: QuerySet[Turn], key: str, *, first_date: dt.date, last_date: dt.date
) -> QuerySet[Turn]:
    """Return the turns of these days that a figure counts, for the page that opens it (P1)."""
    stretches = spans([key], first_date=first_date, last_date=last_date)
    counted = [_within(span, stretches) & _kept(span.definitions[key]) for span in stretches]
    return turns.filter(reduce(or_, counted))


def _within(span: Span, stretches: Sequence[Span]) -> Q:
    """The days of the span, where there are others."""
    if len(stretches) == 1:
        return Q()
    return Q(duty_date__gte=span.first_date, duty_date__lte=span.last_date)


def _sums(each: MetricDefinition, within: Q, *, one_day: bool) -> tuple[Expression, Expression]:
    """Return numerator and denominator as aggregates over the kept turns."""
    kept = within & _kept(each)
    people = _people(one_day=one_day) if each.unit is Unit.PERSON_DAY else None
    if each.measure is Measure.MEAN_SECONDS:
        return Sum(_waited(each), filter=kept), Count("pk", filter=kept)
    if each.measure is Measure.COUNT:
        return _count(kept, people), Count("pk", filter=kept)
    if each.measure is Measure.SHARE:
        return _count(kept & _in_time(each), people), _count(kept, people)
    raise ValueError(f"{each.key} is a ratio of messages")


def _count(condition: Q, people: Func | F | None) -> Expression:
    if people is None:
        return Count("pk", filter=condition)
    return Count(people, filter=condition, distinct=True)


def _people(*, one_day: bool) -> Func | F:
    """A customer on one day; neither is ever empty, so nothing stands in for it."""
    if one_day:
        return F("conversation__customer_id")
    return Func(
        Cast("conversation__customer_id", CharField()),
        Cast("duty_date", CharField()),
        template="(%(expressions)s)",
        arg_joiner=" || ' ' || ",
        output_field=CharField(),
    )


def _kept(each: MetricDefinition) -> Q:
    """The condition that a turn is counted; the same questions as ``rules.why_left_out``."""
    kept = Q(excluded_reason__in=["", *sorted(each.keep_excluded)]) & _right_state(each)
    if each.window is not None:
        kept &= _inside(each.window)
    if each.clock is Clock.AGENT:
        kept &= Q(agent_from__isnull=False)
    if each.reply is ReplyKind.EFFECTIVE:
        kept &= Q(continued=False)
    if each.unit is Unit.FIRST_OF_SEGMENT:
        kept &= Q(first_of_segment=True)
    if each.unit is Unit.FIRST_ROUND:
        kept &= Q(round_number=1) & ~Q(state=TurnState.TRANSFERRED_UNREPLIED)
    if each.measure is Measure.MEAN_SECONDS:
        kept &= _has_length(each)
    return kept


def _right_state(each: MetricDefinition) -> Q:
    if each.states is not None:
        return Q(state__in=sorted(each.states))
    left_out: Collection[str] = (
        [TurnState.ABANDONED]
        if each.unit is Unit.PERSON_DAY
        else [TurnState.ABANDONED, TurnState.OPEN]
    )
    return ~Q(state__in=left_out)


def _inside(window: DailyWindow) -> Q:
    start, end = window.start_minute, window.start_minute + window.length_minutes
    if end <= 1440:
        return Q(opened_minute__gte=start, opened_minute__lt=end)
    return Q(opened_minute__gte=start) | Q(opened_minute__lt=end - 1440)


def _measured(each: MetricDefinition) -> Q:
    """The condition that the wait has a length of its own."""
    named = Q(**{f"{FIELDS[each.clock, each.reply]}__isnull": False})
    return named & Q(state=TurnState.ANSWERED) if each.clock is Clock.AGENT else named


def _has_length(each: MetricDefinition) -> Q:
    if each.unanswered is Unanswered.LEFT_OUT:
        return _measured(each)
    ended = ~Q(state=TurnState.OPEN)
    if each.unanswered is Unanswered.ELAPSED:
        ended &= Q(agent_ms__isnull=False)
    return _measured(each) | ended


def _waited(each: MetricDefinition) -> Expression:
    """The wait in ms by the definition's clock, with its cap."""
    cap_ms = None if each.cap_seconds is None else each.cap_seconds * 1000
    cases = _capped(_measured(each), FIELDS[each.clock, each.reply], cap_ms)
    ended = ~Q(state=TurnState.OPEN)
    if each.unanswered is Unanswered.AT_CAP:
        cases.append(When(ended, then=Value(cap_ms)))
    elif each.unanswered is Unanswered.ELAPSED:
        cases += _capped(ended, "agent_ms", cap_ms)
    return Case(*cases, default=None, output_field=BigIntegerField())


def _capped(condition: Q, name: str, cap_ms: int | None) -> list[When]:
    """The field where the condition holds, cut at the cap."""
    cases = [When(condition, then=F(name))]
    if cap_ms is not None:
        cases.insert(0, When(condition & Q(**{f"{name}__gt": cap_ms}), then=Value(cap_ms)))
    return cases


def _in_time(each: MetricDefinition) -> Q:
    answered = Q(state=TurnState.ANSWERED) & _measured(each)
    if each.limit_seconds is None:
        return answered
    name = FIELDS[each.clock, each.reply]
    limit = each.limit_seconds * 1000
    if each.cap_seconds is not None and each.cap_seconds <= each.limit_seconds:
        return answered
    return answered & Q(**{f"{name}__lte": limit})


def by_agent(
    turns: QuerySet[Turn], keys: Sequence[str], *, first_date: dt.date, last_date: dt.date
) -> Mapping[int, dict[str, Figure]]:
    """Return employee id → figures credited to them over turns of these days."""
    found = figures(
        turns.filter(credited__isnull=False),
        keys,
        first_date=first_date,
        last_date=last_date,
        by=("credited_id",),
    )
    return {agent_id: each for (agent_id,), each in found.items()}
