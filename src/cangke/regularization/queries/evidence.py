"""The recorded facts of a probation, gathered from the rooms that keep them (N12)."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import NoReverseMatch, reverse

from cangke.approvals import public as approvals
from cangke.attendance import public as attendance
from cangke.desk import public as desk
from cangke.foundation.calendar.public import day_bounds
from cangke.orders.public import Remark
from cangke.people.public import Employee
from cangke.rulebook.public import policy, set_for

from .. import ports, rules
from ..models import RegularizationFile
from .templates import units_of


def criteria_policy(employee: Employee, on: dt.date) -> rules.CriteriaPolicy:
    """What is enough for somebody on a day: the rules their unit lives by."""
    return policy(rules.CriteriaPolicy, on=on, group=set_for(units_of(employee), on=on))


def probation_policy(employee: Employee, on: dt.date) -> rules.ProbationPolicy:
    """How long probation is for somebody on a day."""
    return policy(rules.ProbationPolicy, on=on, group=set_for(units_of(employee), on=on))


def _tenth(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _page(name: str, **query: object) -> str:
    """The address of a page of another room, or "" where the room is not part of this house."""
    try:
        return f"{reverse(name)}?{urlencode(query)}"
    except NoReverseMatch:
        return ""


def _desk_facts(
    employee: Employee, from_date: dt.date, to_date: dt.date
) -> dict[str, rules.Recorded]:
    figures = desk.agent_figures(employee_id=employee.pk, first_date=from_date, last_date=to_date)
    url = _page("reports:service", period="days", first=from_date, last=to_date, agent=employee.pk)
    found: dict[str, rules.Recorded] = {}
    first = figures["first_response"]
    if first.value is not None:
        found["first_response"] = rules.Recorded(_tenth(first.value), first.denominator, url)
    quick = figures["rate_3_minutes"]
    if quick.value is not None:
        share = _tenth(quick.value * 100)
        found["three_minutes"] = rules.Recorded(share, quick.denominator, url)
    since, _end = day_bounds(from_date, employee.site.zone)
    _start, until = day_bounds(to_date, employee.site.zone)
    closed = desk.Conversation.objects.filter(
        assignee=employee, state="closed", closed_at__gte=since, closed_at__lt=until
    ).aggregate(
        all=Count("pk", filter=Q(handling_result__isnull=False)),
        solved=Count("pk", filter=Q(handling_result__is_solved=True)),
    )
    if closed["all"]:
        share = _tenth(Fraction(closed["solved"] * 100, closed["all"]))
        found["resolution"] = rules.Recorded(share, closed["all"], url)
    return found


def _duty_facts(
    employee: Employee, from_date: dt.date, to_date: dt.date
) -> dict[str, rules.Recorded]:
    record = attendance.duty_record(
        employee_id=employee.pk, first_date=from_date, last_date=to_date
    )
    if record is None:
        return {}
    url = _page("attendance:days", q=employee.name, date_min=from_date, date_max=to_date)
    return {
        "absence": rules.Recorded(record.absent_days, record.days, url),
        "lateness": rules.Recorded(Decimal(record.late_times), record.days, url),
    }


def _corrections(employee: Employee, from_date: dt.date, to_date: dt.date) -> rules.Recorded | None:
    """How many of somebody's order remarks were written anew later (N13)."""
    if employee.account_id is None:
        return None
    since, _end = day_bounds(from_date, employee.site.zone)
    _start, until = day_bounds(to_date, employee.site.zone)
    written = Remark.objects.filter(author=employee.account_id, at__gte=since, at__lt=until)
    later = Remark.objects.filter(order=OuterRef("order"), pk__gt=OuterRef("pk"))
    counted = written.annotate(corrected=Exists(later)).aggregate(
        written=Count("pk"), again=Count("pk", filter=Q(corrected=True))
    )
    if not counted["written"]:
        return None
    return rules.Recorded(Decimal(counted["again"]), counted["written"])


def facts_of(
    employee: Employee, *, from_date: dt.date, to_date: dt.date, wanted: set[str]
) -> dict[str, rules.Recorded]:
    """The facts recorded about somebody from one day to another, both included."""
    found: dict[str, rules.Recorded] = {}
    if wanted & {"first_response", "three_minutes", "resolution"}:
        found |= _desk_facts(employee, from_date, to_date)
    if wanted & {"absence", "lateness"}:
        found |= _duty_facts(employee, from_date, to_date)
    if "corrections" in wanted:
        corrected = _corrections(employee, from_date, to_date)
        if corrected is not None:
            found["corrections"] = corrected
    for key in sorted(wanted & set(ports.EVIDENCE)):
        answer = ports.EVIDENCE[key].ask(
            employee_id=employee.pk, from_date=from_date, to_date=to_date
        )
        if answer is not None:
            found[key] = answer
    return {key: fact for key, fact in found.items() if key in wanted}


def sheet_on(file: RegularizationFile, on: dt.date) -> rules.Sheet:
    """The criteria sheet of a file as the records stand on a day."""
    criteria = file.version.parsed.criteria
    wanted = {measure for each in criteria for measure in each.measures}
    facts = facts_of(file.employee, from_date=file.begins_on, to_date=on, wanted=wanted)
    return rules.judge_sheet(
        criteria,
        facts,
        on=on,
        begins_on=file.begins_on,
        ends_on=file.ends_on,
        policy=criteria_policy(file.employee, on),
    )


def ratings_of(file: RegularizationFile) -> dict[str, int]:
    """What the superior rated, by item; the last evaluation counts."""
    return {
        key: int(value)
        for key, value in evaluation_of(file).items()
        if key in rules.ITEMS and value.isdigit()
    }


def evaluation_of(file: RegularizationFile) -> dict[str, str]:
    """The answers of the last evaluation of the file's case."""
    step = file.version.parsed.of_kind(rules.Kind.EVALUATE)
    if file.case is None or step is None:
        return {}
    last = file.case.decisions.filter(step=step.key, action="approve").last()
    return {key: str(value) for key, value in last.answers.items()} if last else {}


def criterion_figure(file: RegularizationFile, measure: str) -> str:
    """The name under which a value of the sheet is explained; a prolonged probation begins anew."""
    return f"criterion_{measure}" + (f"_{file.extended}" if file.extended else "")


def held_back(file: RegularizationFile, *, unanswered: bool = False) -> set[str]:
    """
    The measures whose values an objection holds back: open, or found to be wrong (S7).

    With ``unanswered`` only the open ones; no conclusion is come to before their answer.
    """
    figures = {criterion_figure(file, measure): measure for measure in rules.MEASURES}
    standing = approvals.standing(
        file._meta.label, [file.pk], figures=figures, unanswered=unanswered
    )
    return {figures[figure] for _file, figure in standing}


def unmet(file: RegularizationFile, on: dt.date) -> list[rules.Row]:
    """The required criteria not met, as the sheet was frozen or as the records stand on a day."""
    held = held_back(file)
    sheets = [rules.Sheet.read(file.sheet).without(held)] if file.sheet else []
    sheets.append(sheet_on(file, on).without(held))
    return rules.unmet_of(sheets, ratings_of(file), criteria_policy(file.employee, on))
