"""Punching in the system, and taking in what an outside clock recorded (K4)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.calendar.public import site_day
from cangke.foundation.refusal import Refusal
from cangke.people.public import Employee, Site

from .. import rules
from ..models import BUILT_IN, PunchSource, RawPunch
from ..queries.rosters import month_of
from .days import recompute

ONE_DAY = dt.timedelta(days=1)
FUTURE = dt.timedelta(minutes=5)  # how far an outside clock may go ahead of ours
TAKEN, KNOWN = "taken", "known"


class NotAtWork(Refusal):
    """Somebody who does not work here that day would punch."""


def punch(
    *, employee: Employee, by: Account | None, at: dt.datetime, place: str = ""
) -> tuple[RawPunch, bool]:
    """
    Punch now, by the clock of the server; twice within a minute is once.

    Returns the punch and whether it is new.

    :raises NotAtWork: if the person does not work here today
    """
    day = site_day(at, employee.site.zone)
    if day < employee.employed_from or (
        employee.employed_to is not None and day > employee.employed_to
    ):
        raise NotAtWork(_("您今天不在职，不能打卡。"))
    minute = rules.minute_of(at)
    # Nobody looks first whether there is one: the rule that there is one a minute is the table's.
    try:
        with transaction.atomic():
            made = RawPunch.objects.create(
                employee=employee,
                at=at,
                minute=minute,
                source=BUILT_IN,
                zone=employee.site.zone,
                place=place[:120],
                recorded_by=by,
                recorded_at=at,
            )
    except IntegrityError:
        return RawPunch.objects.get(employee=employee, source=BUILT_IN, minute=minute), False
    return made, True


def why_not(employee: Employee, moment: dt.datetime, *, at: dt.datetime) -> str:
    """Why a recorded punch cannot be somebody's; empty if it can."""
    if moment > at + FUTURE:
        return _("打卡时间在将来")
    day = site_day(moment, employee.site.zone)
    if day < employee.employed_from:
        return _("打卡在入职之前")
    # An evening shift of the last day ends after midnight.
    if employee.employed_to is not None and day > employee.employed_to + ONE_DAY:
        return _("打卡在离职之后")
    return ""


@transaction.atomic
def take_punches(
    *,
    punches: Sequence[tuple[Employee, dt.datetime, str]],
    source: str,
    by: Account | None,
    at: dt.datetime,
    run_key: str = "",
) -> list[str]:
    """
    Take in punches of an outside clock (employee, moment, place); return what became of each.

    Those already there are ``known``. The months they touch are not judged here.
    """
    wanted = [(employee.pk, rules.minute_of(moment)) for employee, moment, _place in punches]
    minutes = [minute for _who, minute in wanted]
    known: set[tuple[int, dt.datetime]] = set()
    if wanted:
        rows = RawPunch.objects.filter(
            source=source,
            employee__in={who for who, _minute in wanted},
            minute__gte=min(minutes),
            minute__lte=max(minutes),
        )
        known = {
            (who, minute.astimezone(dt.UTC))
            for who, minute in rows.values_list("employee_id", "minute")
        }
    fresh, outcomes = [], []
    for (employee, moment, place), key in zip(punches, wanted, strict=True):
        if key in known:
            outcomes.append(KNOWN)
            continue
        known.add(key)
        outcomes.append(TAKEN)
        fresh.append(
            RawPunch(
                employee=employee,
                at=moment,
                minute=key[1],
                source=source,
                zone=employee.site.zone,
                place=place[:120],
                run_key=run_key,
                recorded_by=by,
                recorded_at=at,
            )
        )
    RawPunch.objects.bulk_create(fresh)
    return outcomes


@transaction.atomic
def note_synced(*, until: Mapping[int, dt.datetime], at: dt.datetime) -> None:
    """Note how far the data of the outside clock reach, site → moment; it never goes back."""
    for site in Site.objects.filter(pk__in=until):
        mark, made = PunchSource.objects.select_for_update().get_or_create(
            site=site, defaults={"synced_until": until[site.pk], "updated_at": at}
        )
        if not made and mark.synced_until < until[site.pk]:
            mark.synced_until, mark.updated_at = until[site.pk], at
            mark.save(update_fields=["synced_until", "updated_at"])


def judge_touched(*, touched: Mapping[int, Sequence[dt.date]], at: dt.datetime) -> int:
    """Judge anew the months of people whose days (employee → days) have new facts."""
    months: dict[dt.date, set[int]] = defaultdict(set)
    for employee_id, days in touched.items():
        for day in days:
            # A punch after midnight may belong to the last shift of the month before.
            for each in (day, day - ONE_DAY):
                months[month_of(each)].add(employee_id)
    return sum(
        recompute(employee_ids=ids, months=[month], at=at) for month, ids in sorted(months.items())
    )
