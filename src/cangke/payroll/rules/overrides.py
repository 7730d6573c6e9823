"""
The keys of the published list of constants, as the values a trial may bring.

Outsiders write ``absence.1_day`` or ``insurance.split``; parameters have names of their own. Values
are turned into the stored form where that is beyond doubt, and left for the rulebook to refuse
otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

ALIASES = {
    "absence.1_day": "absence.one_day",
    "absence.2_days": "absence.two_days",
    "absence.3_days": "absence.three_days",
}
# They are rules of other rooms, or of what people may do: a month's money does not ask them.
SILENT = frozenset(
    {
        "attendance.authority",
        "greeting.phone",
        "kpi.csat",
        "kpi.in_out_efficiency",
        "kpi.resolution_efficiency",
        "kpi.teamwork",
        "leave.notice_days",
        "pay.joiner_share",
        "redpacket.sender_can_draw",
        "refund.discount_cap",
        "remark.format",
        "rest.notice_days",
        "routing.split_status",
        "salary.range",
        "shift.leaders_per_shift",
        "work.weekly_hours",
    }
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"(\d{2}:\d{2})\s*[-–—]\s*(\d{2}:\d{2}).*")
_SHARES = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%?\s*/\s*(\d{1,3}(?:\.\d+)?)\s*%?")
_WHOLE = re.compile(r"-?\d{1,9}")
Values = dict[str, Any]


def _shift(name: str) -> Callable[[Any], Values]:
    def read(value: Any) -> Values:
        if isinstance(value, Mapping):
            return {f"shift.{name}_{side}": value.get(side) for side in ("start", "end")}
        found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            return {f"shift.{name}_start": value}
        return {f"shift.{name}_start": found[1], f"shift.{name}_end": found[2]}

    return read


def _tier(name: str) -> Callable[[Any], Values]:
    def read(value: Any) -> Values:
        if not isinstance(value, Mapping):
            return {f"late.{name}": value}
        names = {
            "to": f"late.{name}_to",
            "parts": f"late.{name}_parts",
            "packet": f"late.{name}",
            "amount": f"late.{name}",
            "absence_days": f"late.{name}",
        }
        return {names.get(key, f"late.{name}.{key}"): each for key, each in value.items()}

    return read


def _off_duty(value: Any) -> Values:
    if not isinstance(value, Mapping):
        return {"missed_punch.off_duty_packet": value}
    names = {"packet": "off_duty_packet", "amount": "off_duty_packet", "parts": "off_duty_parts"}
    return {f"missed_punch.{names.get(key, key)}": each for key, each in value.items()}


def _split(value: Any) -> Values:
    if isinstance(value, Mapping):
        value = value.get("company", value.get("company_percent"))
    found = _SHARES.fullmatch(value.strip()) if isinstance(value, str) else None
    return {"insurance.company_percent": found[1] if found else value}


def _publication(value: Any) -> Values:
    words = value.lower().split() if isinstance(value, str) else []
    if not words or words[0] not in WEEKDAYS:
        return {"attendance.publish_weekday": value}
    day: Values = {"attendance.publish_weekday": WEEKDAYS.index(words[0]) + 1}
    return day | ({"attendance.publish_time": words[1]} if len(words) > 1 else {})


SPECIAL: Mapping[str, Callable[[Any], Values]] = {
    "shift.day": _shift("day"),
    "shift.evening": _shift("evening"),
    "late.tier1": _tier("tier1"),
    "late.tier2": _tier("tier2"),
    "late.tier3": _tier("tier3"),
    "late.tier4": _tier("tier4"),
    "insurance.split": _split,
    "missed_punch.off_duty_packet": _off_duty,
    "attendance.publish_weekday": _publication,
}


def own_keys(given: Mapping[str, Any], kinds: Mapping[str, str]) -> Values:
    """
    Return the values under the rulebook's own keys.

    ``kinds`` says of each parameter what it holds ("int", "decimal" …): whole numbers may come in
    quotation marks, amounts without.
    """
    found: Values = {}
    for key, value in given.items():
        if key in SILENT:
            continue
        read = SPECIAL.get(key)
        found |= read(value) if read else {ALIASES.get(key, key): value}
    for key, value in found.items():
        if kinds.get(key) == "int" and isinstance(value, str) and _WHOLE.fullmatch(value):
            found[key] = int(value)
        elif kinds.get(key) == "bool" and value in ("on", "off"):
            found[key] = value == "on"
    return found
