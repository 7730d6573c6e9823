"""
What a stretch of days adds to a report: counted from turns and conversations, or kept from before.

Days that have been over for a while are kept as sums (`actions.summing`), so that a report over a
year reads days and not messages. What is younger, has been written to since, or goes by another
rule now, is counted; which days these are is decided once for a report.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum

from cangke.foundation.calendar.public import day_bounds
from cangke.people.public import default_site

from .. import ports
from ..models import (
    Conversation,
    QueueGroup,
    Rating,
    ReportSums,
    Segment,
    StaleDay,
    Turn,
    of_departments,
)
from ..rules.closing import ClosingReason
from ..rules.definitions import FIGURES
from ..rules.metrics import Unit
from ..rules.states import ConversationState
from ..rules.sums import CASES, HELD_US, RATED, Sums, case_key, taken
from .definitions import DAY, Span, spans
from .figures import totals

KEYS = tuple(each.key for each in FIGURES.values() if each.policy is not None)
# Another number where the way of counting changes: what was kept before counts no more.
VERSION = 3
# A day ends everywhere when it has ended twelve hours west of Greenwich; a change that has begun
# before that is written an hour later at most.
LAST_ZONE, LONGEST_CHANGE = dt.timedelta(hours=12), dt.timedelta(hours=1)
HOUSE = "house"
#: Parts a report may be cut by whose sums are kept: of a conversation or rating, and of a turn.
PARTS = {
    "channel": ("channel_id", "channel_id"),
    "shop": ("shop_id", "conversation__shop_id"),
    "stage": ("stage", "stage"),
}
OPENED = ("channel_id", "customer__client_id", "shop_id", "stage")
ENDED = ("question_type_id", "handling_result_id", "is_major")
CASE = ("question_type_id", "customer__client_id")
Days = tuple[dt.date, dt.date]
Moments = tuple[dt.datetime, dt.datetime]


def settled(at: dt.datetime) -> dt.date:
    """Return the last day that is over everywhere: its sums may be kept."""
    return (at.astimezone(dt.UTC) - LAST_ZONE).date() - DAY


def report_zone() -> str:
    """The zone by whose days a report counts conversations: the default site's."""
    site = default_site()
    return site.zone if site else "UTC"


def instants(days: Days, zone: str) -> Moments:
    """From when, and until (but not at) when the days last."""
    return day_bounds(days[0], zone)[0], day_bounds(days[1], zone)[1]


def each_day(days: Days) -> Iterator[dt.date]:
    return (days[0] + n * DAY for n in range((days[1] - days[0]).days + 1))


def stretches_of(days: Collection[dt.date]) -> list[Days]:
    """Return the days as runs without a gap."""
    runs: list[Days] = []
    for day in sorted(days):
        if runs and runs[-1][1] + DAY == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


# --- counting


def whole_house() -> tuple[QuerySet[Turn], QuerySet[Conversation]]:
    return Turn.objects.all(), Conversation.objects.exclude(close_reason=ClosingReason.IMPORTED)


def reached(reach: str) -> tuple[QuerySet[Turn], QuerySet[Conversation], QuerySet[Rating]]:
    """Return the turns, conversations and ratings of a reach that sums are kept of."""
    turns, talks = whole_house()
    ratings = Rating.objects.all()
    if reach == HOUSE:
        return turns, talks, ratings
    ids = [int(reach.partition(":")[2])]
    return (
        turns.filter(credited__department_id__in=ids),
        talks.filter(of_departments(ids)),
        ratings.filter(agent__department_id__in=ids),
    )


def count_turns(
    turns: QuerySet[Turn], keys: Sequence[str], days: Days, *, by: str = "", assists: bool = True
) -> dict[Any, Sums]:
    """
    Return figures and assists of the turns by a field's value, or under None, in three queries.

    What adds up is added up from the agents' and what is credited to nobody. Figures that count a
    customer once a day are counted again, day by day: one customer may have been several agents'.
    """
    stretches = spans(keys, first_date=days[0], last_date=days[1])
    once = [
        key
        for key in keys
        if any(span.definitions[key].unit is Unit.PERSON_DAY for span in stretches)
    ]
    fields = [by] if by else []
    found: dict[Any, Sums] = {}
    for (*value, agent_id), pairs in totals(
        turns, keys, stretches, by=[*fields, "credited_id"]
    ).items():
        sums = found.setdefault(value[0] if value else None, Sums())
        if agent_id is not None:
            sums.agents[agent_id] = pairs
        shared = {key: pair for key, pair in pairs.items() if key not in once}
        sums.add(Sums(whole=shared))
    if once:
        daily = totals(turns, once, stretches, by=[*fields, "duty_date"])
        for (*value, _date), pairs in daily.items():
            found.setdefault(value[0] if value else None, Sums()).add(Sums(whole=pairs))
    for row in _assists(turns, fields) if assists else ():
        sums = found.setdefault(row[by] if by else None, Sums())
        sums.count("assists", row["credited_id"], row["helped"])
    return found


