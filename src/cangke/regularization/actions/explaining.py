"""What the values of a sheet rest on, so that the person may read them and object (N12, S7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cangke.rulebook.public import Decision, Fact, Sentence, explain_many, set_for

from .. import queries, rules, wording
from ..models import RegularizationFile

CLAUSE = "regularization.criteria"


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


def explain_sheet(file: RegularizationFile, sheet: rules.Sheet, *, at: dt.datetime) -> None:
    """Explain each recorded value of a sheet as it is frozen, once a measure."""
    decisions: dict[str, Any] = {}
    for row in sheet.rows:
        for line in row.lines:
            if line.value is not None and line.measure not in rules.PERIOD:
                figure = queries.criterion_figure(file, line.measure)
                decisions.setdefault(figure, (file, figure, _decision(file, line, sheet.on)))
    group = set_for(queries.units_of(file.employee), on=sheet.on)
    explain_many(decisions.values(), at=at, on=sheet.on, group=group)


def _decision(file: RegularizationFile, line: rules.Line, on: dt.date) -> Decision[str]:
    value = str(line.value)
    facts = [
        Fact(
            gettext_noop("统计期间"),
            f"{file.begins_on} — {on}",
            "regularization.regularizationfile",
            file.pk,
        )
    ]
    if line.count:
        facts.append(Fact(gettext_noop("记录数"), line.count))
    facts += [Fact(label, times) for label, times in line.parts]
    words: Sentence | str = ""
    if line.threshold is not None:
        numbers = {"value": value, "threshold": wording.plain_number(line.threshold)}
        least = rules.MEASURES[line.measure].holds == rules.Holds.AT_LEAST
        words = Sentence(
            gettext_noop("记录 %(value)s，要求不低于 %(threshold)s")
            if least
            else gettext_noop("记录 %(value)s，要求不超过 %(threshold)s"),
            numbers,
        )
    return Decision(value, CLAUSE, tuple(facts), words)
