"""The kinds of matter that are approvals' own, and those of the rulebook, which lies below."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cangke.rulebook import public as rulebook

from .actions.asking import KIND
from .actions.lawgiving import VERSION
from .actions.objecting import OBJECTION
from .models import Objection, Request
from .registry import approval_kind


def _request(subject_id: int) -> dict[str, Any]:
    try:
        request = Request.objects.get(pk=subject_id)
    except Request.DoesNotExist as error:
        raise LookupError(subject_id) from error
    amount = str(request.amount) if request.amount is not None else ""
    return {
        "title": request.title,
        "body": request.body,
        "amount": amount,
        "currency": request.currency,
    }


def _objection(subject_id: int) -> dict[str, Any]:
    found = Objection.objects.select_related("explanation").filter(pk=subject_id).first()
    if found is None:
        raise LookupError(subject_id)
    return {"explanation": found.explanation.digest, "figure": found.figure, "reason": found.reason}


approval_kind(OBJECTION, _("异议"), snapshot=_objection, url_name="approvals:objection")
approval_kind(KIND, _("请示"), snapshot=_request)
approval_kind(
    VERSION,
    _("制度改版"),
    snapshot=rulebook.snapshot_of,
    url_name="rulebook:version-by-id",
    panel="rulebook:impact",
)