def _assists(turns: QuerySet[Turn], fields: list[str]) -> Iterable[dict[str, Any]]:
    """Count by agent the waits of colleagues' customers they ended (B10)."""
    helped = turns.filter(agent__isnull=False, answered_by=F("credited")).exclude(
        agent=F("credited")
    )
    return helped.order_by().values(*fields, "credited_id").annotate(helped=Count("pk"))


def count_talks(
    opened: QuerySet[Conversation], ended: QuerySet[Conversation], *, by: str = ""
) -> dict[Any, Sums]:
    """Return what was opened and what was ended by a field's value, or under None, in two."""
    fields = [by] if by else []
    found: dict[Any, Sums] = {}
    volume = opened.order_by().values(*dict.fromkeys([*fields, *OPENED]))
    for row in volume.annotate(
        count=Count("pk"), asked=Sum("customer_messages"), answered=Sum("human_replies")
    ):
        sums = found.setdefault(row[by] if by else None, Sums())
        for name in OPENED:
            sums.count(name, row[name], row["count"])
        for name, source in (("opened", "count"), ("asked", "asked"), ("answered", "answered")):
            sums.count("talk", name, row[source] or 0)
    closed = ended.order_by().values(*fields, *ENDED).annotate(count=Count("pk"))
    for row in closed:
        sums = found.setdefault(row[by] if by else None, Sums())
        sums.count("talk", "ended", row["count"])
        sums.count("question_type_id", row["question_type_id"], row["count"])
        sums.count("handling_result_id", row["handling_result_id"], row["count"])
        if row["is_major"]:
            sums.count("major", row["question_type_id"], row["count"])
    return found


def count_ratings(ratings: QuerySet[Rating], *, by: str = "") -> dict[Any, Sums]:
    """Return what customers were asked and said, by agent and a field's value, in one query."""
    fields = [by] if by else []
    found: dict[Any, Sums] = {}
    rows = ratings.order_by().values(*fields, "agent_id")
    for row in rows.annotate(
        asked=Count("pk"),
        rated=Count("score"),
        satisfied=Count("pk", filter=Q(satisfied=True)),
    ):
        sums = found.setdefault(row[by] if by else None, Sums())
        for name in RATED:
            sums.count(name, row["agent_id"], row[name])
    return found


LENGTH = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
MICROSECOND = dt.timedelta(microseconds=1)
Cost = tuple[Mapping[str, Any], str, str, int]  # values of the parts, case, name, number


