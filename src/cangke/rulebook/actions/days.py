"""From which day a version may hold."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from .. import ports, queries, rules
from ..models import RulebookVersion
from .refusals import BadDay


def hold_day(
    version: RulebookVersion,
    latest: RulebookVersion | None,
    effective_from: dt.date,
    *,
    at: dt.datetime,
) -> None:
    """
    See that the version may begin on the day.

    Today (in the house's zone) or later, so that what has been computed stays; not before a version
    already published, not inside a closed pay period, and on the first of a month where it changes
    what is counted by the month.

    :raises BadDay: with the next step
    """
    if effective_from < timezone.localtime(at).date():
        raise BadDay(_("生效日期不能早于今天，过去的结果不会被改动。"), field="effective_from")
    begins = latest.effective_from if latest is not None else None
    if latest is not None and begins is not None and effective_from < begins:
        raise BadDay(
            _("第 %(number)d 版已定于 %(day)s 起生效；请选择不早于它的日期，或先撤回它。")
            % {"number": latest.number, "day": begins.isoformat()},
            field="effective_from",
        )
    locked = ports.locked_until.ask()
    if locked is not None and effective_from <= locked:
        raise BadDay(
            _("%s 及以前的工资已经关账；请选择之后的日期。") % locked.isoformat(),
            field="effective_from",
        )
    monthly = monthly_changes(version, latest)
    if monthly and effective_from.day != 1:
        first = (effective_from.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        raise BadDay(
            _("“%(clause)s”按整月计算，只能从某月 1 日起生效；请选择 %(day)s。")
            % {"clause": "”“".join(monthly), "day": first.isoformat()},
            field="effective_from",
        )


def monthly_changes(version: RulebookVersion, latest: RulebookVersion | None) -> list[str]:
    """The titles of the clauses that are counted by the month and whose values change."""
    if latest is None:
        return []
    catalogue = queries.catalogue()
    changed = rules.changed_clauses(latest.body, version.body, catalogue)
    language = queries.reading_language()
    return [
        clause.title_en if language == "en" else clause.title
        for clause in catalogue
        if clause.monthly and clause.code in changed
    ]
