"""Chores before the shift and duty on holidays and at night (K26, K27)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee, Team

from .. import rules
from ..models import DutyTurn, ShiftAssignment

ONE_DAY = dt.timedelta(days=1)
LOOK_BACK = 60 * ONE_DAY


class DutyTaken(Refusal):
    """The person has this turn already."""


class DutyOver(Conflict):
    """The turn is done, or has not come yet."""


class HandOverMissing(Refusal):
    """Duty ends with a hand-over note (K27)."""


@transaction.atomic
def assign_duty(
    *, team: Team, date: dt.date, kind: str, employee: Employee, by: Account, at: dt.datetime
) -> DutyTurn:
    """
    Give somebody a turn; the person is told.

    :raises DutyTaken: if they have it already
    """
    try:
        with transaction.atomic():
            made = DutyTurn.objects.create(
                team=team, date=date, kind=kind, employee=employee, planned_by=by, planned_at=at
            )
    except IntegrityError as error:
        raise DutyTaken(_("这一天已经排了这个人。"), field="employee") from error
    record(
        "attendance.duty",
        obj=made,
        by=by,
        at=at,
        changes={"date": date.isoformat(), "kind": kind, "employee": employee.pk},
    )
    if employee.account is not None:
        notify(
            employee.account,
            kind="attendance.duty",
            title=gettext_lazy("轮到您值日或值班"),
            body=f"{date:%m-%d} {made.get_kind_display()}",
            url=f"{reverse('attendance:duties')}?team={team.pk}&day={date}",
            at=at,
        )
    return made


@transaction.atomic
def rotate_chores(*, team: Team, monday: dt.date, by: Account, at: dt.datetime) -> int:
    """
    Fill the week's chores in turn (K26) with people who have a shift that day; return how many.

    Days that somebody has already are left alone; who had the fewest turns lately comes first.
    """
    Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    days = [monday + n * ONE_DAY for n in range(7)]
    taken = set(
        DutyTurn.objects.filter(team=team, kind="chores", date__in=days).values_list(
            "date", flat=True
        )
    )
    there: dict[dt.date, list[int]] = defaultdict(list)
    shifts = ShiftAssignment.objects.published().filter(roster__team=team, date__in=days)
    for who, day in shifts.order_by().values_list("employee_id", "date"):
        there[day].append(who)
    had = Counter(
        DutyTurn.objects.filter(team=team, kind="chores", date__gte=monday - LOOK_BACK)
        .order_by()
        .values_list("employee_id", flat=True)
    )
    turns = rules.take_turns([day for day in days if day not in taken], there=there, had=had)
    people = Employee.objects.select_related("account").in_bulk(set(turns.values()))
    for day, who in turns.items():
        assign_duty(team=team, date=day, kind="chores", employee=people[who], by=by, at=at)
    return len(turns)


def _locked(pk: int) -> DutyTurn:
    rows = DutyTurn.objects.select_for_update(of=("self",))
    return rows.select_related("team__site", "employee").get(pk=pk)


@transaction.atomic
def finish_duty(*, turn_id: int, note: str, by: Account, at: dt.datetime) -> DutyTurn:
    """
    Tick the chores, or hand the duty over with a note.

    :raises DutyOver: if done before, or if the day has not come
    :raises HandOverMissing: if a duty has no note
    """
    found = _locked(turn_id)
    if found.done_at is not None:
        raise DutyOver(_("已经完成。"))
    if found.date > site_day(at, found.team.site.zone):
        raise DutyOver(_("这一天还没有到。"))
    if found.kind != "chores" and not note.strip():
        raise HandOverMissing(_("请写交接说明：没有办完的事、要注意的事。"), field="note")
    found.done_at, found.note = at, note.strip()
    found.save(update_fields=["done_at", "note"])
    record("attendance.duty_done", obj=found, by=by, at=at)
    return found


@transaction.atomic
def drop_duty(*, turn_id: int, by: Account, at: dt.datetime) -> None:
    """
    Take a turn out of the list.

    :raises DutyOver: if it is done
    """
    found = _locked(turn_id)
    if found.done_at is not None:
        raise DutyOver(_("已经完成。"))
    record(
        "attendance.duty_dropped",
        obj=found,
        by=by,
        at=at,
        changes={"date": found.date.isoformat(), "employee": found.employee_id},
    )
    found.delete()
