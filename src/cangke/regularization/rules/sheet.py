"""The criteria sheet (N12, N13): each criterion held against what is recorded, or rated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ..measures import MEASURES, PERIOD, Holds, Recorded
from .policies import CriteriaPolicy
from .template import Criterion


class Answer(StrEnum):
    """What a criterion comes to; ``not_yet`` is a period that has not ended."""

    MET = "met"
    NOT_MET = "not_met"
    NO_DATA = "no_data"
    NOT_YET = "not_yet"
    SHOWN = "shown"


@dataclass(frozen=True)
class Line:
    """One measure of a criterion: the fact, what it is held against, and the answer."""

    measure: str
    answer: Answer
    value: Decimal | None = None
    count: int = 0
    threshold: Decimal | None = None
    url: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    objected: bool = False

    def plain(self) -> dict[str, Any]:
        """As it is kept and fingerprinted: text and whole numbers only."""
        return {
            "measure": self.measure,
            "answer": str(self.answer),
            "value": None if self.value is None else str(self.value),
            "count": self.count,
            "threshold": None if self.threshold is None else str(self.threshold),
            "url": self.url,
            "parts": [list(part) for part in self.parts],
        }


@dataclass(frozen=True)
class Row:
    """One criterion with its lines; ``item`` is what the superior rates for it, if anything."""

    code: str
    key: str
    name: str
    name_en: str
    required: bool
    item: str
    lines: tuple[Line, ...]
    weight: int = 1

    @property
    def answer(self) -> Answer:
        """
        What the recorded facts say: one that is not met decides, then one that is not due yet.

        Facts that are only shown decide nothing.
        """
        answers = [line.answer for line in self.lines if line.answer != Answer.SHOWN]
        for each in (Answer.NOT_MET, Answer.NOT_YET, Answer.MET):
            if each in answers:
                return each
        return Answer.NO_DATA

    def judged(self, rating: int | None, policy: CriteriaPolicy) -> Answer:
        """The answer with the superior's rating: either can fail it, either can meet it."""
        if not self.item or rating is None:
            return self.answer
        if self.answer == Answer.NOT_MET or rating < policy.rating_least:
            return Answer.NOT_MET
        return Answer.NOT_YET if self.answer == Answer.NOT_YET else Answer.MET

    def plain(self) -> dict[str, Any]:
        kept = {
            "code": self.code,
            "key": self.key,
            "name": self.name,
            "name_en": self.name_en,
            "required": self.required,
            "item": self.item,
            "lines": [line.plain() for line in self.lines],
        }
        return kept if self.weight == 1 else {**kept, "weight": self.weight}


@dataclass(frozen=True)
class Sheet:
    """All criteria of a file as of one day, with the thresholds of that day."""

    on: dt.date
    rows: tuple[Row, ...]

    def without(self, measures: Collection[str]) -> Sheet:
        """The sheet with the values of these measures held back: neither for nor against (S7)."""
        rows = tuple(
            replace(row, lines=tuple(_held_back(line, measures) for line in row.lines))
            for row in self.rows
        )
        return replace(self, rows=rows)

    def plain(self) -> dict[str, Any]:
        return {"on": self.on.isoformat(), "rows": [row.plain() for row in self.rows]}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Sheet:
        """Read a sheet that was kept."""
        return cls(
            dt.date.fromisoformat(kept["on"]),
            tuple(
                Row(
                    code=row["code"],
                    key=row["key"],
                    name=row["name"],
                    name_en=row["name_en"],
                    required=row["required"],
                    item=row["item"],
                    lines=tuple(_line(line) for line in row["lines"]),
                    weight=row.get("weight", 1),
                )
                for row in kept["rows"]
            ),
        )


def _held_back(line: Line, measures: Collection[str]) -> Line:
    if line.measure not in measures:
        return line
    answer = Answer.SHOWN if line.answer == Answer.SHOWN else Answer.NO_DATA
    return replace(line, answer=answer, objected=True)


