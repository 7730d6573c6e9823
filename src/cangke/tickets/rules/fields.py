"""The fields of a kind of ticket: typed, as data; read, checked, and shown (A13, A14, A16)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from .wording import gettext_noop

KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
LONGEST = 4000
MOST_FIELDS = 30


class FieldType(StrEnum):
    """What a field holds; everything is stored as text."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


class Source(StrEnum):
    """Where a field may be filled from before somebody types."""

    NOWHERE = ""
    NICK = "customer.nick"
    ORDER_NO = "order.number"
    PLACED_ON = "order.placed_on"
    TRACKING = "order.tracking_no"


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a kind."""

    key: str
    label: str
    label_en: str = ""
    type: FieldType = FieldType.TEXT
    required: bool = False
    source: Source = Source.NOWHERE
    options: tuple[Option, ...] = ()

    def label_in(self, language: str) -> str:
        return self.label_en if language.startswith("en") and self.label_en else self.label


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not hold, and where: a place in a definition, or the key of a field."""

    place: str
    sentence: str


def read_fields(raw: object) -> tuple[tuple[FieldSpec, ...], tuple[Problem, ...]]:
    """Read the definition of a kind's fields; what does not hold is named with its place."""
    problems: list[Problem] = []
    specs: list[FieldSpec] = []
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        return (), (Problem("field", gettext_noop("要写成表格")),)
    if len(raw) > MOST_FIELDS:
        return (), (Problem("field", gettext_noop("最多 30 个字段")),)
    for number, each in enumerate(raw, start=1):
        place = f"field {number}"
        spec = _read_one(each, place, problems)
        if spec is None:
            continue
        if any(spec.key == other.key for other in specs):
            problems.append(Problem(place, gettext_noop("代码重复")))
            continue
        specs.append(spec)
    return tuple(specs), tuple(problems)


def _read_one(raw: object, place: str, problems: list[Problem]) -> FieldSpec | None:
    if not isinstance(raw, Mapping):
        problems.append(Problem(place, gettext_noop("要写成表格")))
        return None
    known = {"key", "label", "label_en", "type", "required", "source", "option"}
    if set(raw) - known:
        problems.append(Problem(place, gettext_noop("有不认识的项目")))
        return None
    key, label = str(raw.get("key", "")), str(raw.get("label", "")).strip()
    if not KEY.fullmatch(key):
        problems.append(
            Problem(place, gettext_noop("代码要以小写字母开头，只用小写字母、数字和下划线"))
        )
        return None
    if not label or len(label) > 60:
        problems.append(Problem(place, gettext_noop("要有名称，最多 60 个字")))
        return None
    try:
        kind = FieldType(str(raw.get("type", "text")))
        source = Source(str(raw.get("source", "")))
    except ValueError:
        problems.append(Problem(place, gettext_noop("类型或来源不认识")))
        return None
    options = _options(raw.get("option", []))
    if (kind == FieldType.CHOICE) != bool(options):
        problems.append(Problem(place, gettext_noop("只有选择题要有选项，而且至少一个")))
        return None
    return FieldSpec(
        key,
        label,
        str(raw.get("label_en", "")).strip()[:80],
        kind,
        raw.get("required") is True,
        source,
        options,
    )


def _options(raw: object) -> tuple[Option, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        return ()
    return tuple(
        Option(str(each["value"]), str(each["label"]), str(each.get("label_en", "")))
        for each in raw
        if isinstance(each, Mapping) and each.get("value") and each.get("label")
    )


def check_values(
    specs: Iterable[FieldSpec], given: Mapping[str, Any]
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """
    Return the values as they are stored, and what is missing or does not fit its type.

    Keys the kind does not know are dropped. Empty values are not stored.
    """
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for spec in specs:
        text = _text_of(given.get(spec.key))
        if not text:
            if spec.required:
                problems.append(Problem(spec.key, gettext_noop("请填写。")))
            continue
        clean = _clean(spec, text)
        if clean is None:
            problems.append(Problem(spec.key, gettext_noop("格式不对。")))
        else:
            values[spec.key] = clean
    return values, tuple(problems)


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).strip()


def _clean(spec: FieldSpec, text: str) -> str | None:
    if len(text) > (LONGEST if spec.type == FieldType.LONG else 300):
        return None
    match spec.type:
        case FieldType.NUMBER:
            return str(int(text)) if re.fullmatch(r"-?[0-9]{1,12}", text) else None
        case FieldType.AMOUNT:
            try:
                number = Decimal(text)
            except InvalidOperation:
                return None
            return str(number) if number.is_finite() and abs(number) < 10**12 else None
        case FieldType.DATE:
            try:
                return dt.date.fromisoformat(text).isoformat()
            except ValueError:
                return None
        case FieldType.CHOICE:
            return text if any(text == each.value for each in spec.options) else None
        case FieldType.YES_NO:
            return text if text in ("yes", "no") else None
    return text


def filled(specs: Iterable[FieldSpec], known: Mapping[Source, str]) -> dict[str, str]:
    """What the fields can be filled with from what is known of the conversation's order."""
    return {
        spec.key: known[spec.source] for spec in specs if spec.source and known.get(spec.source)
    }
