"""Typed parameters: what a value may be, how it is stored, and why one is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cangke.foundation.tomltext import DECIMAL, unprintable

from .wording import BadValue, Problem

KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
COLUMN = re.compile(r"[a-z][a-z0-9_]*")
TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
LONGEST_TEXT = 2_000
LONGEST_CELL = 200
LONGEST_LIST = 200
LARGEST_INT = 10**12


class Kind(StrEnum):
    INT = "int"
    DECIMAL = "decimal"
    BOOL = "bool"
    TEXT = "text"
    CHOICE = "choice"
    TIME = "time"
    INTS = "ints"
    TEXTS = "texts"
    ROWS = "rows"


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Parameter:
    """
    One value of the rulebook that the system executes.

    ``default`` is in stored form: decimals and times are text, lists are lists, rows are lists of
    mappings. ``minimum`` and ``maximum`` are inclusive and hold for each number of a list.
    ``ascending`` names the column by which rows must strictly rise, or ``"value"`` for lists.
    """

    key: str
    kind: Kind
    default: Any
    label: str
    label_en: str
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    options: tuple[Option, ...] = ()
    columns: tuple[Parameter, ...] = ()
    longest: int = LONGEST_TEXT
    ascending: str = ""
    empty: bool = False
    row: str = ""
    row_en: str = ""
    words: tuple[str, str] = ("", "")
    words_en: tuple[str, str] = ("", "")
    names: str = ""  # what a text is the code of ("post"), so that people read its name

    def label_in(self, language: str) -> str:
        return self.label_en if language == "en" else self.label


def parse_parameter(key: str, spec: Mapping[str, Any]) -> Parameter:
    """
    Read one parameter of a ``clauses.toml``.

    :raises ValueError: if the specification is unknown, incomplete, or refuses its own default
    """
    given = dict(spec)
    try:
        kind = Kind(given.pop("type"))
        default = given.pop("default")
        label, label_en = given.pop("label"), given.pop("label_en")
    except KeyError as missing:
        raise ValueError(f"{key}: {missing} is missing") from None
    parameter = Parameter(
        key=key,
        kind=kind,
        default=default,
        label=label,
        label_en=label_en,
        unit=given.pop("unit", ""),
        minimum=_bound(given.pop("min", None)),
        maximum=_bound(given.pop("max", None)),
        options=tuple(
            Option(each["value"], each["label"], each["label_en"])
            for each in given.pop("options", ())
        ),
        columns=tuple(
            parse_parameter(
                each["name"],
                {"longest": LONGEST_CELL} | {k: v for k, v in each.items() if k != "name"},
            )
            for each in given.pop("columns", ())
        ),
        longest=given.pop("longest", LONGEST_TEXT),
        ascending=given.pop("ascending", ""),
        empty=given.pop("empty", False),
        row=given.pop("row", ""),
        row_en=given.pop("row_en", ""),
        words=_pair(given.pop("words", ("", ""))),
        words_en=_pair(given.pop("words_en", ("", ""))),
        names=given.pop("names", ""),
    )
    if given:
        raise ValueError(f"{key}: unknown {', '.join(sorted(given))}")
    if kind is Kind.CHOICE and not parameter.options:
        raise ValueError(f"{key}: a choice needs options")
    if parameter.names and kind is not Kind.TEXT:
        raise ValueError(f"{key}: only a text names something")
    if kind is Kind.ROWS and not parameter.columns:
        raise ValueError(f"{key}: rows need columns")
    try:
        check(parameter, default)
    except BadValue as refused:
        raise ValueError(f"{key}: default refused: {refused}") from None
    return parameter


def _bound(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _pair(value: Sequence[str]) -> tuple[str, str]:
    first, second = value
    return first, second


def check(parameter: Parameter, value: Any, place: str = "") -> Any:
    """
    Return the value in stored form, or say where and why it is refused.

    Nothing is guessed: a number in quotation marks is not an int, 1 is not yes.

    :raises BadValue: with place, reason and the facts of the reason
    """
    place = place or parameter.key
    match parameter.kind:
        case Kind.INT:
            return _int(parameter, value, place)
        case Kind.DECIMAL:
            return _decimal(parameter, value, place)
        case Kind.BOOL:
            if not isinstance(value, bool):
                raise BadValue(place, "value.not_bool")
            return value
        case Kind.TEXT:
            return _text(parameter, value, place)
        case Kind.CHOICE:
            return _option(parameter, value, place)
        case Kind.TIME:
            if not isinstance(value, str) or not TIME.fullmatch(value):
                raise BadValue(place, "value.not_time")
            return value
        case Kind.INTS:
            return _list(parameter, value, place, _int)
        case Kind.TEXTS:
            return _list(parameter, value, place, _option if parameter.options else _text)
        case Kind.ROWS:
            return _rows(parameter, value, place)


def _option(parameter: Parameter, value: Any, place: str) -> str:
    values = [option.value for option in parameter.options]
    if not isinstance(value, str) or value not in values:
        raise BadValue(place, "value.not_choice", options=" / ".join(values))
    return value


def _within(parameter: Parameter, number: Decimal, place: str) -> None:
    if parameter.minimum is not None and number < parameter.minimum:
        raise BadValue(place, "value.too_small", limit=parameter.minimum)
    if parameter.maximum is not None and number > parameter.maximum:
        raise BadValue(place, "value.too_large", limit=parameter.maximum)


def _int(parameter: Parameter, value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadValue(place, "value.not_int")
    if abs(value) > LARGEST_INT:
        raise BadValue(place, "value.too_large", limit=LARGEST_INT)
    _within(parameter, Decimal(value), place)
    return value


def _decimal(parameter: Parameter, value: Any, place: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise BadValue(place, "value.not_decimal")
    if isinstance(value, int) and abs(value) > LARGEST_INT:
        raise BadValue(place, "value.too_large", limit=LARGEST_INT)
    text = str(value)
    if not DECIMAL.fullmatch(text):
        raise BadValue(place, "value.not_decimal")
    _within(parameter, Decimal(text), place)
    return text


def _text(parameter: Parameter, value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise BadValue(place, "value.not_text")
    if not value.strip() and not parameter.empty:
        raise BadValue(place, "value.empty")
    if len(value) > parameter.longest:
        raise BadValue(place, "value.too_long", limit=parameter.longest)
    if unprintable(value):
        raise BadValue(place, "value.unprintable")
    return value


def _list(parameter: Parameter, value: Any, place: str, each: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise BadValue(place, "value.not_list")
    if not value and not parameter.empty:
        raise BadValue(place, "value.empty")
    if len(value) > LONGEST_LIST:
        raise BadValue(place, "value.too_many", limit=LONGEST_LIST)
    stored = [each(parameter, item, f"{place}[{n}]") for n, item in enumerate(value, 1)]
    if parameter.ascending:
        _rising(stored, place)
    return stored


def _rows(parameter: Parameter, value: Any, place: str) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple):
        raise BadValue(place, "value.not_list")
    if not value and not parameter.empty:
        raise BadValue(place, "value.empty")
    if len(value) > LONGEST_LIST:
        raise BadValue(place, "value.too_many", limit=LONGEST_LIST)
    names = {column.key for column in parameter.columns}
    stored = []
    for n, row in enumerate(value, 1):
        if not isinstance(row, Mapping):
            raise BadValue(f"{place}[{n}]", "value.not_row")
        unknown = sorted(str(name) for name in row if name not in names)
        if unknown:
            raise BadValue(f"{place}[{n}]", "value.unknown_column", column=unknown[0])
        stored.append(
            {
                column.key: check(
                    column, row.get(column.key, column.default), f"{place}[{n}].{column.key}"
                )
                for column in parameter.columns
            }
        )
    if parameter.ascending:
        column = next(c for c in parameter.columns if c.key == parameter.ascending)
        _rising([_number(column, row[column.key]) for row in stored], place)
    return stored


def _number(parameter: Parameter, stored: Any) -> Any:
    return Decimal(stored) if parameter.kind is Kind.DECIMAL else stored


def _rising(values: Sequence[Any], place: str) -> None:
    for n, (before, after) in enumerate(zip(values, values[1:], strict=False), 2):
        if not before < after:
            raise BadValue(f"{place}[{n}]", "value.not_rising")


def read_typed(parameter: Parameter, stored: Any) -> Any:
    """Return the stored value as Python works with it: Decimal, time, tuples."""
    match parameter.kind:
        case Kind.DECIMAL:
            return Decimal(stored)
        case Kind.TIME:
            return dt.time.fromisoformat(stored)
        case Kind.INTS | Kind.TEXTS:
            return tuple(stored)
        case Kind.ROWS:
            return tuple(
                {c.key: read_typed(c, row.get(c.key, c.default)) for c in parameter.columns}
                for row in stored
            )
        case _:
            return stored


__all__ = ["BadValue", "Kind", "Option", "Parameter", "Problem", "check", "parse_parameter"]
