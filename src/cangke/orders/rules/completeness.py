"""What keeps an order back because it is not complete (C2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


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


CHECKS: Mapping[str, Callable[[OrderFacts], tuple[str, ...]]] = {
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
