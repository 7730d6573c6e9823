from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.refusal import Refusal

from . import ports, rules
from .models import CalendarDay, CalendarYear, OpeningTable
from .rules import DayKind, OpeningHours


@transaction.atomic
def seed_calendar(*, region: str, years: Iterable[int], at: dt.datetime) -> list[int]:
    """
    Load the published holidays and make-up days of the years; return the years that were known.

    Days set by hand stay as they are; loading again only takes over what was published since.

    :raises Refusal: if no holidays are published for the region at all
    """
    known = []
    for year in sorted(set(years)):
        try:
            days = rules.published_days(region, year, language="zh_CN" if region == "CN" else None)
        except rules.UnknownRegion:
            raise Refusal(
                _("没有地区“%s”的节假日数据，请手工设置。") % region, field="region"
            ) from None
        if days is None:
            continue
        known.append(year)
        mine = CalendarDay.objects.filter(region=region, date__year=year)
        by_hand = set(mine.filter(by_hand=True).values_list("date", flat=True))
        mine.filter(by_hand=False).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(region=region, date=day, kind=kind, name=name[:120])
            for day, (kind, name) in days.items()
            if day not in by_hand
        )
        CalendarYear.objects.update_or_create(region=region, year=year, defaults={"seeded_at": at})
    return known


@transaction.atomic
def set_day(
    *, region: str, date: dt.date, kind: DayKind, by: Any, at: dt.datetime, name: str = ""
) -> CalendarDay:
    """Make a day a holiday or a working day, whatever was published."""
    before = CalendarDay.objects.select_for_update().filter(region=region, date=date).first()
    day, _made = CalendarDay.objects.update_or_create(
        region=region, date=date, defaults={"kind": kind, "name": name, "by_hand": True}
    )
    ports.recorded.ask(
        action="calendar.day_set",
        obj=day,
        by=by,
        at=at,
        changes={"date": date, "kind": [before.kind if before else None, str(kind)]},
    )
    return day


@transaction.atomic
def set_opening_hours(*, name: str, hours: OpeningHours, by: Any, at: dt.datetime) -> OpeningTable:
    """Save named opening hours, new or changed."""
    before = OpeningTable.objects.select_for_update().filter(name=name).first()
    table, _made = OpeningTable.objects.update_or_create(
        name=name, defaults={"hours": hours.as_data()}
    )
    ports.recorded.ask(
        action="calendar.hours_set",
        obj=table,
        by=by,
        at=at,
        changes={"hours": [before.hours if before else None, table.hours]},
    )
    return table
