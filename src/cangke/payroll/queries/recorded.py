"""What is on record about a month's pay of many people: a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Q

from cangke.approvals import public as approvals
from cangke.attendance import public as attendance
from cangke.people.public import Employee, EmployeeTerm, Site

from .. import ports, rules
from ..models import SETTLED, LateChange, PayItem, PayRun, PaySlip, PayTerm, Receivable

ONE_DAY = dt.timedelta(days=1)
NONE = Decimal(0)
REST = "rest"


def month_span(month: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the month that a day lies in."""
    first = month.replace(day=1)
    return first, (first + dt.timedelta(days=31)).replace(day=1) - ONE_DAY


def month_before(month: dt.date) -> dt.date:
    return (month.replace(day=1) - ONE_DAY).replace(day=1)


def month_after(month: dt.date) -> dt.date:
    return month_span(month)[1] + ONE_DAY


@dataclass
class Recorded:
    """What is on record about one person's pay of a month, beside attendance."""

    employee: Employee
    terms: list[PayTerm] = field(default_factory=list)
    items: list[PayItem] = field(default_factory=list)
    paused: list[PayItem] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    leave: list[attendance.LeaveDay] = field(default_factory=list)
    owed: list[Receivable] = field(default_factory=list)
    leave_before: Decimal = NONE
    tax_earlier: list[rules.TaxMonth] = field(default_factory=list)
    day_ids: dict[dt.date, int] = field(default_factory=dict)

    def term_on(self, day: dt.date) -> PayTerm | None:
        """The terms in force on a day; ``terms`` are in order."""
        found = None
        for each in self.terms:
            if each.from_date <= day:
                found = each
        return found


def people_of_run(run: PayRun) -> list[Employee]:
    """Whom a run pays: the site's people, who is missing or corrected, or the one who leaves."""
    if run.kind == "final":
        return [each for each in attendance.employed_in(run.month) if each.pk == run.employee_id]
    if run.kind == "regular":
        return people_of(run.site, run.month)
    everybody = people_of(run.site, run.month, settled_apart=True)
    own = own_slips([each.pk for each in everybody], run.month)
    late = set(
        LateChange.objects.filter(
            employee__in=own, month__lte=run.month, settled_in__isnull=True
        ).values_list("employee_id", flat=True)
    )
    missed = {each.pk for each in people_of(run.site, run.month)} - own
    return [each for each in everybody if each.pk in late | missed]


def own_slips(employee_ids: Collection[int], month: dt.date) -> set[int]:
    """Who has a settled slip with the whole month."""
    rows = PaySlip.objects.filter(
        employee__in=employee_ids, month=month, part=0, run__state__in=SETTLED
    )
    return set(rows.order_by().values_list("employee_id", flat=True))


def people_of(site: Site, month: dt.date, *, settled_apart: bool = False) -> list[Employee]:
    """
    Whom a site pays for a month: employed in it, and there on its last day of employment.

    Leavers with a final run of the month are left out, unless ``settled_apart`` asks for them.
    """
    first, last = month_span(month)
    employed = attendance.employed_in(month)
    if not settled_apart:
        apart = PayRun.objects.filter(kind="final", month=first).values("employee")
        employed = employed.exclude(pk__in=apart)
    people = list(employed)
    terms = EmployeeTerm.objects.filter(
        Q(to_date__isnull=True) | Q(to_date__gte=first), from_date__lte=last, employee__in=people
    ).order_by("from_date")
    place: dict[int, int] = {}
    ends = {each.pk: min(last, each.employed_to or last) for each in people}
    for who, site_id, since in terms.values_list("employee_id", "site_id", "from_date"):
        if since <= ends[who]:
            place[who] = site_id
    return [each for each in people if place.get(each.pk, each.site_id) == site.pk]


