"""What attendance does when approvals have decided."""

from __future__ import annotations

from django.utils import timezone

from cangke.approvals import public as approvals
from cangke.approvals.events import (
    CaseApproved,
    CaseRefused,
    CaseReturned,
    CaseWithdrawn,
    ObjectionMade,
    ObjectionSettled,
)
from cangke.foundation.access.public import Account

from . import actions
from .actions.correcting import MATTER as CORRECTION
from .actions.leave import MATTER as LEAVE
from .models import DayRecord


def _decider(case_id: int) -> Account | None:
    """Who said the last yes: for a make-up punch, who vouches for it."""
    case = approvals.ApprovalCase.objects.get(pk=case_id)
    said = [each for each in approvals.decisions_of(case) if each.action == "approve"]
    return said[-1].by if said else None


def approved(event: CaseApproved) -> None:
    """Leave holds from now on; a make-up punch is vouched for."""
    at = timezone.now()
    by = _decider(event.case_id) if event.kind in (LEAVE, CORRECTION) else None
    if event.kind == LEAVE:
        actions.approve_leave(request_id=event.subject_id, by=by, at=at)
    elif event.kind == CORRECTION and by is not None:
        actions.certify(correction_id=event.subject_id, by=by, at=at)


def not_approved(event: CaseRefused | CaseReturned | CaseWithdrawn) -> None:
    """Without approval nothing is written; what is given back is asked for anew."""
    at = timezone.now()
    state = "withdrawn" if isinstance(event, CaseWithdrawn) else "refused"
    if event.kind == LEAVE:
        actions.drop_leave(request_id=event.subject_id, state=state, at=at)
    elif event.kind == CORRECTION:
        actions.drop_correction(correction_id=event.subject_id, state=state, at=at)


def follow_objection(event: ObjectionMade | ObjectionSettled) -> None:
    """A verdict that is objected to counts for nothing until it is dismissed (S7)."""
    if event.subject_type != "attendance.DayRecord":
        return
    day = DayRecord.objects.filter(pk=event.subject_id).first()
    if day is not None:
        actions.recompute(employee_ids=[day.employee_id], months=[day.date], at=timezone.now())
