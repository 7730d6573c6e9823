"""A month of attendance as its facts and the rules of its days make it: loaded once for many."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from cangke.approvals import public as approvals
from cangke.people.public import Employee
from cangke.rulebook.public import edition, policy, set_for, version_in_force

from .. import ports, rules
from ..models import (
    BUILT_IN,
    REST,
    DayRecord,
    LeaveEntry,
    PunchCorrection,
    PunchSource,
    RawPunch,
    RedPacket,
    ShiftAssignment,
)
from ..rules import LeaveDay, MakeUp, Side
from .force import policies_for, units_of
from .judged import JudgedDay, JudgedMonth, Recorded, Rostered
from .rosters import month_span

ONE_DAY = dt.timedelta(days=1)
NONE = Decimal(0)
WHOLE = Decimal(1)


def _net(entries: Iterable[LeaveEntry]) -> dict[tuple[int, dt.date, str], Decimal]:
    """Days used after what was given back: (employee, day, kind) → days above zero."""
    found: dict[tuple[int, dt.date, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        found[entry.employee_id, entry.date, entry.kind] += entry.days
    return {key: days for key, days in found.items() if days > 0}


def leave_used(
    employee_ids: Collection[int], first: dt.date, last: dt.date
) -> dict[tuple[int, dt.date, str], Decimal]:
    """Approved leave and rest: (employee, day, kind) → days; one query."""
    rows = LeaveEntry.objects.filter(
        employee_id__in=employee_ids, date__gte=first, date__lte=last, act__in=["use", "reverse"]
    )
    return _net(rows.order_by())


def load_months(employees: Sequence[Employee], month: dt.date) -> dict[int, Recorded]:
    """What is on record about a month: six queries, however many people."""
    first, last = month_span(month)
    found = {each.pk: Recorded(each) for each in employees}
    around = first - ONE_DAY, last + ONE_DAY
    rows = (
        ShiftAssignment.objects.published()
        .filter(employee__in=found, date__gte=around[0], date__lte=around[1])
        .order_by("starts_at")
        .values_list(*Rostered._fields)
    )
    for row in map(Rostered._make, rows):
        found[row.employee_id].rows.append(row)
    start = dt.datetime.combine(first - 2 * ONE_DAY, dt.time(), tzinfo=dt.UTC)
    end = dt.datetime.combine(last + 3 * ONE_DAY, dt.time(), tzinfo=dt.UTC)
    punches = RawPunch.objects.filter(
        employee__in=found, minute__gte=start, minute__lt=end
    ).order_by()
    for who, at, source in punches.values_list("employee_id", "at", "source"):
        mine = found[who]
        (mine.built_in if source == BUILT_IN else mine.external).append(at)
    corrections = PunchCorrection.objects.filter(
        employee__in=found, date__gte=first, date__lte=last, state__in=["asked", "certified"]
    )
    for each in corrections:
        certified = each.state == "certified"
        found[each.employee_id].makeups.append(
            MakeUp(each.date, Side(each.side), each.made_up_at.astimezone(dt.UTC), certified)
        )
    used = leave_used(list(found), first.replace(month=1, day=1), last)
    for (who, day, kind), days in sorted(used.items()):
        if kind == REST:
            if day >= first:
                found[who].rest.add(day)
        elif day >= first:
            found[who].leave.append(LeaveDay(day, days, kind))
        elif kind == "personal":
            found[who].personal_earlier += days
    ended = RedPacket.objects.filter(
        employee__in=found, date__gte=first, date__lte=last, state__in=["sent", "waived"]
    )
    for packet in ended:
        key = packet.date, Side(packet.side)
        if packet.state == "waived":
            found[packet.employee_id].waived.add(key)
        elif packet.sent_at is not None:
            found[packet.employee_id].sent.setdefault(key, []).append(packet.sent_at)
    _objected(found, first, last)
    return found


SIDES = {"day_in": Side.IN, "day_out": Side.OUT, "day_whole": Side.DAY}


def _objected(found: Mapping[int, Recorded], first: dt.date, last: dt.date) -> None:
    """Which verdicts do not count because of an objection (S7)."""
    days = DayRecord.objects.filter(employee__in=found, date__gte=first, date__lte=last)
    held = approvals.standing("attendance.DayRecord", days.order_by().values("pk"))
    if not held:
        return
    rows = days.filter(pk__in={pk for pk, _figure in held}).order_by()
    of_day = {pk: (who, day) for pk, who, day in rows.values_list("pk", "employee_id", "date")}
    for pk, figure in held:
        who, day = of_day[pk]
        found[who].objected.add((day, SIDES[figure]))


def synced_marks() -> dict[int, dt.datetime]:
    """Site → how far the data of its outside clock reach."""
    return dict(PunchSource.objects.values_list("site_id", "synced_until"))


def judge_months(
    employees: Sequence[Employee],
    month: dt.date,
    *,
    at: dt.datetime,
    known: Mapping[int, JudgedMonth] | None = None,
) -> list[JudgedMonth]:
    """
    Judge a month of many people as it stands at a moment (K3–K6, K13–K22).

    Eight queries and one question to the desk, however many people. A shift is decided a while
    after its end, once nobody is being served any more and the deciding clock has reported.
    Who is among ``known`` is judged again only if a fact has changed since.
    """
    recorded = load_months(employees, month)
    marks = synced_marks()
    asked = [row.asked for each in recorded.values() for row in each.rows if row.ends_at <= at]
    serving = ports.serving_until.ask(shifts=asked, at=at) if asked else {}
    found = []
    for who, each in recorded.items():
        mark = marks.get(each.employee.site_id)
        facts = each.facts(at=at, mark=mark, serving=serving, edition=edition())
        before = known.get(who) if known else None
        if before is not None and before.facts == facts:
            found.append(replace(before, employee=each.employee))
        else:
            found.append(_judge(each, month, at=at, mark=mark, serving=serving, basis=facts))
    return found


def _judge(
    recorded: Recorded,
    month: dt.date,
    *,
    at: dt.datetime,
    mark: dt.datetime | None,
    serving: Mapping[ports.Asked, dt.datetime],
    basis: tuple[object, ...],
) -> JudgedMonth:
    employee = recorded.employee
    first, last = month_span(month)
    zone = ZoneInfo(employee.site.zone)
    units = units_of(employee)
    punching = policy(rules.PunchPolicy, on=first, group=set_for(units, on=first))
    running: set[dt.date] = set()
    shifts: dict[dt.date, rules.Shift] = {}
    rows: dict[dt.date, Rostered] = {}
    extends = policies_for(units, on=first).shift.auto_extend
    for row in recorded.rows:
        if row.date in recorded.rest:
            continue
        shift = row.shift(zone)
        until = serving.get(row.asked) if extends else None
        if until is not None:
            shift = shift.extended_to(until)
            if until >= at:
                running.add(row.date)
        shifts[row.date], rows[row.date] = shift, row
    counted = rules.deciding_punches(
        list(shifts.values()),
        built_in=recorded.built_in,
        external=recorded.external,
        authority=punching.authority,
    )
    by_shift = rules.punches_of(
        sorted(shifts.values(), key=lambda each: each.start),
        [each for each in counted if each <= at],
    )
    decided = {
        day
        for day, shift in shifts.items()
        if first <= day <= last
        and day not in running
        and shift.end + dt.timedelta(minutes=punching.settle_minutes) <= at
        and not _waits(shift, by_shift[shift.start], mark, punching.authority)
    }
    facts = rules.MonthFacts(
        first=first,
        last=last,
        shifts=list(shifts.values()),
        punches=counted,
        makeups=recorded.makeups,
        leave=recorded.leave,
        sent=recorded.sent,
        personal_leave_earlier=recorded.personal_earlier,
        objected=recorded.objected,
        waived=recorded.waived,
    )
    verdict, versions = _by_version(facts, units, decided, at=at, zone=zone)
    days = [
        _day(rows[day], shifts[day], by_shift[shifts[day].start], day in decided, recorded, verdict,
             versions)
        for day in sorted(shifts)
        if first <= day <= last and shifts[day].end <= at
    ]  # fmt: skip
    rest = Decimal(len([day for day in recorded.rest if first <= day <= last]))
    waiting = sum(each.state == "waiting" for each in days)
    return JudgedMonth(employee, tuple(days), verdict, rest, waiting, basis)


def _waits(
    shift: rules.Shift,
    punches: Sequence[dt.datetime],
    mark: dt.datetime | None,
    authority: rules.Authority,
) -> bool:
    """Whether the deciding clock has not reported yet beyond the end of the shift."""
    if authority is rules.Authority.BUILT_IN:
        return False
    if authority is rules.Authority.EXTERNAL:
        return mark is None or mark < shift.planned_end
    return mark is not None and mark < shift.planned_end and not punches


def _by_version(
    facts: rules.MonthFacts,
    units: list[tuple[str, int]],
    decided: set[dt.date],
    *,
    at: dt.datetime,
    zone: ZoneInfo,
) -> tuple[rules.MonthVerdict, dict[dt.date, tuple[str, int]]]:
    """Judge each shift by the rules of its day; leave and totals by those of the first."""
    versions: dict[dt.date, tuple[str, int]] = {}
    whole: dict[tuple[str, int], rules.MonthVerdict] = {}
    for day in [facts.first, *sorted(decided)]:
        force = version_in_force(on=day, group=set_for(units, on=day))
        key = versions[day] = (force.set_key, force.number)
        if key not in whole:
            whole[key] = rules.judge_month(facts, policies_for(units, on=day), as_of=at, zone=zone)
    main = whole[versions[facts.first]]

    of_day = [(day, whole[versions[day]]) for day in sorted(decided)]
    verdicts = tuple(v for day, month in of_day for v in month.verdicts if v.date == day)
    absent = sum((each.absent_days for each in verdicts), NONE) + main.leave.excess
    merged = replace(
        main,
        verdicts=verdicts,
        packets=tuple(p for day, month in of_day for p in month.packets if p.date == day),
        exceptions=tuple(e for day, month in of_day for e in month.exceptions if e.date == day),
        absent_days=absent,
    )
    return merged, versions


def _day(
    row: Rostered,
    shift: rules.Shift,
    punches: Sequence[dt.datetime],
    is_decided: bool,
    recorded: Recorded,
    verdict: rules.MonthVerdict,
    versions: Mapping[dt.date, tuple[str, int]],
) -> JudgedDay:
    day = row.date
    leave = sum((each.days for each in recorded.leave if each.date == day), NONE)
    mine = tuple(each for each in verdict.verdicts if each.date == day)
    missed = frozenset(each.side for each in verdict.exceptions if each.date == day)
    certified = {each.side: each for each in recorded.makeups if each.date == day}
    came, left = rules.sides_of(shift, punches, certified)
    if not is_decided:
        state = "waiting"
    elif leave >= WHOLE:
        state = "away"
    elif missed:
        state = "open"
    elif any(not each.is_clean or each.packet is not None for each in mine):
        state = "marked"
    else:
        state = "clean"
    rule_set, number = versions.get(day, ("", 0))
    return JudgedDay(row, shift, state, came, left, leave, mine, missed, rule_set, number)


def employed_in(month: dt.date) -> QuerySet[Employee]:
    """Who worked here some day of the month."""
    first, last = month_span(month)
    rows = Employee.objects.filter(employed_from__lte=last).exclude(employed_to__lt=first)
    return rows.select_related("site", "team", "department", "account", "post").order_by("number")


def employed_days(employee: Employee, month: dt.date) -> int:
    """How many days of the month somebody is employed."""
    first, last = month_span(month)
    start = max(first, employee.employed_from)
    end = min(last, employee.employed_to or last)
    return max(0, (end - start).days + 1)


def rest_entitled(
    employees: Sequence[Employee], month: dt.date
) -> dict[int, tuple[Decimal, Decimal]]:
    """
    Rest days of the month (K11, K17): employee → (days, unprotected leave of the month before).
    """
    first, last = month_span(month)
    before_last = first - ONE_DAY
    used = leave_used([each.pk for each in employees], before_last.replace(day=1), before_last)
    of_person: dict[int, list[LeaveDay]] = defaultdict(list)
    for (who, day, kind), days in used.items():
        if kind != REST:
            of_person[who].append(LeaveDay(day, days, kind))
    found = {}
    for employee in employees:
        policies = policies_for(units_of(employee), on=first)
        spoiling = rules.count_leave(of_person[employee.pk], policies.leave).spoiling
        found[employee.pk] = (
            rules.rest_entitlement(
                leave_days_before=spoiling,
                employed_days=employed_days(employee, month),
                calendar_days=calendar.monthrange(first.year, first.month)[1],
                rest=policies.rest,
                leave=policies.leave,
            ),
            spoiling,
        )
    return found
