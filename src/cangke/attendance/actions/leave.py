"""Asking for leave and rest, and what an approval or a refusal writes into the ledger (K11–K18)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day, working_days
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.wording import listed
from cangke.people.public import Employee, Site, approvers

from .. import rules, wording
from ..models import (
    REST,
    EmergencyCall,
    LeaveEntry,
    LeaveRequest,
    Roster,
    ShiftAssignment,
)
from ..queries.closing import closed_among
from ..queries.duty import zone_of
from ..queries.force import policies_for, policy_of, units_of
from ..queries.months import employed_in, leave_used, rest_entitled
from ..queries.rosters import kind_names, month_of, month_span
from .days import recompute
from .late import note_late

MATTER = "attendance.leave"
ONE_DAY = dt.timedelta(days=1)
HALF = Decimal("0.5")
WHOLE = Decimal(1)
NONE = Decimal(0)
BATCH = 200
LONGEST = 92  # days in one request


class LeaveRefused(Refusal):
    """The request does not keep to the rules; ``matters`` say why."""

    def __init__(self, matters: Sequence[rules.Asked]) -> None:
        facts = [wording.asked_fact(each) for each in matters]
        super().__init__("；".join(wording.asked_text(each) for each in facts), field="first")
        self.matters = matters


class LeaveImpossible(Refusal):
    """The days asked for are none, too many, or taken already."""


class LeaveOver(Conflict):
    """It is decided, or has begun."""


@transaction.atomic
def log_call(
    *,
    employee: Employee,
    date: dt.date,
    called_at: dt.datetime,
    reason: str,
    by: Account,
    at: dt.datetime,
) -> EmergencyCall:
    """
    Note that somebody called about not being able to come (K14).

    :raises LeaveImpossible: if the call would be in the future
    """
    if called_at > at:
        raise LeaveImpossible(_("来电时间不能在将来。"), field="called_at")
    made = EmergencyCall.objects.create(
        employee=employee,
        date=date,
        called_at=called_at,
        reason=reason,
        recorded_by=by,
        recorded_at=at,
    )
    record(
        "attendance.call",
        obj=made,
        by=by,
        at=at,
        changes={"employee": employee.pk, "date": date.isoformat()},
    )
    if employee.account is not None:
        notify(
            employee.account,
            kind="attendance.leave",
            title=gettext_lazy("紧急来电已登记，返岗后请补申请"),
            body=f"{date:%m-%d}",
            url=f"{reverse('attendance:leave-new')}?emergency=1&day={date}",
            at=at,
        )
    return made


def days_asked(
    employee: Employee, kind: str, first: dt.date, last: dt.date, *, half: bool
) -> list[tuple[dt.date, Decimal]]:
    """
    The days a request takes: those with a shift where the month's roster is published, else all.

    Rest days are taken whole, on any day.
    """
    span = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    if kind != REST:
        months = {month_of(day) for day in span}
        published = set(
            Roster.objects.filter(team=employee.team, month__in=months, number__gt=0).values_list(
                "month", flat=True
            )
        )
        shifts = set(
            ShiftAssignment.objects.published()
            .filter(employee=employee, date__gte=first, date__lte=last)
            .values_list("date", flat=True)
        )
        span = [day for day in span if month_of(day) not in published or day in shifts]
    share = HALF if half and kind != REST else WHOLE
    return [(day, share) for day in span]


def _pending(employee: Employee) -> list[tuple[str, dt.date, Decimal]]:
    """What is asked for and not decided yet: (kind, day, days)."""
    return [
        (each.kind, dt.date.fromisoformat(day), share)
        for each in LeaveRequest.objects.filter(employee=employee, state="asked")
        for day, share in each.spread
    ]


def matters_of(
    *,
    employee: Employee,
    kind: str,
    days: Sequence[tuple[dt.date, Decimal]],
    at: dt.datetime,
    call: EmergencyCall | None = None,
    emergency: bool = False,
) -> list[rules.Asked]:
    """What the rules say about the days asked for, before anybody decides."""
    first = days[0][0]
    applied_on = site_day(at, employee.site.zone)
    units = units_of(employee)
    policies = policies_for(units, on=first)
    year = leave_used([employee.pk], first.replace(month=1, day=1), first.replace(month=12, day=31))
    had = [(each, day, share) for (_who, day, each), share in year.items()]
    had += [each for each in _pending(employee) if each[1].year == first.year]
    if kind == REST:
        return _rest_matters(employee, days, had, applied_on, policies)
    asked = policy_of(rules.LeaveRequestPolicy, units, on=first)
    per_month: dict[dt.date, Decimal] = defaultdict(Decimal)
    for each, day, share in had:
        if each != REST and not policies.leave.kind(each).protected:
            per_month[month_of(day)] += share
    total = sum((share for _day, share in days), NONE)
    worst = NONE
    for month in {month_of(day) for day, _share in days}:
        wanted = sum((share for day, share in days if month_of(day) == month), NONE)
        worst = max(worst, per_month[month] + wanted)
    found = rules.check_leave(
        kind,
        first=first,
        days=total,
        applied_on=applied_on,
        year_before=sum((share for each, _day, share in had if each == kind), NONE),
        month_before=worst - total,
        policy=asked,
        leave=policies.leave,
        emergency=emergency,
    )
    if emergency:
        found += _emergency_matters(employee, days, applied_on, call)
    return found


def _rest_matters(
    employee: Employee,
    days: Sequence[tuple[dt.date, Decimal]],
    had: Sequence[tuple[str, dt.date, Decimal]],
    applied_on: dt.date,
    policies: rules.Policies,
) -> list[rules.Asked]:
    found: list[rules.Asked] = []
    for month in sorted({month_of(day) for day, _share in days}):
        entitled, _spoiling = rest_entitled([employee], month)[employee.pk]
        taken = sum(
            (share for each, day, share in had if each == REST and month_of(day) == month), NONE
        )
        wanted = [day for day, _share in days if month_of(day) == month]
        found += rules.check_rest(
            wanted, applied_on=applied_on, taken=taken, entitled=entitled, policy=policies.rest
        )
    return found


def _emergency_matters(
    employee: Employee,
    days: Sequence[tuple[dt.date, Decimal]],
    applied_on: dt.date,
    call: EmergencyCall | None,
) -> list[rules.Asked]:
    first, last = days[0][0], days[-1][0]
    shifts = ShiftAssignment.objects.published().filter(employee=employee)
    on_first = shifts.filter(date=first).first()
    back = shifts.filter(date__gt=last).order_by("date").values_list("date", flat=True).first()
    if on_first is not None:
        start = on_first.starts_at
    else:
        start = dt.datetime.combine(first, dt.time(12), tzinfo=zone_of(employee))
    returns_on = back or last + ONE_DAY
    return rules.emergency_matters(
        called_at=call.called_at if call else None,
        shift_start=rules.minute_of(start),
        applied_on=applied_on,
        returns_on=returns_on,
        calendar=working_days(employee.site.country, returns_on, returns_on),
        policy=policy_of(rules.EmergencyPolicy, units_of(employee), on=first),
    )


@transaction.atomic
def ask_leave(
    *,
    employee: Employee,
    kind: str,
    first: dt.date,
    last: dt.date,
    reason: str,
    by: Account,
    at: dt.datetime,
    half: bool = False,
    emergency: bool = False,
    override_reason: str = "",
) -> LeaveRequest:
    """
    Ask for leave or rest days; it goes to the superior for approval (K11, K13, K14).

    What the rules refuse may still be asked for by somebody above, with a reason; nobody makes an
    exception of themselves.

    :raises LeaveRefused: if the rules refuse it
    :raises LeaveImpossible: if there are no such days, or they are taken
    """
    employee = (
        Employee.objects.select_for_update(of=("self",))
        .select_related("site", "team", "department", "account")
        .get(pk=employee.pk)
    )
    if employee.account is None:
        raise LeaveImpossible(_("这位员工没有账户，不能提交审批。"))
    if first.year != last.year:
        raise LeaveImpossible(_("跨年的请假请分两次申请。"), field="last")
    if (last - first).days >= LONGEST:
        raise LeaveImpossible(_("一次最多申请 %d 天。") % LONGEST, field="last")
    if half and first != last:
        raise LeaveImpossible(_("半天只能申请一天。"), field="half")
    names = kind_names(first)
    if kind not in names:
        raise LeaveImpossible(_("没有这种假。"), field="kind")
    days = days_asked(employee, kind, first, last, half=half)
    if not days:
        raise LeaveImpossible(_("这些天没有排班，不用请假。"), field="first")
    _free(employee, days)
    call = None
    if emergency:
        call = EmergencyCall.objects.filter(
            employee=employee, date__gte=first, date__lte=last
        ).first()
    matters = matters_of(
        employee=employee, kind=kind, days=days, at=at, call=call, emergency=emergency
    )
    refused = [each for each in matters if each.matter.refuses]
    if refused and (not override_reason or by.pk == employee.account_id):
        raise LeaveRefused(refused)
    warnings = [wording.asked_fact(each) for each in matters]
    total = sum((share for _day, share in days), NONE)
    made = LeaveRequest.objects.create(
        employee=employee,
        kind=kind,
        first=first,
        last=last,
        half=half,
        days=total,
        day_list=[[day.isoformat(), str(share)] for day, share in days],
        reason=reason,
        emergency=emergency,
        call=call,
        override_reason=override_reason if refused else "",
        warnings=warnings,
        asked_by=by,
        asked_at=at,
    )
    record(
        "attendance.leave_asked",
        obj=made,
        by=by,
        at=at,
        changes={"kind": kind, "first": first.isoformat(), "days": str(total)},
        reason=override_reason,
    )
    approvals.submit_case(
        kind=MATTER,
        subject_id=made.pk,
        applicant=employee.account,
        title=lambda: (
            ngettext(
                "%(name)s 申请%(kind)s %(days)s 天",
                "%(name)s 申请%(kind)s %(days)s 天",
                wording.counted(total),
            )
            % {
                "name": employee.name,
                "kind": kind_names(first)[kind],
                "days": wording.plain(total),
            }
        ),
        facts=lambda: _facts(made),
        by=by,
        at=at,
    )
    return made


def _facts(made: LeaveRequest) -> list[tuple[str, str]]:
    """What stands beside the buttons of whoever decides."""
    first, last, call = made.first, made.last, made.call
    facts = [
        (_("假别"), kind_names(first)[made.kind]),
        (_("日期"), f"{first} – {last}" if first != last else str(first)),
        (_("天数"), wording.plain(made.days)),
        (_("原因"), made.reason),
    ]
    if call is not None:
        clock = call.called_at.astimezone(zone_of(made.employee))
        facts.append((_("紧急来电"), f"{clock:%m-%d %H:%M}"))
    if made.warnings:
        facts.append((_("提醒"), "\n".join(wording.asked_text(each) for each in made.warnings)))
    if made.override_reason:
        facts.append((_("破例理由"), made.override_reason))
    return facts


def _free(employee: Employee, days: Sequence[tuple[dt.date, Decimal]]) -> None:
    """
    See that none of the days is taken by another request or entry.

    :raises LeaveImpossible: naming the days
    """
    taken: dict[dt.date, Decimal] = defaultdict(Decimal)
    used = leave_used([employee.pk], days[0][0], days[-1][0])
    for (_who, day, _kind), share in used.items():
        taken[day] += share
    for _kind, day, share in _pending(employee):
        taken[day] += share
    full = [day for day, share in days if taken[day] + share > WHOLE]
    if full:
        shown = listed(f"{day:%m-%d}" for day in full[:5])
        raise LeaveImpossible(_("这些天已经申请过：%s") % shown, field="first")


def _locked(pk: int) -> LeaveRequest:
    rows = LeaveRequest.objects.select_for_update(of=("self",))
    return rows.select_related(
        "employee__account", "employee__site", "employee__team", "employee__department"
    ).get(pk=pk)


@transaction.atomic
def approve_leave(*, request_id: int, by: Account | None, at: dt.datetime) -> LeaveRequest:
    """
    The superior has approved: the days go into the ledger, and the months are judged anew.

    Safe to repeat. More than three days in the month take the next month's rest days (K17), which
    the person and the planner are told.
    """
    found = _locked(request_id)
    if found.state != "asked":
        return found
    found.state, found.decided_at = "approved", at
    found.save(update_fields=["state", "decided_at"])
    LeaveEntry.objects.bulk_create(
        [
            LeaveEntry(
                employee=found.employee,
                kind=found.kind,
                act="use",
                date=dt.date.fromisoformat(day),
                days=share,
                request=found,
                recorded_by=by,
                recorded_at=at,
            )
            for day, share in found.spread
        ]
    )
    record("attendance.leave_approved", obj=found, by=by, at=at)
    _after(found, at)
    return found


@transaction.atomic
def drop_leave(*, request_id: int, state: str, at: dt.datetime) -> LeaveRequest:
    """It was refused or taken back: nothing is written; without a punch it is absence (K15)."""
    found = _locked(request_id)
    if found.state == "asked":
        found.state, found.decided_at = state, at
        found.save(update_fields=["state", "decided_at"])
    return found


@transaction.atomic
def cancel_leave(
    *, request_id: int, reason: str, by: Account, at: dt.datetime, anytime: bool = False
) -> LeaveRequest:
    """
    Give approved leave back: the ledger gets opposite rows, nothing is deleted.

    The person may do so before it begins; somebody above at any time (``anytime``).

    :raises LeaveOver: if it is not approved, or has begun
    """
    found = _locked(request_id)
    if found.state != "approved":
        raise LeaveOver(_("这份申请现在是“%s”。") % found.get_state_display())
    today = site_day(at, found.employee.site.zone)
    if found.first <= today and not anytime:
        raise LeaveOver(_("假期已经开始，请联系主管取消。"))
    found.state = "cancelled"
    found.save(update_fields=["state"])
    LeaveEntry.objects.bulk_create(
        [
            LeaveEntry(
                employee=found.employee,
                kind=entry.kind,
                act="reverse",
                date=entry.date,
                days=-entry.days,
                request=found,
                reverses=entry,
                note=reason[:200],
                recorded_by=by,
                recorded_at=at,
            )
            for entry in found.entries.filter(act="use")
        ]
    )
    record("attendance.leave_cancelled", obj=found, by=by, at=at, reason=reason)
    _after(found, at)
    return found


def _after(request: LeaveRequest, at: dt.datetime) -> None:
    """The months of a request are judged anew; the rest days of the months after may change."""
    employee = request.employee
    months = sorted({month_of(dt.date.fromisoformat(day)) for day, _share in request.spread})
    closed = closed_among([employee.pk], months)
    for day, share in request.spread:
        date = dt.date.fromisoformat(day)
        if (employee.pk, month_of(date)) in closed:
            # A day of leave without a shift leaves no mark on any day record.
            digest = f"{request.pk} {request.state} {share}"
            note_late(employee_id=employee.pk, date=date, source="leave", digest=digest, at=at)
    recompute(employee_ids=[employee.pk], months=months, at=at)
    if request.kind != REST:
        for month in months:
            grant_rest(
                employees=[employee], month=month_span(month)[1] + ONE_DAY, at=at, only_changes=True
            )


@transaction.atomic
def grant_rest(
    *,
    employees: Collection[Employee],
    month: dt.date,
    at: dt.datetime,
    only_changes: bool = False,
) -> int:
    """
    Write the rest days of a month into the ledger (K11, K17); return how many rows.

    What was granted is corrected by a row of the difference, so that nothing is granted twice.
    Whoever loses the month's rest days is told, and so is the planner. ``only_changes`` leaves out
    those whose month has no grant yet and who lose nothing: their month has not begun.
    """
    people = list(
        Employee.objects.select_for_update(of=("self",))
        .filter(pk__in=[each.pk for each in employees])
        .select_related("site", "team", "department", "account")
    )
    granted: dict[int, Decimal] = defaultdict(Decimal)
    rows = LeaveEntry.objects.filter(
        employee__in=people, kind=REST, act="grant", date=month
    ).order_by()
    has_grant = set()
    for who, days in rows.values_list("employee_id", "days"):
        granted[who] += days
        has_grant.add(who)
    entitled = rest_entitled(people, month)
    fresh = []
    for person in people:
        days, leave_before = entitled[person.pk]
        policies = policies_for(units_of(person), on=month)
        lost = days == 0 and leave_before > policies.leave.forfeit_rest_over
        is_known = person.pk in has_grant
        if is_known and granted[person.pk] == days:
            continue
        if not is_known and only_changes and not lost:
            continue
        note = "K17" if lost else "K11"
        fresh.append(
            LeaveEntry(
                employee=person,
                kind=REST,
                act="grant",
                date=month,
                days=days - granted[person.pk],
                note=note,
                recorded_at=at,
            )
        )
        if lost:
            _tell_lost(person, month, leave_before, at)
    LeaveEntry.objects.bulk_create(fresh)
    return len(fresh)


def grant_month(*, at: dt.datetime) -> int:
    """Grant the rest days of the month that runs at each site; return how many rows."""
    written = 0
    for zone in Site.objects.order_by().values_list("zone", flat=True).distinct():
        month = month_of(site_day(at, zone))
        ids = list(employed_in(month).filter(site__zone=zone).values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            people = list(Employee.objects.filter(pk__in=ids[start : start + BATCH]))
            written += grant_rest(employees=people, month=month, at=at)
    return written


def _tell_lost(person: Employee, month: dt.date, leave: Decimal, at: dt.datetime) -> None:
    title = gettext_lazy("上月请假超过规定天数，本月没有休假")
    body = f"{person.name} · {month:%Y-%m} · {wording.plain(leave)}"
    told: set[int | None] = set()
    if person.account is not None:
        told.add(person.account_id)
        told |= set(approvers(seat="manager", value="1", applicant_id=person.account.pk))
    for account in Account.objects.filter(pk__in=[pk for pk in told if pk]):
        notify(
            account,
            kind="attendance.leave",
            title=title,
            body=body,
            url=f"{reverse('attendance:mine')}?month={month:%Y-%m}",
            at=at,
        )
