"""Clauses: the paragraphs of the rulebook with the parameters they carry, as rooms ship them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .cases import Evaluator
from .text import placeholders
from .values import KEY, Parameter, parse_parameter
from .wording import gettext_noop


class Chapter(StrEnum):
    GENERAL = "general"
    CODE = "code"
    NORMS = "norms"
    DUTIES = "duties"
    PAY = "pay"


CHAPTER_TITLES: Mapping[Chapter, str] = {
    Chapter.GENERAL: gettext_noop("总则"),
    Chapter.CODE: gettext_noop("守则"),
    Chapter.NORMS: gettext_noop("日常规范"),
    Chapter.DUTIES: gettext_noop("岗位职责"),
    Chapter.PAY: gettext_noop("薪资"),
}
TEXT_FIELDS = ("title", "title_en", "text", "text_en")


@dataclass(frozen=True)
class Clause:
    """
    A paragraph and the parameters it carries.

    ``rising`` holds groups of keys whose numbers must strictly rise in that order. ``monthly``
    clauses are about whole months: a change begins with a month. ``law`` asks the reader to check
    the values against the law of the place.
    """

    code: str
    number: str
    chapter: Chapter
    title: str
    title_en: str
    text: str
    text_en: str
    source: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    rising: tuple[tuple[str, ...], ...] = ()
    monthly: bool = False
    law: bool = False

    def as_body(self) -> dict[str, str]:
        """The clause as a version stores it: all its words, without its parameters."""
        return {
            "code": self.code,
            "number": self.number,
            "chapter": str(self.chapter),
            "title": self.title,
            "title_en": self.title_en,
            "text": self.text,
            "text_en": self.text_en,
            "source": self.source,
        }


class Catalogue:
    """All clauses that the software of this installation executes, in reading order."""

    def __init__(
        self,
        clauses: Iterable[Clause],
        *,
        evaluators: Mapping[str, Evaluator] | None = None,
        cases: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self.evaluators = evaluators if evaluators is not None else {}
        self.shipped_cases = [dict(case) for case in cases]
        self.clauses: dict[str, Clause] = {}
        self.parameters: dict[str, Parameter] = {}
        self.clause_of: dict[str, Clause] = {}
        order = list(Chapter)
        for clause in sorted(clauses, key=lambda each: order.index(each.chapter)):
            if clause.code in self.clauses:
                raise ValueError(f"{clause.code}: this clause exists twice")
            self.clauses[clause.code] = clause
            for key, parameter in clause.parameters.items():
                if key in self.parameters:
                    raise ValueError(f"{key}: two clauses carry this parameter")
                self.parameters[key] = parameter
                self.clause_of[key] = clause

    def __iter__(self) -> Iterator[Clause]:
        return iter(self.clauses.values())

    def defaults(self) -> dict[str, Any]:
        return {key: parameter.default for key, parameter in self.parameters.items()}


def parse_cases(text: str) -> list[dict[str, Any]]:
    """The examples that a room ships in its ``clauses.toml``, as they are written."""
    return list(tomllib.loads(text, parse_float=_no_float).get("case", ()))


def parse_clauses(text: str) -> list[Clause]:
    """
    Read the clauses of a room's ``clauses.toml``.

    :raises ValueError: if a clause is incomplete, or its text names a parameter it does not carry
    """
    given = tomllib.loads(text, parse_float=_no_float)
    if set(given) - {"clause", "case"}:
        raise ValueError(f"unknown {sorted(set(given) - {'clause', 'case'})}")
    return [_parse(spec) for spec in given.get("clause", ())]


def _no_float(text: str) -> Any:
    raise ValueError(f"{text}: write decimals in quotation marks")


def _parse(spec: Mapping[str, Any]) -> Clause:
    given = dict(spec)
    code = given.pop("code", "?")
    try:
        parameters = {
            key: parse_parameter(key, each) for key, each in given.pop("parameters", {}).items()
        }
        clause = Clause(
            code=code,
            number=given.pop("number"),
            chapter=Chapter(given.pop("chapter")),
            title=given.pop("title"),
            title_en=given.pop("title_en"),
            text=given.pop("text").strip(),
            text_en=given.pop("text_en").strip(),
            source=given.pop("source", ""),
            parameters=parameters,
            rising=tuple(tuple(group) for group in given.pop("rising", ())),
            monthly=given.pop("monthly", False),
            law=given.pop("law", False),
        )
    except KeyError as missing:
        raise ValueError(f"{code}: {missing} is missing") from None
    if given:
        raise ValueError(f"{code}: unknown {', '.join(sorted(given))}")
    for key in parameters:
        if not KEY.fullmatch(key):
            raise ValueError(f"{code}: {key} is not a key")
    for text in (clause.text, clause.text_en):
        for key in placeholders(text):
            if key not in parameters:
                raise ValueError(f"{code}: {{{key}}} is no parameter of this clause")
    for group in clause.rising:
        for key in group:
            if key not in parameters:
                raise ValueError(f"{code}: {key} in rising is no parameter of this clause")
    return clause
