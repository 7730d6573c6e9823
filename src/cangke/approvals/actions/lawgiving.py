"""Matters of the rulebook, which lies below: new versions, and objections to what it did."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse

from cangke.foundation.access.public import Account

from ..models import ApprovalCase
from ..rules import CaseState
from . import submitting

VERSION = "rulebook.version"


@transaction.atomic
def hand_in(
    *,
    kind: str,
    subject_id: int,
    title: submitting.Words,
    facts: submitting.Facts,
    by: Account,
    at: dt.datetime,
) -> str:
    """
    Hand a matter of the rulebook in; one that was given back goes on where it was.

    :raises NoFlow: if the kind has no flow
    :raises NobodyDecides: if nobody can decide
    """
    back = ApprovalCase.objects.filter(
        kind=kind, subject_id=subject_id, state=CaseState.RETURNED
    ).first()
    if back is not None and by.pk in (back.applicant_id, back.submitted_by_id):
        case = submitting.resubmit(case_id=back.pk, title=title, facts=facts, by=by, at=at)
    else:
        if back is not None:
            submitting.withdraw(case_id=back.pk, by=None, at=at)
        case = submitting.submit_case(
            kind=kind, subject_id=subject_id, applicant=by, title=title, facts=facts, by=by, at=at
        )
    return reverse("approvals:case", args=[case.pk])
