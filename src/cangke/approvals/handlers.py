"""What is done once a matter of the rulebook, which lies below, is decided."""

from __future__ import annotations

from django.utils import timezone

from cangke.foundation.access.public import Account
from cangke.rulebook import public as rulebook

from . import actions, rules
from .actions.lawgiving import VERSION
from .actions.objecting import OBJECTION
from .events import CaseApproved, CaseRefused, CaseReturned, CaseWithdrawn
from .models import ApprovalCase
from .rules import Action


def _decider(case_id: int) -> Account | None:
    said = ApprovalCase.objects.get(pk=case_id).decisions.filter(action=Action.APPROVE)
    last = said.select_related("by").last()
    return last.by if last else None


def approved(event: CaseApproved) -> None:
    """Publish the very body that was approved, once; an objection agreed to is upheld."""
    if event.kind == OBJECTION:
        actions.settle_objection(objection_id=event.subject_id, state="upheld", at=timezone.now())
    if event.kind != VERSION:
        return
    try:
        snapshot = rulebook.snapshot_of(event.subject_id)
    except LookupError:
        return  # carried out before
    if rules.fingerprint(snapshot) == event.fingerprint:
        rulebook.approve_version(
            version_id=event.subject_id, by=_decider(event.case_id), at=timezone.now()
        )


def not_approved(event: CaseRefused | CaseReturned | CaseWithdrawn) -> None:
    """A draft again, with everything in it; an objection refused is dismissed."""
    if event.kind == OBJECTION and not isinstance(event, CaseReturned):
        state = "withdrawn" if isinstance(event, CaseWithdrawn) else "dismissed"
        actions.settle_objection(objection_id=event.subject_id, state=state, at=timezone.now())
    if event.kind == VERSION:
        rulebook.give_back_version(version_id=event.subject_id, by=None, at=timezone.now())
