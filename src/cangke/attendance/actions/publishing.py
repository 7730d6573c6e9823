"""Publishing a roster: what is checked, what is kept, who is told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Refusal
from cangke.foundation.wording import listed
from cangke.people.public import Employee, Team

from .. import rules
from ..models import Roster, RosterPublication, ShiftAssignment
from ..queries.rosters import findings_of, published_body
from .days import recompute
from .late import refuse_closed
from .planning import locked_roster


class NothingPlanned(Refusal):
    """There is nothing to publish, or nothing new."""


class NobodyLeads(Refusal):
    """A shift has no leader (K2, B8)."""


@transaction.atomic
def publish_roster(
    *, team: Team, month: dt.date, by: Account | None, at: dt.datetime
) -> RosterPublication:
    """
    Publish the plan of a month as its next version, and tell those whose days changed (K2).

    :raises NothingPlanned: if nothing is planned or nothing changed
    :raises NobodyLeads: if a shift has no leader
    """
    roster = locked_roster(team, month)
    findings = findings_of(team, month)
    leaderless = [each for each in findings if each.problem.blocks]
    if leaderless:
        days = listed(dict.fromkeys(f"{each.date:%m-%d}" for each in leaderless[:6]))
        raise NobodyLeads(_("这些天有班次没有组长，先指定再发布：%s") % days)
    changes = _take_over(roster, at)
    if not changes:
        raise NothingPlanned(_("没有要发布的改动。"))
    refuse_closed(
        employee_ids={each[0] for each in changes},
        days=[dt.date.fromisoformat(each[1]) for each in changes],
    )
    roster.number += 1
    roster.published_at = at
    roster.save(update_fields=["number", "published_at"])
    publication = RosterPublication.objects.create(
        roster=roster,
        number=roster.number,
        at=at,
        by=by,
        body=published_body(roster),
        changes=[] if roster.number == 1 else changes,
        warnings=[warning_of(each) for each in findings],
    )
    record(
        "attendance.published",
        obj=roster,
        by=by,
        at=at,
        changes={
            "team": str(team),
            "month": f"{month:%Y-%m}",
            "number": roster.number,
            "count": len(changes),
        },
    )
    _tell(roster, changes, by=by, at=at)
    # A day that is over is judged anew when its shift has changed.
    past = {each[0] for each in changes if each[1] <= at.date().isoformat()}
    if past:
        recompute(employee_ids=past, months=[month], at=at)
    return publication


def _take_over(roster: Roster, at: dt.datetime) -> list[list[Any]]:
    """Make the plan what holds; return what changed: employee, day, before, after."""
    before: dict[tuple[int, dt.date], str] = {}
    after: dict[tuple[int, dt.date], str] = {}
    for row in roster.assignments.select_related("shift_type"):
        key = row.employee_id, row.date
        if row.published_at is not None:
            before[key] = _said(row, row.published_leads)
        if row.dropped_at is None:
            after[key] = _said(row, row.leads)
    roster.assignments.filter(dropped_at__isnull=False).delete()
    roster.assignments.filter(published_at__isnull=True).update(published_at=at)
    roster.assignments.update(published_leads=F("leads"))
    return [
        [
            employee_id,
            day.isoformat(),
            before.get((employee_id, day), ""),
            after.get((employee_id, day), ""),
        ]
        for employee_id, day in sorted({*before, *after})
        if before.get((employee_id, day)) != after.get((employee_id, day))
    ]


def _said(row: ShiftAssignment, leads: bool) -> str:
    return f"{row.shift_type.code}*" if leads else row.shift_type.code


def warning_of(finding: rules.Finding) -> dict[str, Any]:
    """A finding as it is kept with the publication."""
    return {
        "problem": str(finding.problem),
        "date": finding.date.isoformat(),
        "kind": finding.kind,
        "employee_id": finding.employee_id,
        "number": str(finding.number),
        "limit": str(finding.limit),
    }


def _days_words(days: list[str]) -> str:
    shown = listed(day[5:] for day in days[:8])
    return f"{shown} …" if len(days) > 8 else shown


_told_days = lazy(_days_words, str)  # each reads them in the own language


def _tell(roster: Roster, changes: list[list[Any]], *, by: Account | None, at: dt.datetime) -> None:
    """Each person hears of the month, or of the days that changed for them."""
    days: dict[int, list[str]] = defaultdict(list)
    for employee_id, day, _before, _after in changes:
        days[employee_id].append(day)
    people = Employee.objects.filter(pk__in=days, account__isnull=False).select_related("account")
    url = f"{reverse('attendance:mine')}?month={roster.month:%Y-%m}"
    for person in people:
        if person.account is None or (by is not None and person.account_id == by.pk):
            continue
        notify(
            person.account,
            kind="attendance.roster",
            title=gettext_lazy("您的排班已发布")
            if roster.number == 1
            else gettext_lazy("您的排班有改动"),
            body=f"{roster.month:%Y-%m}" if roster.number == 1 else _told_days(days[person.pk]),
            url=url,
            at=at,
        )
