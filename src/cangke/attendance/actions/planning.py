"""Writing the plan: cell by cell, in one sweep, or as the machine proposes it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.wording import listed
from cangke.people.public import Employee, Team

from .. import ports, rules
from ..models import Roster, ShiftAssignment, ShiftType, StaffingNeed
from ..queries.closing import closed_among
from ..queries.force import policies_for, policy_of, units_of
from ..queries.rosters import away_days, choice_of, month_of, month_span, needs_of, people_of
from .late import refuse_closed

ONE_DAY = dt.timedelta(days=1)
WEEK_DAYS = 7
LEADING_ROLES = ("leader", "deputy", "supervisor", "warehouse_supervisor", "manager")


class NotEmployed(Refusal):
    """Somebody would be planned for a day on which they do not work here."""


class Barred(Refusal):
    """Somebody is suspended on that day."""


class ShiftMissing(Refusal):
    """A plan names a shift type that is not there or not used any more."""


class Outdated(Conflict):
    """Somebody else has changed the same cells meanwhile."""


@dataclass(frozen=True)
class Edit:
    """A cell as the planner wants it; ``was`` is what the planner saw, None to overwrite."""

    employee_id: int
    date: dt.date
    choice: str
    was: str | None = None


def locked_roster(team: Team, month: dt.date) -> Roster:
    """The team's roster of the month, made if it is not there, under its lock."""
    Roster.objects.get_or_create(team=team, month=month)
    return Roster.objects.select_for_update().get(team=team, month=month)


def parse_choice(choice: str) -> tuple[str, bool]:
    """A choice of the planner's form as shift type and leader: ``day*`` is the day's leader."""
    return choice.rstrip("*"), choice.endswith("*")


@transaction.atomic
def plan_cells(
    *, team: Team, month: dt.date, edits: Sequence[Edit], by: Account | None, at: dt.datetime
) -> int:
    """
    Change cells of a team's month; return how many changed.

    What is published stays as it is until the next publication. A cell that somebody else has
    changed since the planner saw it is not overwritten.

    :raises Outdated: if cells differ from what the planner saw
    :raises NotEmployed: if somebody does not work here that day
    :raises Barred: if somebody is suspended that day
    :raises ShiftMissing: if a shift is unknown
    """
    roster = locked_roster(team, month)
    first, last = month_span(month)
    kinds = {kind.code: kind for kind in ShiftType.objects.filter(active=True)}
    people = {each.pk: each for each in people_of(team, first, last)}
    rows = list(roster.assignments.select_related("shift_type"))
    current = {(row.employee_id, row.date): row for row in rows if row.dropped_at is None}
    dropped = {(row.employee_id, row.date): row for row in rows if row.dropped_at is not None}
    zone = ZoneInfo(team.site.zone)
    refuse_closed(
        employee_ids=[each.employee_id for each in edits], days=[each.date for each in edits]
    )
    barred = ports.barred.ask(
        employee_ids={each.employee_id for each in edits if each.choice}, first=first, last=last
    )
    stale, changed = [], 0
    for edit in edits:
        if not first <= edit.date <= last or edit.employee_id not in people:
            raise NotEmployed(_("排班表里没有这个人或这一天。"))
        row = current.get((edit.employee_id, edit.date))
        now = choice_of(row.shift_type.code, row.leads) if row else ""
        if edit.choice == now or edit.choice == edit.was:
            continue
        if edit.choice and (edit.employee_id, edit.date) in barred:
            raise Barred(
                _("%(name)s 在 %(day)s 停职，不能排班。")
                % {"name": people[edit.employee_id].name, "day": edit.date}
            )
        if edit.was is not None and edit.was != now:
            stale.append(f"{people[edit.employee_id].name} {edit.date:%m-%d}")
            continue
        _write(
            roster, people[edit.employee_id], edit, row,
            dropped.get((edit.employee_id, edit.date)), kinds, zone, by, at,
        )  # fmt: skip
        changed += 1
    if stale:
        raise Outdated(_("别人刚改过 %s。请刷新后再改这些格子。") % listed(stale[:6]))
    if changed:
        roster.changed_at = at
        roster.save(update_fields=["changed_at"])
        record(
            "attendance.planned",
            obj=roster,
            by=by,
            at=at,
            changes={"team": str(team), "month": f"{month:%Y-%m}", "count": changed},
        )
    return changed


