from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone

from .. import queries, rules
from ..models import Explanation


def explain(
    subject: models.Model,
    figure: str,
    *,
    decision: rules.Decision[Any],
    at: dt.datetime,
    on: dt.date | None = None,
    group: str | None = None,
) -> Explanation:
    """
    Store why a figure of the subject is what it is, with the version it was decided by (S6).

    ``on`` is the day whose version was asked (the local day of ``at`` if left out) and ``group``
    the policy set. The same decision twice is stored once. Whoever may see the subject may open
    the explanation.
    """
    return explain_many([(subject, figure, decision)], at=at, on=on, group=group)[0]


def explain_many(
    decisions: Iterable[tuple[models.Model, str, rules.Decision[Any]]],
    *,
    at: dt.datetime,
    on: dt.date | None = None,
    group: str | None = None,
) -> list[Explanation]:
    """Store many explanations of one version in two queries."""
    version = queries.version_in_force(on=on or timezone.localtime(at).date(), group=group)
    wanted = [_written(*each, version=version, at=at) for each in decisions]
    last = _newest(wanted)
    fresh = [each for each in wanted if _differs(each, last)]
    Explanation.objects.bulk_create(fresh)
    return [last.get(_place(each), each) if not _differs(each, last) else each for each in wanted]


def _written(
    subject: models.Model,
    figure: str,
    decision: rules.Decision[Any],
    *,
    version: queries.InForce,
    at: dt.datetime,
) -> Explanation:
    clause = queries.catalogue().clauses.get(decision.clause)
    trace = decision.trace()
    result = str(decision.value)[:200]
    digest = rules.canonical(
        {**trace, "result": result, "clause": decision.clause, "set": version.set_key}
        | {"version": version.number}
    )
    return Explanation(
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        figure=figure,
        clause=decision.clause,
        clause_number=clause.number if clause else "",
        set_key=version.set_key,
        version_number=version.number,
        facts=trace["facts"],
        arithmetic=trace["arithmetic"],
        result=result,
        digest=hashlib.sha256(digest.encode()).hexdigest(),
        at=at,
    )


Place = tuple[str, int, str]


def _place(row: Explanation) -> Place:
    return row.subject_type, row.subject_id, row.figure


def _newest(wanted: list[Explanation]) -> dict[Place, Explanation]:
    found: dict[Place, Explanation] = {}
    rows = Explanation.objects.filter(
        subject_type__in={each.subject_type for each in wanted},
        subject_id__in={each.subject_id for each in wanted},
        figure__in={each.figure for each in wanted},
    ).order_by("pk")
    for row in rows:
        found[_place(row)] = row
    return found


def _differs(row: Explanation, last: dict[Place, Explanation]) -> bool:
    before = last.get(_place(row))
    return before is None or before.digest != row.digest


def explanation_url(subject: models.Model, figure: str) -> str:
    """The address that opens the figure's explanation, for `{% why url … %}`."""
    return reverse("rulebook:why", args=[subject._meta.label, subject.pk, figure])