def count_cases(
    ended: QuerySet[Conversation], held: QuerySet[Segment], *, parts: Collection[str] = ()
) -> Iterator[Cost]:
    """
    Tell what the conversations that ended cost by case type and client, in three queries (A26).

    ``held`` are the stretches whose time counts. With ``parts`` each number is told by the values
    of these parts too.
    """
    cut = [PARTS[name][0] for name in parts]
    by = tuple(dict.fromkeys([*cut, *CASE]))
    rows = ended.order_by()
    numbers = rows.values_list(*by).annotate(count=Count("pk"))
    found = [(row[:-1], CASES, row[-1]) for row in numbers]
    stretches = held.filter(conversation__in=rows.values("pk"), ended_at__isnull=False)
    lengths = stretches.order_by().values_list(*(f"conversation__{name}" for name in by))
    for *values, length in lengths.annotate(length=Sum(LENGTH)):
        found.append((tuple(values), HELD_US, length // MICROSECOND))
    for values, paid in ports.compensation.ask(conversations=ended, by=by).items():
        found += [(values, currency, int(amount.scaleb(2))) for currency, amount in paid.items()]
    for values, name, number in found:
        told = dict(zip(by, values, strict=True))
        place = {part: told[field] for part, field in zip(parts, cut, strict=True)}
        yield place, case_key((told[CASE[0]], told[CASE[1]])), name, number


def opened_in(talks: QuerySet[Conversation], *spans_of: Moments) -> Any:
    return talks.filter(_any(Q(opened_at__gte=since, opened_at__lt=end) for since, end in spans_of))


def ended_in(talks: QuerySet[Conversation], *spans_of: Moments) -> Any:
    """What was closed in these stretches: what has an end, and was not merged into another."""
    # Asked for its state, SQLite would go through all that were ever closed.
    return talks.filter(
        _any(Q(closed_at__gte=since, closed_at__lt=end) for since, end in spans_of)
    ).exclude(state=ConversationState.MERGED)


def asked_in(ratings: QuerySet[Rating], *spans_of: Moments) -> QuerySet[Rating]:
    """What was asked in these stretches and not taken back."""
    return ratings.filter(
        _any(Q(asked_at__gte=since, asked_at__lt=end) for since, end in spans_of),
        withdrawn_at__isnull=True,
    )


def turns_in(turns: QuerySet[Turn], *runs: Days) -> QuerySet[Turn]:
    return turns.filter(_any(Q(duty_date__gte=first, duty_date__lte=last) for first, last in runs))


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


# --- what was kept


def kept_sums(
    reach: str, part: str, days: Days, keys: Sequence[str], *, zone: str
) -> tuple[Sums, set[dt.date]]:
    """Return what is kept of these days, and which days that is, in four queries."""
    return _kept(reach, part, days, zone, "sums", lambda data: taken(data, keys))


def kept_cases(reach: str, part: str, days: Days, *, zone: str) -> tuple[Sums, set[dt.date]]:
    """The same of what cases cost."""
    return _kept(reach, part, days, zone, "cases", lambda data: Sums(cases=data))


def _kept(
    reach: str, part: str, days: Days, zone: str, column: str, read: Callable[[Any], Sums]
) -> tuple[Sums, set[dt.date]]:
    marks = fingerprints(days, reach, zone=zone)
    stale = set(
        StaleDay.objects.filter(date__gte=days[0], date__lte=days[1]).values_list("date", flat=True)
    )
    known = ReportSums.objects.filter(reach=reach, first_date__gte=days[0], last_date__lte=days[1])
    covered: set[dt.date] = set()
    chosen: dict[int, Days] = {}
    built = known.filter(part="").values_list("pk", "first_date", "last_date", "fingerprint")
    for pk, first, last, mark in sorted(built, key=lambda row: row[1] - row[2]):
        within = set(each_day((first, last)))
        if within & (covered | stale) or any(marks[day] != mark for day in within):
            continue
        covered |= within
        chosen[pk] = (first, last)
    total = Sums()
    alone = [first for first, last in chosen.values() if first == last]
    months = [first for first, last in chosen.values() if first != last]
    rows = known.filter(part=part).filter(
        Q(first_date__in=alone, last_date=F("first_date"))
        | Q(first_date__in=months, last_date__gt=F("first_date"))
    )
    for data in rows.values_list(column, flat=True):
        total.add(read(data))
    if known.filter(pk__in=chosen).count() != len(chosen):
        # Summed up again in the meantime: what was read does not belong together.
        return Sums(), set()
    return total, covered


def fingerprints(days: Days, reach: str, *, zone: str) -> Mapping[dt.date, str]:
    """Return by day a mark of all that its sums depend on besides the talk."""
    base = [VERSION, zone, _groups(reach)]
    return {
        day: mark
        for span in spans(KEYS, first_date=days[0], last_date=days[1])
        for mark in [_mark(base, span)]
        for day in each_day((span.first_date, span.last_date))
    }


def _mark(base: Sequence[object], span: Span) -> str:
    counted = {
        key: asdict(replace(each, version=0)) for key, each in sorted(span.definitions.items())
    }
    text = json.dumps([base, counted], default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _groups(reach: str) -> list[Any]:
    """Which queue is whose, where that decides about the reach."""
    if reach == HOUSE:
        return []
    return [
        list(row)
        for row in QueueGroup.objects.order_by("pk").values_list("pk", "team__department_id")
    ]


# --- which days something touches


def days_about(*moments: dt.datetime | None) -> set[dt.date]:
    """Return the days that the moments may belong to, whatever the zone."""
    shifts = (dt.timedelta(hours=-12), dt.timedelta(0), dt.timedelta(hours=14))
    return {
        (moment.astimezone(dt.UTC) + shift).date()
        for moment in moments
        if moment is not None
        for shift in shifts
    }


def days_of_customers(customer_ids: Collection[int]) -> set[dt.date]:
    """Return the days on which the customers' talk counts anywhere."""
    return _days(
        Conversation.objects.filter(customer_id__in=customer_ids),
        Turn.objects.filter(conversation__customer_id__in=customer_ids),
    )


def days_of_agent(employee_id: int) -> set[dt.date]:
    """Return the days on which the agent's talk counts anywhere."""
    held = Segment.objects.filter(agent_id=employee_id).values("conversation_id")
    days = _days(
        Conversation.objects.filter(Q(pk__in=held) | Q(assignee_id=employee_id)),
        Turn.objects.filter(credited_id=employee_id),
    )
    asked = Rating.objects.filter(agent_id=employee_id)
    return days.union(
        *(days_about(at) for at in asked.order_by().values_list("asked_at", flat=True).iterator())
    )


def _days(talks: QuerySet[Conversation], turns: QuerySet[Turn]) -> set[dt.date]:
    days = set(turns.order_by().values_list("duty_date", flat=True).distinct())
    for moments in talks.order_by().values_list("opened_at", "closed_at").iterator():
        days |= days_about(*moments)
    return days