def _write(
    roster: Roster,
    person: Employee,
    edit: Edit,
    row: ShiftAssignment | None,
    dropped: ShiftAssignment | None,
    kinds: Mapping[str, ShiftType],
    zone: ZoneInfo,
    by: Account | None,
    at: dt.datetime,
) -> None:
    code, leads = parse_choice(edit.choice)
    if row is not None and code == row.shift_type.code:
        row.leads = leads
        row.save(update_fields=["leads"])
        return
    if row is not None:
        _take_out(row, at)
        dropped = row if row.published_at is not None else dropped
    if not code:
        return
    kind = kinds.get(code)
    if kind is None:
        raise ShiftMissing(_("没有这个班次，或者已经停用。"))
    if edit.date < person.employed_from or (
        person.employed_to is not None and edit.date > person.employed_to
    ):
        raise NotEmployed(
            _("%(name)s 在 %(day)s 不在职，不能排班。") % {"name": person.name, "day": edit.date}
        )
    if dropped is not None and dropped.shift_type_id == kind.pk:
        dropped.dropped_at, dropped.leads = None, leads
        dropped.save(update_fields=["dropped_at", "leads"])
        return
    shift = kind.on(edit.date, zone)
    ShiftAssignment.objects.create(
        roster=roster,
        employee=person,
        date=edit.date,
        shift_type=kind,
        starts_at=shift.start,
        ends_at=shift.end,
        break_minutes=kind.break_minutes,
        leads=leads,
        recorded_by=by,
        recorded_at=at,
    )


def _take_out(row: ShiftAssignment, at: dt.datetime) -> None:
    if row.published_at is None:
        row.delete()
    else:
        row.dropped_at = at
        row.save(update_fields=["dropped_at"])


def fill(
    *,
    team: Team,
    month: dt.date,
    employee_ids: Collection[int],
    choice: str,
    first: dt.date,
    last: dt.date,
    weekdays: Collection[int],
    by: Account | None,
    at: dt.datetime,
) -> int:
    """
    Give people the same shift, or none, on all days of a span; ``weekdays`` 0 is Monday.

    Days outside the month and days on which somebody does not work here are left alone.
    """
    start, end = month_span(month)
    people = {each.pk: each for each in people_of(team, start, end)}
    edits = []
    for employee_id in employee_ids:
        person = people.get(employee_id)
        if person is None:
            continue
        day = max(first, start, person.employed_from)
        until = min(last, end, person.employed_to or end)
        while day <= until:
            if day.weekday() in weekdays:
                edits.append(Edit(employee_id, day, choice))
            day += ONE_DAY
    return plan_cells(team=team, month=month, edits=edits, by=by, at=at)


@transaction.atomic
def propose_month(*, team: Team, month: dt.date, by: Account | None, at: dt.datetime) -> int:
    """
    Let the machine plan what is empty (K2); return how many cells it filled.

    A month with plans already keeps them all: only people without any shift are planned.
    """
    roster = locked_roster(team, month)
    first, last = month_span(month)
    units = units_of(team)
    policies = policies_for(units, on=first)
    week = policy_of(rules.WeekPolicy, units, on=first)
    apart = policy_of(rules.RosterPolicy, units, on=first).apart_hours
    zone = ZoneInfo(team.site.zone)
    planned = {row.employee_id for row in roster.assignments.working()}
    people = [each for each in people_of(team, first, last) if each.pk not in planned]
    ids = [each.pk for each in people]
    away = set(away_days(ids, first, last)).union(
        ports.barred.ask(employee_ids=ids, first=first, last=last)
    )
    kinds = list(ShiftType.objects.filter(active=True))
    before = _earlier(people, first)
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    proposed = rules.propose(
        [
            rules.Person(
                person.pk,
                may_lead=team.leader_id == person.pk or person.post.role in LEADING_ROLES,
                away=frozenset(
                    day
                    for day in days
                    if (person.pk, day) in away
                    or day < person.employed_from
                    or (person.employed_to is not None and day > person.employed_to)
                ),
                rest_days=int(policies.rest.days_per_month),
                most_days_a_week=_most_days(kinds, week),
                last=before.get(person.pk),
            )
            for person in people
        ],
        days,
        [rules.Kind(each.code, each.start, each.end, each.break_minutes) for each in kinds],
        _needs(team, kinds, len(people)),
        apart_hours=apart,
        zone=zone,
    )
    edits = [
        Edit(each.employee_id, each.date, choice_of(each.kind, each.leads)) for each in proposed
    ]
    return plan_cells(team=team, month=month, edits=edits, by=by, at=at)


