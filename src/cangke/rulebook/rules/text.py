"""Reading a clause with its live values in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .values import Kind, Parameter
from .wording import gettext_noop

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}")
YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}
UNITS: Mapping[str, str] = {
    "s": gettext_noop("秒"),
    "min": gettext_noop("分钟"),
    "h": gettext_noop("小时"),
    "d": gettext_noop("天"),
    "seconds": gettext_noop("秒"),
    "minutes": gettext_noop("分钟"),
    "hours": gettext_noop("小时"),
    "days": gettext_noop("天"),
    "months": gettext_noop("个月"),
    "percent": gettext_noop("%"),
    "times": gettext_noop("倍"),
    "people": gettext_noop("人"),
    "parts": gettext_noop("份"),
    "signs": gettext_noop("个字"),
    "pieces": gettext_noop("件"),
    "points": gettext_noop("分"),
    "money": gettext_noop("元"),
}
BETWEEN = {"zh": "、", "en": ", "}
BETWEEN_ROWS = {"zh": "；", "en": "; "}


# What codes of a kind ("post") are called in the reader's language; unknown ones are left out.
Named = Callable[[str, Collection[str]], Mapping[str, str]]


def as_written(kind: str, codes: Collection[str]) -> Mapping[str, str]:
    """Codes as they stand, where nobody knows their names."""
    return {}


@dataclass(frozen=True)
class Piece:
    """A stretch of text; with a ``key`` it is the live value of that parameter."""

    text: str
    key: str = ""


def placeholders(text: str) -> list[str]:
    """Return the keys named in the text, in order, repeats included."""
    return PLACEHOLDER.findall(text)


def stray_brace(text: str) -> bool:
    """Whether a curly bracket stands outside a placeholder."""
    return any(sign in "{}" for sign in PLACEHOLDER.sub("", text))


def read_text(
    text: str,
    values: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    language: str = "zh",
    named: Named = as_written,
) -> list[Piece]:
    """
    Cut the text into words and live values.

    A key without parameter or value stays as it is written: the reader shall see it.
    """
    pieces: list[Piece] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        if found.start() > end:
            pieces.append(Piece(text[end : found.start()]))
        key = found[1]
        parameter = parameters.get(key)
        if parameter is None:
            pieces.append(Piece(found[0]))
        else:
            value = values.get(key, parameter.default)
            pieces.append(Piece(shown_value(parameter, value, language, named), key))
        end = found.end()
    if end < len(text):
        pieces.append(Piece(text[end:]))
    return pieces


def shown_value(
    parameter: Parameter, stored: Any, language: str = "zh", named: Named = as_written
) -> str:
    """Return the stored value as people read it, without its unit; codes by their names."""
    language = "en" if language.startswith("en") else "zh"
    match parameter.kind:
        case Kind.BOOL:
            words = parameter.words_en if language == "en" else parameter.words
            yes, no = words if all(words) else YES_NO[language]
            return yes if stored else no
        case Kind.CHOICE:
            return _option_label(parameter, stored, language)
        case Kind.INTS | Kind.TEXTS:
            return BETWEEN[language].join(
                _option_label(parameter, each, language) for each in stored
            )
        case Kind.ROWS:
            return BETWEEN_ROWS[language].join(_shown_rows(parameter, stored, language, named))
        case Kind.TEXT if parameter.names:
            return named(parameter.names, [stored]).get(stored, stored)
        case _:
            return str(stored)


def _option_label(parameter: Parameter, stored: Any, language: str) -> str:
    for option in parameter.options:
        if option.value == stored:
            return option.label_en if language == "en" else option.label
    return str(stored)


def _shown_rows(
    parameter: Parameter, rows: Sequence[Mapping[str, Any]], language: str, named: Named
) -> Iterator[str]:
    names = {
        column.key: named(column.names, [row.get(column.key, column.default) for row in rows])
        for column in parameter.columns
        if column.names
    }
    sentence = parameter.row_en if language == "en" else parameter.row
    for row in rows:
        shown = {}
        for column in parameter.columns:
            value = row.get(column.key, column.default)
            words = names.get(column.key, {}).get(value)
            shown[column.key] = words or shown_value(column, value, language)
        if sentence:
            yield PLACEHOLDER.sub(partial(_put_in, shown), sentence)
        else:
            yield BETWEEN[language].join(
                f"{column.label_in(language)} {shown[column.key]}" for column in parameter.columns
            )


def _put_in(shown: Mapping[str, str], found: re.Match[str]) -> str:
    return shown.get(found[1], found[0])
