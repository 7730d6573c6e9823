"""What payroll does when other rooms have decided or learnt something."""

from __future__ import annotations

from django.utils import timezone

from cangke.approvals.events import (
    CaseApproved,
    CaseRefused,
    CaseReturned,
    CaseWithdrawn,
    ObjectionSettled,
)
from cangke.attendance.events import ClosedMonthChanged
from cangke.regularization.events import EmployeeRegularized

from . import actions
from .models import SETTLED, PaySlip


def approved(event: CaseApproved) -> None:
    """An award counts from now on; a dismissal is for personnel to carry out."""
    at = timezone.now()
    if event.kind == actions.AWARD:
        actions.settle_award(
            item_id=event.subject_id, approved=True, fingerprint=event.fingerprint, at=at
        )
    elif event.kind == actions.DISMISSAL:
        actions.settle_dismissal(measure_id=event.subject_id, approved=True, at=at)


def not_approved(event: CaseRefused | CaseReturned | CaseWithdrawn) -> None:
    """Without approval nothing is paid and nobody is dismissed."""
    at = timezone.now()
    if event.kind == actions.AWARD:
        actions.settle_award(item_id=event.subject_id, approved=False, at=at)
    elif event.kind == actions.DISMISSAL:
        actions.settle_dismissal(measure_id=event.subject_id, approved=False, at=at)


def follow_fact(event: ClosedMonthChanged) -> None:
    """A fact of a locked month became known: the next run works out the difference (L11)."""
    actions.note_change(
        employee_id=event.employee_id,
        month=event.month,
        source="attendance",
        reference=str(event.fact_id),
        at=timezone.now(),
    )


def follow_regularization(event: EmployeeRegularized) -> None:
    """Formal employees are paid by the scheme that was decided, from their day on (L22)."""
    actions.follow_regularization(
        employee_id=event.employee_id, from_date=event.from_date, at=timezone.now()
    )


def follow_objection(event: ObjectionSettled) -> None:
    """What was upheld is dropped, or corrected by the next run if its month is locked (S7, L11)."""
    at = timezone.now()
    if event.subject_type == "payroll.PayItem":
        actions.follow_item_objection(
            item_id=event.subject_id,
            objection_id=event.objection_id,
            upheld=event.state == "upheld",
            at=at,
        )
    elif event.subject_type == "payroll.PaySlip":
        slip = PaySlip.objects.filter(pk=event.subject_id, run__state__in=SETTLED).first()
        if slip is not None:
            actions.note_change(
                employee_id=slip.employee_id,
                month=slip.month,
                source="objection",
                reference=str(event.objection_id),
                at=at,
            )
