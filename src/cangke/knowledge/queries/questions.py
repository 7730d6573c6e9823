"""What the question log comes to for each person (J4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from ..models import Question


@dataclass(frozen=True)
class QuestionFigures:
    """Questions asked in a period, those answered, and the mean time to the answer in minutes."""

    asked: int
    answered: int
    mean_minutes: Decimal | None


def question_figures(
    account_ids: Collection[int], *, from_at: dt.datetime, until_at: dt.datetime
) -> dict[int, QuestionFigures]:
    """Return each account's figures over ``from_at`` ≤ asked < ``until_at``, in one query."""
    rows = Question.objects.filter(
        asked_by__in=account_ids, asked_at__gte=from_at, asked_at__lt=until_at
    ).values_list("asked_by_id", "asked_at", "answered_at")
    waits: dict[int, list[int]] = {pk: [] for pk in account_ids}
    asked = dict.fromkeys(account_ids, 0)
    for account_id, began, ended in rows:
        asked[account_id] += 1
        if ended is not None:
            waits[account_id].append(int((ended - began).total_seconds()))
    return {
        pk: QuestionFigures(
            asked[pk],
            len(waits[pk]),
            (Decimal(sum(waits[pk])) / len(waits[pk]) / 60).quantize(Decimal("0.1"))
            if waits[pk]
            else None,
        )
        for pk in account_ids
    }
