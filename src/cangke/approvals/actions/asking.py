"""Asking for instruction where no rule says what to do (A17, S5)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account

from ..models import ApprovalCase, Request
from . import submitting
from .refusals import NotYours

KIND = "approvals.request"


def _facts(request: Request) -> list[tuple[str, str]]:
    facts = [(_("情况与建议"), request.body)]
    if request.amount is not None:
        facts.append((_("涉及金额"), f"{request.currency} {request.amount}"))
    return facts


@transaction.atomic
def ask(
    *,
    title: str,
    body: str,
    by: Account,
    at: dt.datetime,
    amount: Decimal | None = None,
    currency: str = "",
) -> ApprovalCase:
    """
    Hand a matter in for instruction; nothing is done about it before the answer.

    :raises NobodyDecides: if nobody is above the person
    """
    request = Request.objects.create(
        title=title, body=body, amount=amount, currency=currency if amount is not None else "",
        by=by, created_at=at, updated_at=at,
    )  # fmt: skip
    return submitting.submit_case(
        kind=KIND,
        subject_id=request.pk,
        applicant=by,
        title=title,
        facts=lambda: _facts(request),
        amount=amount,
        currency=request.currency,
        by=by,
        at=at,
    )


@transaction.atomic
def complete_request(
    *,
    case_id: int,
    title: str,
    body: str,
    by: Account,
    at: dt.datetime,
    amount: Decimal | None = None,
    currency: str = "",
) -> ApprovalCase:
    """
    Complete one's returned request and hand it in again.

    :raises NotYours: if somebody else's
    """
    case = ApprovalCase.objects.get(pk=case_id, kind=KIND)
    request = Request.objects.select_for_update().get(pk=case.subject_id)
    if request.by_id != by.pk:
        raise NotYours(_("只有申请人可以重新提交。"))
    request.title, request.body, request.updated_at = title, body, at
    request.amount, request.currency = amount, currency if amount is not None else ""
    request.save()
    return submitting.resubmit(
        case_id=case_id,
        title=title,
        facts=lambda: _facts(request),
        money=(request.amount, request.currency),
        by=by,
        at=at,
    )
