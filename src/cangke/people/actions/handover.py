"""Open work goes from somebody who leaves to a colleague, with a list (Q8)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal

from .. import ports, rules
from ..models import Employee, Handover


def list_held(
    employee: Employee, *, to: Employee | None, reason: str, by: Account | None, at: dt.datetime
) -> Handover | None:
    """Write down the open work somebody has; None where there is none."""
    held = ports.held_work.ask(employee_id=employee.pk)
    if not held:
        return None
    made = Handover.objects.create(
        employee=employee,
        to=to,
        items=[{"kind": str(each.kind), "text": each.text, "url": each.url} for each in held],
        reason=reason[:200],
        by=by,
        at=at,
    )
    record(
        "people.handed_over",
        obj=employee,
        by=by,
        at=at,
        changes={"to": to.name if to else "", "pieces": len(held)},
        reason=reason,
    )
    return made


@transaction.atomic
def hand_work_over(
    *, employee_id: int, to_id: int, reason: str, by: Account, at: dt.datetime
) -> Handover:
    """
    Give all open work of somebody to a colleague, and keep the list of it.

    :raises Refusal: if there is none, or the colleague is the same person, is not at work or
        cannot sign in
    """
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee_id)
    to = Employee.objects.select_related("account").get(pk=to_id)
    if to.pk == employee.pk:
        raise Refusal(_("不能交给本人，请选别的同事。"), field="to")
    if to.status in rules.SHUT_OUT or to.account is None or not to.account.is_active:
        raise Refusal(_("这位同事不在岗或没有账户，请选别人。"), field="to")
    made = list_held(employee, to=to, reason=reason, by=by, at=at)
    if made is None:
        raise Refusal(_("手上没有未完成的工作，不用交接。"))
    ports.hand_over.ask(employee_id=employee.pk, to_id=to.pk, reason=reason, by=by, at=at)
    return made
