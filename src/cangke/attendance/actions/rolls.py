"""The roll call of the morning meeting (K25)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.refusal import Refusal
from cangke.people.public import Team

from ..models import RollCall, RollLine
from ..queries.rolls import expected_on


class RollIncomplete(Refusal):
    """Somebody is marked absent without a reason, or it is not today's."""


@dataclass(frozen=True)
class Called:
    """How somebody was found at the roll call."""

    employee_id: int
    state: str
    mood: str = ""
    reason: str = ""


@transaction.atomic
def hold_roll(
    *,
    team: Team,
    date: dt.date,
    lines: Sequence[Called],
    by: Account,
    at: dt.datetime,
    note: str = "",
) -> RollCall:
    """
    Keep who is there today; until the day is over it may be held again, and the last one counts.

    Only people on the day's list are kept; when somebody came is what the clock says.

    :raises RollIncomplete: for another day than the site's today, or absence without a reason
    """
    if date != site_day(at, team.site.zone):
        raise RollIncomplete(_("只能为当天点名。"))
    known = {each.employee.pk: each for each in expected_on(team, date, at=at)}
    for line in lines:
        if line.state == "absent" and not line.reason.strip():
            raise RollIncomplete(_("请写明没有到岗的原因。"), field=f"reason_{line.employee_id}")
    Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    roll, _made = RollCall.objects.update_or_create(
        team=team, date=date, defaults={"note": note.strip(), "held_by": by, "held_at": at}
    )
    roll.lines.all().delete()
    RollLine.objects.bulk_create(
        RollLine(
            roll=roll,
            employee_id=line.employee_id,
            state=line.state,
            came_at=known[line.employee_id].came_at,
            mood=line.mood if line.state == "present" else "",
            reason=line.reason.strip()[:200],
        )
        for line in lines
        if line.employee_id in known
    )
    absent = sum(line.state == "absent" for line in lines)
    record(
        "attendance.roll",
        obj=roll,
        by=by,
        at=at,
        changes={"team": str(team), "date": date, "count": absent},
    )
    return roll
