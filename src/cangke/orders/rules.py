"""
How an order may go on: states, completeness, remark format, promised time, amounts.

Plain Python: facts in, decision and reasons out. Clauses: C2, C5, C10, C11, C15, AMB-23, AMB-24.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import ClassVar
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class OrderPolicy:
    """What the rulebook says about promised ship times and warehouse chases (C15, C16)."""

    PREFIX: ClassVar[str] = "orders"
    amber_minutes: int = 240
    chase_repeat_minutes: int = 10


@dataclass(frozen=True, slots=True)
class RemarkPolicy:
    """How empty parts and commas of a remark are written (AMB-24)."""

    PREFIX: ClassVar[str] = "remark"
    empty_word: str = "无"
    inner_comma: str = "、"


class State(StrEnum):
    """The explicit states of an order (C5)."""

    UNPAID = "unpaid"
    PAID = "paid"
    ON_HOLD = "on_hold"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    AFTER_SALES = "after_sales"


# State machine as data: from → to. Held orders go back to the state they came from.
NEXT: Mapping[State, frozenset[State]] = {
    State.UNPAID: frozenset({State.PAID, State.ON_HOLD, State.CANCELLED}),
    State.PAID: frozenset({State.TO_SHIP, State.ON_HOLD, State.CANCELLED}),
    State.ON_HOLD: frozenset({State.UNPAID, State.PAID, State.TO_SHIP, State.CANCELLED}),
    State.TO_SHIP: frozenset({State.SHIPPED, State.ON_HOLD, State.CANCELLED}),
    State.SHIPPED: frozenset({State.DELIVERED, State.AFTER_SALES}),
    State.DELIVERED: frozenset({State.AFTER_SALES}),
    State.CANCELLED: frozenset(),
    State.AFTER_SALES: frozenset({State.SHIPPED, State.DELIVERED}),
}

# Still in our house: these may be held, promised, chased and cancelled.
OPEN_STATES = (State.UNPAID, State.PAID, State.ON_HOLD, State.TO_SHIP)
# 已发货 and after: the side of the line that after-sales serves (B1).
SHIPPED_STATES = (State.SHIPPED, State.DELIVERED, State.AFTER_SALES)


def may_go(state: str, wanted: str) -> bool:
    """Whether an order may go from one state to the other."""
    return State(wanted) in NEXT[State(state)]


def is_after_sales(*, state: str, shipped_quantities: Iterable[int] = ()) -> bool:
    """
    Whether talk about the order belongs to after-sales (B1, AMB-23).

    An order that shows 已发货 does, and so does one of which any line has shipped.
    """
    return state in SHIPPED_STATES or any(quantity > 0 for quantity in shipped_quantities)


# --- completeness (C2)


@dataclass(frozen=True)
class LineFacts:
    """What a completeness check reads of one line."""

    sku: str
    quantity: int
    known: bool = True


@dataclass(frozen=True)
class OrderFacts:
    """What a completeness check reads of an order; texts as they were typed."""

    country: str = ""
    province: str = ""
    city: str = ""
    street: str = ""
    postcode: str = ""
    name: str = ""
    phone: str = ""
    service: str = ""
    lines: Sequence[LineFacts] = field(default_factory=tuple)


@dataclass(frozen=True)
class Finding:
    """One thing that keeps an order back: the rule, what is missing, what to ask the customer."""

    rule: str
    missing: tuple[str, ...]


# Number of digits a postcode has; countries not listed need any postcode of 3 signs or more.
POSTCODES: Mapping[str, re.Pattern[str]] = {
    "CN": re.compile(r"\d{6}"),
    "US": re.compile(r"\d{5}(-\d{4})?"),
    "DE": re.compile(r"\d{5}"),
    "FR": re.compile(r"\d{5}"),
    "ES": re.compile(r"\d{5}"),
    "IT": re.compile(r"\d{5}"),
    "JP": re.compile(r"\d{3}-?\d{4}"),
    "AU": re.compile(r"\d{4}"),
    "GB": re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"),
    "CA": re.compile(r"[A-Z]\d[A-Z] ?\d[A-Z]\d"),
}
ANY_POSTCODE = re.compile(r"[A-Z\d][A-Z\d -]{2,15}")
# Places that have no postcodes.
NO_POSTCODE = frozenset({"HK", "MO", "AE", "QA"})
# A house number: digits, or Chinese numerals before 号 and the like (文一西路 names only a road).
HAS_NUMBER = re.compile(r"\d|[〇一二三四五六七八九十百]+\s*[号號栋幢弄室座楼层院组]")
NEEDS_PROVINCE = frozenset({"CN", "US", "CA", "AU", "JP"})

CheckRule = str
# Check schemes as data: which rules look at an order of which origin. A file of invoices carries
# no delivery address, so its orders cannot be judged by one.
SCHEMES: Mapping[str, tuple[CheckRule, ...]] = {
    "full": ("name", "phone", "address", "postcode", "sku", "quantity", "service"),
    "invoice": ("sku", "quantity"),
}


def _check_name(facts: OrderFacts) -> tuple[str, ...]:
    return () if facts.name.strip() else ("name",)


def _check_phone(facts: OrderFacts) -> tuple[str, ...]:
    digits = sum(sign.isdigit() for sign in facts.phone)
    if facts.country == "CN":
        bare = re.sub(r"^(\+?86|0086)", "", re.sub(r"[\s-]", "", facts.phone))
        return () if re.fullmatch(r"1\d{10}|0\d{9,11}", bare) else ("phone",)
    return () if 6 <= digits <= 15 else ("phone",)


def _check_address(facts: OrderFacts) -> tuple[str, ...]:
    missing = []
    if not facts.country.strip():
        missing.append("country")
    if facts.country in NEEDS_PROVINCE and not facts.province.strip():
        missing.append("province")
    if not facts.city.strip():
        missing.append("city")
    if not facts.street.strip():
        missing.append("street")
    elif not HAS_NUMBER.search(facts.street):
        missing.append("house_number")
    return tuple(missing)


def _check_postcode(facts: OrderFacts) -> tuple[str, ...]:
    if facts.country in NO_POSTCODE:
        return ()
    wanted = POSTCODES.get(facts.country, ANY_POSTCODE)
    return () if wanted.fullmatch(facts.postcode.strip().upper()) else ("postcode",)


def _check_sku(facts: OrderFacts) -> tuple[str, ...]:
    if not facts.lines:
        return ("lines",)
    return tuple(line.sku or "?" for line in facts.lines if not line.sku.strip() or not line.known)


def _check_quantity(facts: OrderFacts) -> tuple[str, ...]:
    return tuple(line.sku for line in facts.lines if line.quantity < 1)


def _check_service(facts: OrderFacts) -> tuple[str, ...]:
    return () if facts.service.strip() else ("service",)


CHECKS = {
    "name": _check_name,
    "phone": _check_phone,
    "address": _check_address,
    "postcode": _check_postcode,
    "sku": _check_sku,
    "quantity": _check_quantity,
    "service": _check_service,
}


def find_incomplete(facts: OrderFacts, *, scheme: str = "full") -> tuple[Finding, ...]:
    """Return what keeps the order back, in the order of the scheme; nothing means complete (C2)."""
    found = []
    for rule in SCHEMES[scheme]:
        missing = CHECKS[rule](facts)
        if missing:
            found.append(Finding(rule, missing))
    return tuple(found)


# --- remark (C10, C11, AMB-24)

REMARK_SEPARATOR = ","
COMMAS = re.compile(r"\s*[,，]\s*")
BREAKS = re.compile(r"\s*[\r\n\t\v\f\u2028\u2029]+\s*")


def remark_part(text: str, *, policy: RemarkPolicy) -> str:
    """
    Return one part as it stands in the remark (AMB-24).

    Empty becomes ``无``; a comma inside, of either width, becomes ``、``; a remark is one line.
    """
    plain = BREAKS.sub(" ", text).strip(" ,，")
    return COMMAS.sub(policy.inner_comma, plain) if plain else policy.empty_word


def format_remark(
    *,
    logistics: str,
    gift: str,
    other: str,
    author: str,
    at: dt.datetime,
    zone: str,
    policy: RemarkPolicy,
) -> str:
    """
    Return ``物流方式,礼品,其他特殊要求,备注人,备注日期时间`` (C10, remark.format).

    The time is the site's own, to the minute, whatever zone ``at`` is in.

    :raises ValueError: if ``at`` is naive
    """
    if at.tzinfo is None:
        raise ValueError("the time of a remark is an aware instant")
    when = at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    parts = [remark_part(part, policy=policy) for part in (logistics, gift, other, author)]
    return REMARK_SEPARATOR.join([*parts, when])


def is_late_remark(*, state: str, picking_started: bool) -> bool:
    """Whether a remark comes after the warehouse began: it may have missed the goods (C11)."""
    return picking_started or state in SHIPPED_STATES


# --- promised ship time (C15)


class Colour(StrEnum):
    """How near an order is to its promised ship time."""

    NONE = ""
    CALM = "calm"
    AMBER = "amber"
    RED = "red"
    PAUSED = "paused"
    KEPT = "kept"
    MISSED = "missed"
    OFF = "off"


@dataclass(frozen=True)
class PromiseView:
    """The colour of a promise, and how many seconds are left (negative: late by so many)."""

    colour: Colour
    seconds_left: int = 0


def promise_view(
    *,
    state: str,
    promised_ship_at: dt.datetime | None,
    shipped_at: dt.datetime | None,
    at: dt.datetime,
    amber_minutes: int,
) -> PromiseView:
    """
    Return how the promise of an order stands at an instant (C15).

    Amber from ``amber_minutes`` before the promised time, that minute included; red after the
    promised time. A held order is paused until it is late. Once shipped it is kept or missed.
    """
    if promised_ship_at is None:
        return PromiseView(Colour.NONE)
    if state == State.CANCELLED:
        return PromiseView(Colour.OFF)
    if shipped_at is not None:
        left = int((promised_ship_at - shipped_at).total_seconds())
        return PromiseView(Colour.KEPT if left >= 0 else Colour.MISSED, left)
    left = int((promised_ship_at - at).total_seconds())
    if at > promised_ship_at:
        return PromiseView(Colour.RED, left)
    if state == State.ON_HOLD:
        return PromiseView(Colour.PAUSED, left)
    if promised_ship_at - at <= dt.timedelta(minutes=amber_minutes):
        return PromiseView(Colour.AMBER, left)
    return PromiseView(Colour.CALM, left)


# --- amounts

CENT = Decimal("0.01")


def line_amount(*, quantity: int, unit_price: Decimal) -> Decimal:
    """Return quantity × unit price, rounded half up to 0.01."""
    return (quantity * unit_price).quantize(CENT, rounding=ROUND_HALF_UP)


def goods_amount(lines: Iterable[tuple[int, Decimal]]) -> Decimal:
    """Return the sum of the lines' amounts, each rounded half up to 0.01."""
    return sum(
        (line_amount(quantity=quantity, unit_price=price) for quantity, price in lines),
        Decimal("0.00"),
    )


# --- shipping (C5, AMB-23)


def left_to_ship(*, ordered: Mapping[int, int], shipped: Mapping[int, int]) -> dict[int, int]:
    """Return line id → quantity still to ship, without the lines that are done."""
    return {
        line_id: quantity - shipped.get(line_id, 0)
        for line_id, quantity in ordered.items()
        if quantity > shipped.get(line_id, 0)
    }


def held_seconds(
    holds: Iterable[tuple[dt.datetime, dt.datetime | None]], *, at: dt.datetime
) -> int:
    """
    Return how long an order was on hold until ``at``: overlapping holds count once (C2, C27).

    ``holds`` are (opened, released or None) instants.
    """
    spans = sorted((opened, min(released or at, at)) for opened, released in holds)
    total = dt.timedelta()
    end: dt.datetime | None = None
    for opened, released in spans:
        start = opened if end is None else max(opened, end)
        if released > start:
            total += released - start
            end = released
    return int(total.total_seconds())