def _most_days(kinds: Sequence[ShiftType], week: rules.WeekPolicy) -> int:
    """How many days of the first shift fit into the hours of a week, if anybody counts them."""
    if not week.check or not kinds:
        return WEEK_DAYS
    any_day = kinds[0].on(dt.date(2025, 1, 6), ZoneInfo("UTC"))
    minutes = max(1, any_day.length_minutes - kinds[0].break_minutes)
    return min(WEEK_DAYS, int(week.hours * 60 // minutes))


def _needs(team: Team, kinds: Sequence[ShiftType], people: int) -> list[rules.Need]:
    """The least of each shift; where nobody said, a later shift takes a third of the people."""
    needs = needs_of(team)
    if needs:
        return [rules.Need(each.code, needs.get(each.pk, 0)) for each in kinds]
    return [rules.Need(each.code, max(1, people // 3)) for each in kinds[1:]]


def _earlier(people: Iterable[Employee], first: dt.date) -> dict[int, rules.Shift]:
    """The last shift of each in the days before, so that the month begins rested."""
    rows = (
        ShiftAssignment.objects.working()
        .filter(employee__in=list(people), date__lt=first, date__gte=first - 3 * ONE_DAY)
        .order_by("starts_at")
    )
    return {row.employee_id: row.shift(ZoneInfo("UTC")) for row in rows}


@transaction.atomic
def clear_shifts(
    *, employee_id: int, first: dt.date, last: dt.date, reason: str, at: dt.datetime
) -> int:
    """
    Take somebody's shifts off, published or not, who may not work on those days; return how many.

    Days that are over stay, and so do months that are paid for. The planner of each team is told
    which shifts are open now (L15).
    """
    rows = list(
        ShiftAssignment.objects.select_for_update(of=("self",))
        .filter(employee=employee_id, date__gte=first, date__lte=last, ends_at__gt=at)
        .select_related("roster__team__leader__account")
        .order_by("date", "pk")
    )
    months = {month_of(row.date) for row in rows}
    closed = {month for _who, month in closed_among([employee_id], months)}
    by_roster: dict[int, list[ShiftAssignment]] = defaultdict(list)
    for row in rows:
        if month_of(row.date) not in closed:
            by_roster[row.roster_id].append(row)
    for found in by_roster.values():
        roster = found[0].roster
        days = "、".join(dict.fromkeys(f"{row.date:%m-%d}" for row in found))
        ShiftAssignment.objects.filter(pk__in=[row.pk for row in found]).delete()
        roster.changed_at = at
        roster.save(update_fields=["changed_at"])
        record(
            "attendance.planned",
            obj=roster,
            by=None,
            at=at,
            changes={
                "team": str(roster.team),
                "month": f"{roster.month:%Y-%m}",
                "count": len(found),
            },
            reason=reason,
        )
        leader = roster.team.leader
        if leader is not None and leader.account is not None and leader.pk != employee_id:
            notify(
                leader.account,
                kind="attendance.roster",
                title=gettext_lazy("有班次空出来了，请重新安排"),
                body=days,
                url=reverse("attendance:roster", args=[roster.team_id]),
                at=at,
            )
    return sum(len(found) for found in by_roster.values())


@transaction.atomic
def save_needs(
    *, team: Team, least: Mapping[int, int], by: Account | None, at: dt.datetime
) -> None:
    """Say how many people a team needs in each shift; 0 takes the need away."""
    old = needs_of(team)
    new = {pk: number for pk, number in least.items() if number > 0}
    if old == new:
        return
    StaffingNeed.objects.filter(team=team).exclude(shift_type_id__in=new).delete()
    for pk, number in new.items():
        StaffingNeed.objects.update_or_create(
            team=team, shift_type_id=pk, defaults={"least": number}
        )
    record(
        "attendance.needs",
        obj=team,
        by=by,
        at=at,
        changes={
            "least": [{str(k): v for k, v in old.items()}, {str(k): v for k, v in new.items()}]
        },
    )
