from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cangke.desk.public import Channel
from cangke.foundation.calendar.public import site_zone, spell_spans
from cangke.orders.public import Order, PublicOrder, look_up_for_buyer

from .rules import week_in_words

_ORIGIN = re.compile(r"https?://(\*\.)?[a-zA-Z0-9.-]{1,253}(:[0-9]{1,5})?")


@dataclass(frozen=True)
class HoursLine:
    days: str
    hours: str


def title_of(channel: Channel) -> str:
    """Return under which name a shop talks to its customers."""
    return channel.shop.name if channel.shop is not None else channel.name


def colour_of(channel: Channel) -> str:
    return channel.shop.colour if channel.shop is not None else ""


def origins_of(channel: Channel) -> Sequence[str]:
    """Return the sites that may show the chat in a frame."""
    listed = channel.config.get("origins", [])
    return [each for each in listed if isinstance(each, str) and _ORIGIN.fullmatch(each)]


def hours_in_words(channel: Channel) -> list[HoursLine]:
    """Return when somebody is there, by the week, with the clock it is meant by (A25)."""
    if channel.opening is None:
        return []
    hours = channel.opening.opening_hours()
    names = [
        pgettext("weekday", "周一"),
        pgettext("weekday", "周二"),
        pgettext("weekday", "周三"),
        pgettext("weekday", "周四"),
        pgettext("weekday", "周五"),
        pgettext("weekday", "周六"),
        pgettext("weekday", "周日"),
    ]
    by_day = [
        spell_spans([each.span for each in hours.weekly if each.weekday == weekday])
        for weekday in range(7)
    ]
    lines = []
    for each in week_in_words(by_day):
        days = names[each.first]
        if each.last > each.first:
            days = _("%(first)s至%(last)s") % {"first": days, "last": names[each.last]}
        lines.append(HoursLine(days, each.hours.replace("-", "–") or _("休息")))
    return lines


def offset_in_words(zone: str, *, at: dt.datetime) -> str:
    """Return how far the zone's clock is from UTC at a moment: ``UTC+8``, ``UTC−3:30``."""
    offset = at.astimezone(site_zone(zone)).utcoffset() or dt.timedelta()
    hours, minutes = divmod(abs(offset) // dt.timedelta(minutes=1), 60)
    sign = "−" if offset < dt.timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def look_up(*, number: str, proof: str) -> PublicOrder | None:
    """
    Return the order somebody proves to be theirs (C7); two shops may use one number.

    An unknown number and a wrong proof are the same to whoever asks.
    """
    number = number.strip()
    shops = (
        Order.objects.filter(Q(external_no__iexact=number) | Q(number__iexact=number))
        .values_list("shop_id", flat=True)
        .distinct()[:10]
    )
    asked: list[int | None] = list(shops)
    for shop_id in asked or [None]:
        found = look_up_for_buyer(shop_id=shop_id, number=number, proof=proof)
        if found is not None:
            return found
    return None
