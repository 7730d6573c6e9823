"""What a measure does: suspension on its days, the notice to all (L15)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.attendance import public as attendance
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import announce, notify
from cangke.people import public as people
from cangke.people.public import Employee

from ..models import ConductCase
from ..rules import CaseState, Effect
from .keeping import locked, note, refuse_own, tell_person, today_of
from .refusals import ConductIncomplete, ConductOver


def clear_roster(case: ConductCase, *, at: dt.datetime) -> int:
    """Take the shifts of the days of suspension off the roster; return how many."""
    if case.effect != Effect.SUSPENSION or case.suspended_from is None:
        return 0
    assert case.suspended_to is not None
    return attendance.clear_shifts(
        employee_id=case.employee_id,
        first=case.suspended_from,
        last=case.suspended_to,
        reason=_("停职 %s") % case.number,
        at=at,
    )


def sweep_suspensions(*, at: dt.datetime) -> int:
    """Begin suspensions whose first day has come and end those that are over; return how many."""
    done = 0
    tomorrow = (at + dt.timedelta(days=1)).date()
    rows = ConductCase.objects.served().filter(
        effect=Effect.SUSPENSION, suspended_from__lte=tomorrow, ended_at__isnull=True
    )
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            case = locked(pk)
            today = today_of(case, at)
            first, last = case.suspended_from, case.suspended_to
            if not case.is_served or first is None or last is None:
                continue
            if case.began_at is None and first <= today <= last:
                _begin(case, at=at)
                done += 1
            elif today > last:
                end_suspension(case, at=at)
                done += 1
    return done


def _begin(case: ConductCase, *, at: dt.datetime) -> None:
    case.began_at = at
    case.save(update_fields=["began_at"])
    if case.employee.status in (people.Status.SUSPENDED, people.Status.LEFT):
        return
    clear_roster(case, at=at)
    people.suspend(employee_id=case.employee_id, by=None, at=at, reason=_("处分 %s") % case.number)
    note(case, "suspended", by=None, at=at)
    record("discipline.suspended", obj=case, by=None, at=at, changes={"until": case.suspended_to})


def end_suspension(case: ConductCase, *, at: dt.datetime) -> None:
    """
    Let somebody come back, unless another case or somebody else keeps them away. Under its lock.
    """
    if case.ended_at is not None:
        return
    case.ended_at = at
    case.save(update_fields=["ended_at"])
    if case.began_at is None:
        return
    today = today_of(case, at)
    employee = Employee.objects.get(pk=case.employee_id)
    others = ConductCase.objects.served().filter(
        employee=employee,
        effect=Effect.SUSPENSION,
        began_at__isnull=False,
        ended_at__isnull=True,
        suspended_to__gte=today,
    )
    if employee.status != people.Status.SUSPENDED or others.exclude(pk=case.pk).exists():
        return
    people.reinstate(
        employee_id=employee.pk, by=None, at=at, reason=_("停职 %s 期满") % case.number
    )
    note(case, "resumed", by=None, at=at)
    record("discipline.resumed", obj=case, by=None, at=at)
    tell_person(case, gettext_lazy("停职已结束"), at=at)


@transaction.atomic
def announce_case(*, case_id: int, text: str, by: Account, at: dt.datetime) -> ConductCase:
    """
    Publish a notice of criticism to the whole company, in the words settled on, once.

    :raises ConductOver: if it is not final, not of this kind, or was published
    """
    case = locked(case_id)
    refuse_own(case.employee, by)
    if case.state != CaseState.FINAL or case.effect != Effect.CRITICISM:
        raise ConductOver(_("只有已生效的通报批评可以发布。"))
    if case.announced_at is not None:
        raise ConductOver(_("已经通报过了。"))
    if not text.strip():
        raise ConductIncomplete(_("请写下通报的文字。"), field="text")
    case.announced_at = at
    case.save(update_fields=["announced_at"])
    readers = Account.objects.filter(
        pk__in=Employee.objects.at_work().values("account"), is_active=True
    )
    title = gettext_lazy("通报批评")
    notify(readers, kind="discipline.case", title=title, body=text.strip(), at=at)
    announce(kind="discipline.case", title=title, body=text.strip(), at=at)
    note(case, "announced", by=by, at=at, text=text.strip())
    record("discipline.announced", obj=case, by=by, at=at)
    return case