def load(employees: Sequence[Employee], month: dt.date) -> dict[int, Recorded]:
    """What is on record: seven queries and one question to the rooms that add amounts."""
    first, last = month_span(month)
    found = {each.pk: Recorded(each) for each in employees}
    terms = PayTerm.objects.filter(
        employee__in=found, from_date__lte=last, replaced_at__isnull=True
    ).order_by("from_date", "pk")
    for term in terms:
        found[term.employee_id].terms.append(term)
    items = PayItem.objects.filter(employee__in=found, month=first, state="counted")
    rows = list(items.order_by("kind", "pk"))
    held_back = set(ports.paused.ask(item_ids=[each.pk for each in rows])) if rows else set()
    for item in rows:
        mine = found[item.employee_id]
        (mine.paused if item.pk in held_back else mine.items).append(item)
    _held(found, first)
    for (who, day, kind), days in attendance.leave_used(list(found), first, last).items():
        if kind != REST:
            found[who].leave.append(attendance.LeaveDay(day, days, kind))
    for who, (_entitled, before) in attendance.rest_entitled(employees, month).items():
        found[who].leave_before = before
    _tax_earlier(found, first)
    marked = attendance.DayRecord.objects.filter(
        ~Q(absent_days=0) | ~Q(leave_days=0) | Q(state="marked"),
        employee__in=found,
        date__gte=first,
        date__lte=last,
    )
    for who, day, pk in marked.order_by().values_list("employee_id", "date", "pk"):
        found[who].day_ids[day] = pk
    for each in found.values():
        each.leave.sort(key=lambda row: (row.date, row.kind))
    return found


def add_owed(found: dict[int, Recorded], month: dt.date) -> None:
    """Add what slips of earlier months could not take, oldest first, but what is objected to."""
    rows = list(
        Receivable.objects.filter(employee__in=found, left__gt=0, slip__month__lt=month)
        .select_related("item")
        .order_by("slip__month", "pk")
    )
    items = [row.item_id for row in rows if row.item_id is not None]
    held_back = set(ports.paused.ask(item_ids=items)) if items else set()
    for row in rows:
        if row.item_id not in held_back:
            found[row.employee_id].owed.append(row)


# The lines of attendance that an objection to them holds back; recoveries are items.
HELD = ("absence", "leave", "red_packets")


def _held(found: dict[int, Recorded], first: dt.date) -> None:
    """Which lines of the month's slips do not count because of an objection (S7)."""
    slips = PaySlip.objects.filter(employee__in=found, month=first)
    held = approvals.standing("payroll.PaySlip", slips.order_by().values("pk"), figures=HELD)
    if held:
        whose = dict(
            slips.filter(pk__in={pk for pk, _figure in held})
            .order_by()
            .values_list("pk", "employee_id")
        )
        for pk, figure in held:
            found[whose[pk]].held.add(figure)


def _tax_earlier(found: dict[int, Recorded], first: dt.date) -> None:
    """The year's settled months of those whose tax is withheld cumulatively."""
    wanted = [pk for pk, each in found.items() if any(t.tax == "cumulative" for t in each.terms)]
    if not wanted or first.month == 1:
        return
    slips = PaySlip.objects.filter(
        employee__in=wanted,
        month__gte=first.replace(month=1),
        month__lt=first,
        run__state__in=SETTLED,
    ).order_by("month", "part")
    for slip in slips:
        earlier = found[slip.employee_id].tax_earlier
        income = slip.gross - slip.deductions
        if slip.part and earlier:
            # What a supplement paid belongs to the month it was missed in.
            whole = earlier.pop()
            earlier.append(replace(whole, gross=whole.gross + income))
            continue
        special = Decimal(slip.facts.get("special_additional", "0"))
        earlier.append(rules.TaxMonth(income, slip.insurance_employee, special, slip.tax))


def by_month(pairs: Collection[tuple[int, dt.date]]) -> dict[dt.date, list[int]]:
    """Employees grouped by the month that is asked about, in order."""
    grouped: dict[dt.date, list[int]] = defaultdict(list)
    for who, month in sorted(pairs):
        grouped[month].append(who)
    return grouped
