"""Facts become candidates, by the rules or by a leader's hand; nothing is imposed (L17–L21)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_number
from cangke.foundation.wording import listed
from cangke.people.public import Employee
from cangke.rulebook.public import explain

from .. import queries, rules
from ..events import CandidateProposed
from ..models import ConductCase, Incident
from ..rules import CaseState, Source
from .keeping import deciders_of, locked, must_be, note, refuse_own, tell, tell_person
from .refusals import ConductIncomplete


def _open_case(
    employee: Employee,
    *,
    ground: str,
    matter: str,
    happened_on: dt.date,
    source: str,
    by: Account | None,
    at: dt.datetime,
) -> ConductCase:
    case = ConductCase.objects.create(
        number=next_number("conduct", at=at, zone=employee.site.zone),
        employee=employee,
        ground=ground,
        matter=matter,
        happened_on=happened_on,
        source=source,
        opened_by=by,
        opened_at=at,
    )
    note(case, "proposed", by=by, at=at, text=matter)
    record(
        "discipline.proposed",
        obj=case,
        by=by,
        at=at,
        changes={"employee": employee.pk, "ground": ground},
    )
    publish(CandidateProposed(case_id=case.pk, employee_id=employee.pk, ground=ground, at=at))
    others = [each for each in deciders_of(employee) if by is None or each.pk != by.pk]
    tell(others, case, gettext_lazy("有一条处分线索待处理"), at=at)
    return case


@transaction.atomic
def report_case(
    *,
    employee: Employee,
    ground: str,
    matter: str,
    happened_on: dt.date,
    by: Account,
    at: dt.datetime,
    incidents: tuple[int, ...] = (),
) -> ConductCase:
    """
    Put a matter forward by hand, with the recorded facts it stands on (L17, L18).

    :raises WrongPerson: about oneself or somebody above
    :raises ConductIncomplete: for a day to come, or a ground the rules do not know
    """
    refuse_own(employee, by)
    today = site_day(at, employee.site.zone)
    if happened_on > today:
        raise ConductIncomplete(_("日期不能在将来。"), field="happened_on")
    if queries.ground_policy(today).ground(ground) is None:
        raise ConductIncomplete(_("制度里没有这个事由。"), field="ground")
    case = _open_case(
        employee,
        ground=ground,
        matter=matter,
        happened_on=happened_on,
        source=Source.MANUAL,
        by=by,
        at=at,
    )
    rows = Incident.objects.filter(
        pk__in=incidents, employee=employee, case__isnull=True, cleared_at__isnull=True
    )
    rows.update(case=case)
    return case


@transaction.atomic
def note_incident(
    *,
    employee: Employee,
    source: str,
    record_key: str,
    happened_on: dt.date,
    text: str,
    at: dt.datetime,
    url: str = "",
) -> Incident | None:
    """
    Keep a fact once, and put it forward with its like when the rules say they are enough (L20).

    A fact of a month with an open candidate of the same source joins it. None if it was known.
    """
    # Whoever counts somebody's facts locks the person, so that two never propose the same.
    employee = (
        Employee.objects.select_for_update(of=("self",)).select_related("site").get(pk=employee.pk)
    )
    incident, is_new = Incident.objects.get_or_create(
        record=record_key,
        defaults={
            "employee": employee,
            "source": source,
            "happened_on": happened_on,
            "text": text[:300],
            "url": url[:200],
            "at": at,
        },
    )
    if not is_new:
        return None
    held = queries.trigger_policy(employee, happened_on)
    trigger = held.trigger(source)
    if trigger is None:
        return incident
    first, after = queries.month_of(happened_on)
    there = ConductCase.objects.filter(
        employee=employee,
        source=source,
        state=CaseState.PROPOSED,
        happened_on__gte=first,
        happened_on__lt=after,
    ).first()
    if there is not None:
        incident.case = there
        incident.save(update_fields=["case"])
        note(there, "fact", by=None, at=at, text=incident.text)
        return incident
    facts = list(queries.loose_incidents(employee, source, happened_on))
    decision = rules.is_candidate(len(facts), trigger=trigger)
    if not decision.value:
        return incident
    matter = "\n".join(f"{each.happened_on:%Y-%m-%d} {each.text}" for each in facts)
    case = _open_case(
        employee,
        ground=trigger.ground,
        matter=matter,
        happened_on=max(each.happened_on for each in facts),
        source=source,
        by=None,
        at=at,
    )
    Incident.objects.filter(pk__in=[each.pk for each in facts]).update(case=case)
    explain(case, "conduct_candidate", decision=decision, at=at, on=happened_on)
    incident.case = case
    return incident


@transaction.atomic
def clear_incident(*, record_key: str, reason: str, at: dt.datetime) -> Incident | None:
    """
    Note that a fact proved not to be so; a candidate that stands on it alone is let go.

    Cases that people have taken up stay: they see the correction in the history.
    """
    incident = Incident.objects.select_for_update().filter(record=record_key).first()
    if incident is None or incident.cleared_at is not None:
        return None
    incident.cleared_at, incident.clear_reason = at, reason[:200]
    incident.save(update_fields=["cleared_at", "clear_reason"])
    if incident.case_id is None:
        return incident
    case = locked(incident.case_id)
    note(case, "fact", by=None, at=at, text=f"{incident.text}：{reason}")
    record("discipline.cleared", obj=case, by=None, at=at, reason=reason)
    left = case.incidents.filter(cleared_at__isnull=True).exists()
    if case.state == CaseState.PROPOSED and not left:
        case.state, case.dropped_at, case.drop_reason = CaseState.DROPPED, at, reason
        case.save(update_fields=["state", "dropped_at", "drop_reason"])
        note(case, "dropped", by=None, at=at, text=reason)
    return incident


@transaction.atomic
def propose_poor(
    *, employee: Employee, scores: list[tuple[dt.date, Decimal]], at: dt.datetime
) -> ConductCase | None:
    """Put months in a row below the limit forward, each month once (L21)."""
    employee = (
        Employee.objects.select_for_update(of=("self",)).select_related("site").get(pk=employee.pk)
    )
    last = scores[-1][0]
    words = listed(f"{month:%Y-%m} {points}" for month, points in scores)
    incident, is_new = Incident.objects.get_or_create(
        record=f"discipline.poor:{employee.pk}:{last:%Y-%m}",
        defaults={
            "employee": employee,
            "source": Source.POOR,
            "happened_on": last,
            "text": words[:300],
            "at": at,
        },
    )
    if not is_new:
        return None
    waiting = ConductCase.objects.open().filter(employee=employee, source=Source.POOR).first()
    if waiting is None:
        waiting = _open_case(
            employee,
            ground="poor",
            matter=_("连续低于标准：%s") % words,
            happened_on=last,
            source=Source.POOR,
            by=None,
            at=at,
        )
    incident.case = waiting
    incident.save(update_fields=["case"])
    return waiting


@transaction.atomic
def drop_case(*, case_id: int, reason: str, by: Account, at: dt.datetime) -> ConductCase:
    """
    Let a matter go, with the reason; whoever was asked about it is told (L20).

    :raises ConductOver: if it was decided or is being approved
    :raises WrongPerson: about oneself or somebody above
    """
    case = locked(case_id)
    must_be(case, CaseState.PROPOSED, CaseState.HEARING)
    refuse_own(case.employee, by)
    if not reason.strip():
        raise ConductIncomplete(_("请写明为什么不予处分。"), field="reason")
    case.state, case.dropped_by, case.dropped_at = CaseState.DROPPED, by, at
    case.drop_reason = reason.strip()
    case.save(update_fields=["state", "dropped_by", "dropped_at", "drop_reason"])
    note(case, "dropped", by=by, at=at, text=case.drop_reason)
    record("discipline.dropped", obj=case, by=by, at=at, reason=case.drop_reason)
    if case.asked_at is not None:
        tell_person(case, gettext_lazy("案件已结束，不予处分"), at=at)
    return case
