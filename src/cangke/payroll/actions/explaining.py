"""What a recovery rests on, so that the person may read it and object before the lock (L10, S7)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from cangke.rulebook.public import Decision, Fact, explain_many

from ..models import PayItem

RECOVERY = "recovery"


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


def explain_items(items: Sequence[PayItem], *, at: dt.datetime) -> None:
    """Explain the recoveries among freshly made items under the rules of their month."""
    by_month: dict[dt.date, list[Any]] = defaultdict(list)
    for item in items:
        if item.kind == RECOVERY:
            by_month[item.month].append((item, RECOVERY, _decision(item)))
    for month, decisions in by_month.items():
        explain_many(decisions, at=at, on=month)


def _decision(item: PayItem) -> Decision[str]:
    facts = [
        Fact(gettext_noop("月份"), f"{item.month:%Y-%m}", "payroll.payitem", item.pk),
        Fact(gettext_noop("事由"), item.reason),
    ]
    if item.reference:
        facts.append(Fact(gettext_noop("出处"), item.reference))
    return Decision(f"-{item.amount}", "payroll.recovery", tuple(facts))