def _line(kept: Mapping[str, Any]) -> Line:
    return Line(
        measure=kept["measure"],
        answer=Answer(kept["answer"]),
        value=None if kept["value"] is None else Decimal(kept["value"]),
        count=kept["count"],
        threshold=None if kept["threshold"] is None else Decimal(kept["threshold"]),
        url=kept["url"],
        parts=tuple((label, times) for label, times in kept.get("parts", ())),
    )


def _period(measure: str, *, on: dt.date, begins_on: dt.date, ends_on: dt.date) -> Line:
    """The period itself: completed, still running; or handed in before its end."""
    whole = Decimal((ends_on - begins_on).days + 1)
    passed = Decimal(max(0, (min(on, ends_on) - begins_on).days + 1))
    if measure == "in_time":
        left = Decimal((ends_on - on).days)
        return Line(
            measure, Answer.MET if left >= 0 else Answer.NOT_MET, left, threshold=Decimal(0)
        )
    done = on >= ends_on
    return Line(measure, Answer.MET if done else Answer.NOT_YET, passed, threshold=whole)


def _held(
    measure: str, fact: Recorded | None, policy: CriteriaPolicy, own: Mapping[str, Decimal]
) -> Line:
    known = MEASURES[measure]
    threshold = own.get(measure)
    if threshold is None and known.threshold:
        threshold = Decimal(getattr(policy, known.threshold))
    if fact is None:
        return Line(measure, Answer.NO_DATA, threshold=threshold)
    answer = Answer.SHOWN
    if known.sampled and fact.count < policy.least_samples:
        answer = Answer.NO_DATA
    elif threshold is not None and known.holds == Holds.AT_LEAST:
        answer = Answer.MET if fact.value >= threshold else Answer.NOT_MET
    elif threshold is not None and known.holds == Holds.AT_MOST:
        answer = Answer.MET if fact.value <= threshold else Answer.NOT_MET
    return Line(measure, answer, fact.value, fact.count, threshold, fact.url, fact.parts)


def judge_sheet(
    criteria: Sequence[Criterion],
    facts: Mapping[str, Recorded],
    *,
    on: dt.date,
    begins_on: dt.date,
    ends_on: dt.date,
    policy: CriteriaPolicy,
) -> Sheet:
    """
    Hold each criterion against the recorded facts as of a day (N12).

    ``begins_on`` and ``ends_on`` are included in the probation. What is not recorded, or too
    little of it, is "not enough data": neither for nor against.
    """
    rows = []
    for each in criteria:
        lines = tuple(
            _period(measure, on=on, begins_on=begins_on, ends_on=ends_on)
            if measure in PERIOD
            else _held(measure, facts.get(measure), policy, each.thresholds)
            for measure in each.measures
        )
        rows.append(
            Row(
                each.code,
                each.key,
                each.name,
                each.name_en,
                each.required,
                each.item,
                lines,
                each.weight,
            )
        )
    return Sheet(on, tuple(rows))


@dataclass(frozen=True)
class Tally:
    """The weights of the criteria that are met, of those judged, and of all."""

    met: int
    judged: int
    whole: int


def tally(sheet: Sheet, ratings: Mapping[str, int], policy: CriteriaPolicy) -> Tally:
    """Weigh a sheet: what is not judged yet counts neither for nor against."""
    met = judged = whole = 0
    for row in sheet.rows:
        answer = row.judged(ratings.get(row.item), policy)
        whole += row.weight
        met += row.weight if answer == Answer.MET else 0
        judged += row.weight if answer in (Answer.MET, Answer.NOT_MET) else 0
    return Tally(met, judged, whole)


def unmet_of(
    sheets: Iterable[Sheet], ratings: Mapping[str, int], policy: CriteriaPolicy
) -> list[Row]:
    """
    The required criteria that are not met in any of the sheets, each once.

    Asked with the sheet as frozen and as it is today, so that what happened since counts too.
    """
    found: dict[str, Row] = {}
    for sheet in sheets:
        for row in sheet.rows:
            if row.required and row.judged(ratings.get(row.item), policy) == Answer.NOT_MET:
                found.setdefault(row.key, row)
    return list(found.values())
