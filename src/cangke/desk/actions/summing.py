"""Keeping the sums of past days for the reports, and letting go of what is stale."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone

from cangke.foundation.calendar.public import site_day

from ..models import AgentProfile, Conversation, ReportSums, Segment, StaleDay, Turn
from ..queries import sums as queries
from ..queries.definitions import DAY
from ..queries.sums import HOUSE, KEYS, PARTS, Days
from ..rules.sums import Sums, kept, taken

DAYS_AT_ONCE = 5  # about a second; every other duty waits as long


def mark_stale(days: Iterable[dt.date], *moments: dt.datetime | None, at: dt.datetime) -> None:
    """
    Say that something of these days, or of the days of these moments, is being written.

    It stands in the transaction that writes. The last days are no one's sums yet: for them there
    is nothing to say. Which these are is the clock's to tell, however far back an act is dated.
    """
    recent = queries.settled(max(at, timezone.now()) + queries.LONGEST_CHANGE)
    past = {day for day in days if day <= recent}
    if any(day <= recent for day in queries.days_about(*moments)):
        zone = queries.report_zone()
        exact = {site_day(moment, zone) for moment in moments if moment is not None}
        past |= {day for day in exact if day <= recent}
    if past:
        StaleDay.objects.bulk_create([StaleDay(date=day) for day in sorted(past)])


@transaction.atomic
def count_conversation_again(*, conversation_id: int, at: dt.datetime) -> None:
    """A room above has changed what the conversation adds to reports (`ports.compensation`)."""
    talks = Conversation.objects.filter(pk=conversation_id)
    for moments in talks.values_list("opened_at", "closed_at"):
        mark_stale((), *moments, at=at)


def keep_sums(*, at: dt.datetime, most: int = DAYS_AT_ONCE) -> int:
    """Sum up past days that have no sums or stale ones, the latest first; return how many."""
    days = _past(at)
    if days is None:
        return 0
    zone = queries.report_zone()
    seen = defaultdict(list)
    for pk, date in StaleDay.objects.filter(date__lte=days[1]).values_list("pk", "date"):
        seen[date].append(pk)
    marks = {reach: queries.fingerprints(days, reach, zone=zone) for reach in _reaches()}
    # Nobody serves there any more: what is not kept up may not be read.
    ReportSums.objects.exclude(reach__in=marks).delete()
    wanted = {reach: _wanted(reach, days, marks[reach], seen) for reach in marks}
    chosen = sorted(set().union(*wanted.values()), reverse=True)[:most]
    for reach, mark in marks.items():
        for day in chosen:
            if day in wanted[reach]:
                _keep(reach, (day, day), mark[day], _count(reach, day, zone))
        _keep_months(reach, days, mark)
    _forget(pk for day in chosen for pk in seen.get(day, ()))
    return len(chosen)


def _wanted(
    reach: str, days: Days, marks: Mapping[dt.date, str], stale: Container[dt.date]
) -> set[dt.date]:
    """The days that have no sums, or stale ones, or such as go by another rule."""
    built = ReportSums.objects.filter(reach=reach, part="", first_date=F("last_date"))
    good = {
        day
        for day, mark in built.values_list("first_date", "fingerprint")
        if marks.get(day) == mark and day not in stale
    }
    return {day for day in queries.each_day(days) if day not in good}


def rebuild_sums() -> None:
    """Forget all sums: they are counted anew, the latest days first."""
    ReportSums.objects.all().delete()


def _past(at: dt.datetime) -> Days | None:
    """Return the days from the first of any talk to the last that is settled."""
    oldest = Conversation.objects.aggregate(at=Min("opened_at"))["at"]
    first_duty = Turn.objects.aggregate(day=Min("duty_date"))["day"]
    last = queries.settled(at)
    if oldest is None:
        return None
    first = min([*queries.days_about(oldest), first_duty or last])
    return (first, last) if first <= last else None


def _reaches() -> list[str]:
    served = AgentProfile.objects.order_by().values_list("employee__department_id", flat=True)
    return [HOUSE, *(f"department:{pk}" for pk in sorted(set(served)))]


def _count(reach: str, day: dt.date, zone: str) -> dict[str, Sums]:
    """Count one day of a reach: all of it, and each channel, shop and stage that has something."""
    turns, talks, ratings = queries.reached(reach)
    turns = queries.turns_in(turns, (day, day))
    span = queries.instants((day, day), zone)
    asked = queries.asked_in(ratings, span)
    opened, ended = queries.opened_in(talks, span), queries.ended_in(talks, span)
    if not any(rows.exists() for rows in (turns, opened, ended, asked)):
        return {"": Sums()}
    found: dict[str, Sums] = defaultdict(Sums)
    for name, (of_talk, of_turn) in {"": ("", ""), **PARTS}.items():
        for counted in (
            queries.count_turns(turns, KEYS, (day, day), by=of_turn),
            queries.count_talks(opened, ended, by=of_talk),
            queries.count_ratings(asked, by=of_talk),
        ):
            for value, sums in counted.items():
                if name == "" or value is not None:
                    found[f"{name}:{value}" if name else ""].add(sums)
    for place, case, name, number in queries.count_cases(ended, Segment.objects.all(), parts=PARTS):
        cut = [f"{part}:{value}" for part, value in place.items() if value is not None]
        for part in ("", *cut):
            found[part].spend(case, name, number)
    return {"": Sums(), **found}


@transaction.atomic
def _keep(reach: str, days: Days, mark: str, parts: dict[str, Sums]) -> None:
    """Put the sums of the days in the place of those before; a month of other days is no more."""
    ReportSums.objects.filter(reach=reach, first_date__lte=days[0], last_date__gte=days[1]).delete()
    _write(reach, days, mark, parts)


def _write(reach: str, days: Days, mark: str, parts: Mapping[str, Sums]) -> None:
    ReportSums.objects.bulk_create(
        [
            ReportSums(
                reach=reach,
                part=part,
                first_date=days[0],
                last_date=days[1],
                fingerprint=mark,
                sums=kept(sums, KEYS),
                cases=sums.cases,
            )
            for part, sums in parts.items()
        ]
    )


def _keep_months(reach: str, days: Days, marks: Mapping[dt.date, str]) -> None:
    """Add up the months whose days are all kept by one rule."""
    there = dict[dt.date, str]()
    months: set[dt.date] = set()
    known = ReportSums.objects.filter(reach=reach, part="")
    for first, last, mark in known.values_list("first_date", "last_date", "fingerprint"):
        if first == last:
            there[first] = mark
        else:
            months.add(first)
    for month in _months(days):
        used = {there.get(day) for day in queries.each_day(month)}
        if month[0] not in months and used == {marks[month[0]]}:
            _keep_month(reach, month, marks[month[0]])


def _months(days: Days) -> Iterable[Days]:
    """The months that lie within the days as a whole."""
    first = days[0].replace(day=1)
    while first <= days[1]:
        following = (first + 31 * DAY).replace(day=1)
        if first >= days[0] and following - DAY <= days[1]:
            yield first, following - DAY
        first = following


@transaction.atomic
def _keep_month(reach: str, month: Days, mark: str) -> None:
    parts: dict[str, Sums] = defaultdict(Sums)
    rows = ReportSums.objects.filter(
        reach=reach, first_date__gte=month[0], last_date__lte=month[1], fingerprint=mark
    )
    for part, data, cases in rows.values_list("part", "sums", "cases").iterator():
        parts[part].add(replace(taken(data, KEYS), cases=cases))
    _write(reach, month, mark, parts)


@transaction.atomic
def _forget(marks: Iterable[int]) -> None:
    ids = list(marks)
    for start in range(0, len(ids), 500):
        StaleDay.objects.filter(pk__in=ids[start : start + 500]).delete()
