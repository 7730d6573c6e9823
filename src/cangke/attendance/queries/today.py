"""What somebody sees before punching: the shift at hand, its punches, how the month stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from cangke.people.public import Employee

from .. import ports, rules
from ..models import BUILT_IN, PunchCorrection, RawPunch, RedPacket, ShiftAssignment
from .duty import off_shift_online, zone_of
from .force import policies_for, units_of
from .judged import JudgedMonth
from .months import judge_months, leave_used, rest_entitled
from .rosters import month_span

ONE_DAY = dt.timedelta(days=1)
REACH = dt.timedelta(hours=6)
NONE = Decimal(0)
NOT_AT_ALL = dt.timedelta()


@dataclass(frozen=True)
class Today:
    """The shift at hand; ``late`` in minutes so far, ``serving`` while a customer is served."""

    row: ShiftAssignment | None
    shift: rules.Shift | None
    came: dt.datetime | None
    left: dt.datetime | None
    late: int
    early: int
    serving: bool
    outside: bool

    @property
    def side(self) -> str:
        """Which side the next punch is: until half of the shift has passed, the beginning."""
        return "in" if self.came is None else "out"


def today_of(employee: Employee, *, at: dt.datetime) -> Today:
    """The shift that runs, is nearest within six hours, or is today's, and its punches."""
    zone = zone_of(employee)
    rows = list(
        ShiftAssignment.objects.published()
        .filter(employee=employee, starts_at__lt=at + ONE_DAY, ends_at__gt=at - ONE_DAY)
        .select_related("shift_type")
        .order_by("starts_at")
    )
    punches = list(
        RawPunch.objects.filter(
            employee=employee, minute__gte=at - 2 * ONE_DAY, minute__lte=at
        ).values_list("at", "source")
    )
    shifts = [row.shift(zone) for row in rows]
    today = at.astimezone(zone).date()
    policies = policies_for(units_of(employee), on=today)
    known = rules.punches_of(shifts, [moment for moment, _source in punches])
    near = [
        (row, shift)
        for row, shift in zip(rows, shifts, strict=True)
        if shift.start - REACH <= at <= shift.end + REACH or row.date == today
    ]
    # An evening that has just ended gives way to nothing; a shift that runs comes before one ahead.
    near.sort(key=lambda each: (not each[1].start <= at <= each[1].end, abs(each[1].start - at)))
    outside = any(source != BUILT_IN for _moment, source in punches)
    if not near:
        return Today(None, None, None, None, 0, 0, serving=False, outside=outside)
    row, shift = near[0]
    asked = (employee.pk, row.starts_at, row.ends_at)
    until = None
    if at >= row.ends_at and policies.shift.auto_extend:
        until = ports.serving_until.ask(shifts=[asked], at=at).get(asked)
    mine = known[shift.start]
    came, left = rules.sides_of(shift, mine, {})
    serving = until is not None and until >= at
    if until is not None:
        shift = shift.extended_to(until)
    return Today(
        row,
        shift,
        came,
        left,
        rules.judge_in(shift, came, policies.late).minutes_late if came else 0,
        rules.judge_out(shift, left, policies.late).minutes_early if left else 0,
        serving=serving,
        outside=outside,
    )


@dataclass(frozen=True)
class Standing:
    """How somebody's month stands so far."""

    judged: JudgedMonth
    made_up: int
    free: int
    rest_taken: Decimal
    rest_entitled: Decimal
    leave_days: Decimal
    personal_year: Decimal
    personal_most: Decimal
    owed: list[RedPacket]
    off_shift: dt.timedelta

    @property
    def rest_left(self) -> Decimal:
        return max(NONE, self.rest_entitled - self.rest_taken)

    @property
    def missed(self) -> int:
        """Missed punches: made up, and still open."""
        return self.made_up + len(self.judged.verdict.exceptions)


def standing_of(employee: Employee, month: dt.date, *, at: dt.datetime) -> Standing:
    """One's own month so far: verdicts, leave, rest days, packets."""
    judged = judge_months([employee], month, at=at)[0]
    policies = policies_for(units_of(employee), on=month)
    entitled, _spoiling = rest_entitled([employee], month)[employee.pk]
    first, last = month.replace(month=1, day=1), month.replace(month=12, day=31)
    year = leave_used([employee.pk], first, last)
    start, end = month_span(month)
    owed = RedPacket.objects.filter(employee=employee, state__in=["due", "overdue"])
    return Standing(
        judged=judged,
        made_up=_made_up(employee, start, end),
        free=policies.missed_punch.free_per_month,
        rest_taken=sum(
            (n for (_w, day, kind), n in year.items() if kind == "rest" and start <= day <= end),
            NONE,
        ),
        rest_entitled=entitled,
        leave_days=sum(
            (n for (_w, day, kind), n in year.items() if kind != "rest" and start <= day <= end),
            NONE,
        ),
        personal_year=sum((n for (_w, _d, kind), n in year.items() if kind == "personal"), NONE),
        personal_most=policies.leave.personal_max_per_year,
        owed=list(owed.order_by("date")),
        off_shift=off_shift_online([employee], month, at=at).get(employee.pk, NOT_AT_ALL),
    )


def _made_up(employee: Employee, first: dt.date, last: dt.date) -> int:
    rows = PunchCorrection.objects.filter(
        employee=employee, date__gte=first, date__lte=last, state="certified"
    )
    return rows.count()
