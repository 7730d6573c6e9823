"""How the numbers of documents are spelled, in plain Python."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

_SITE = re.compile(r"[A-Z0-9]{0,6}")


class Period(StrEnum):
    """When a series starts again at 1."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    NEVER = "never"


@dataclass(frozen=True)
class Series:
    """The numbers of one kind of document: ``SO20261123-0001``."""

    kind: str
    prefix: str
    period: Period = Period.DAY
    width: int = 4


# Prefixes are never reused: people read the kind of a document off its number.
SERIES: dict[str, Series] = {
    each.kind: each
    for each in (
        Series("order", "SO"),
        Series("conversation", "CV"),
        Series("ticket", "TK"),
        Series("promise", "PM"),
        Series("customer", "CU", Period.NEVER, 6),
        Series("inbound", "IN"),
        Series("outbound", "OB"),
        Series("parcel", "PK"),
        Series("wave", "WV"),
        Series("move", "MV"),
        Series("stocktake", "ST"),
        Series("aftersale", "AS"),
        Series("claim", "CL"),
        Series("complaint", "CP"),
        Series("liability", "LB"),
        Series("approval", "AP"),
        Series("regularization", "RG", Period.YEAR),
        Series("bill", "BL", Period.MONTH),
        Series("payrun", "PR", Period.YEAR),
        Series("employee", "E", Period.NEVER, 5),
    )
}


class UnknownSeries(LookupError):
    """No series of numbers is declared for that kind."""


def register_series(
    kind: str, *, prefix: str, period: Period = Period.DAY, width: int = 4
) -> Series:
    """
    Declare the numbers of a kind; declaring the same again is harmless.

    :raises ValueError: if the kind is declared otherwise, or the prefix belongs to another kind
    """
    series = Series(kind, prefix, period, width)
    known = SERIES.get(kind)
    if known is not None and known != series:
        raise ValueError(f"the numbers of {kind} are declared otherwise")
    if any(each.prefix == prefix and each.kind != kind for each in SERIES.values()):
        raise ValueError(f"the prefix {prefix} is taken")
    SERIES[kind] = series
    return series


def period_key(series: Series, day: dt.date) -> str:
    """Return the spelled period the day falls in: ``20261123``, ``202611``, ``2026`` or nothing."""
    if series.period == Period.DAY:
        return f"{day:%Y%m%d}"
    if series.period == Period.MONTH:
        return f"{day:%Y%m}"
    if series.period == Period.YEAR:
        return f"{day:%Y}"
    return ""


def spell(series: Series, site: str, key: str, value: int) -> str:
    """
    Return the number: prefix, site, period, and the count with at least ``width`` digits.

    :raises ValueError: if the site is no short code of capitals and digits
    """
    if not _SITE.fullmatch(site):
        raise ValueError("a site code has up to six capitals and digits")
    head = f"{series.prefix}{site}{key}"
    return f"{head}-{value:0{series.width}}" if key else f"{head}{value:0{series.width}}"
