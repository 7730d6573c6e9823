"""Objecting to a figure about oneself, and what the answer means (S7)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.wording import in_both
from cangke.rulebook import public as rulebook

from .. import queries
from ..events import ObjectionMade, ObjectionSettled
from ..models import ApprovalCase, Objection
from . import submitting
from .refusals import AlreadyObjected, NotYours, TooLate

OBJECTION = "approvals.objection"


def _facts(objection: Objection) -> list[tuple[str, str]]:
    shown = rulebook.shown_explanation(objection.by, [objection.explanation])
    found = [(_("针对"), objection.heading), (_("理由"), objection.reason)]
    if shown.clause:
        found.append((_("条款"), f"{shown.clause} · {shown.version}"))
    found += [(str(each.label), str(each.value)) for each in shown.facts if each.label]
    found += [(_("计算"), str(each.words)) for each in shown.sums if not each.total]
    found.append(
        (
            _("答复的意思"),
            _("同意：异议成立，扣款和红包不再计入，其他结果由有关的人改正。不同意：照常计入。"),
        )
    )
    return found


@transaction.atomic
def object_to(
    *, subject: models.Model, figure: str, reason: str, by: Account, at: dt.datetime
) -> Objection:
    """
    Object to a figure about oneself as it is explained now; it is paused until answered.

    :raises NotYours: if the figure is about somebody else, or may not be objected to
    :raises TooLate: after the last day
    :raises AlreadyObjected: if this explanation was objected to before
    :raises NobodyDecides: if nobody is above the person
    """
    rows = rulebook.list_explanations(subject, figure)
    concerned = queries.concerned_by(subject)
    if not rows or concerned is None or concerned.account_id != by.pk:
        raise NotYours(_("只能对与自己有关的结果提出异议。"))
    explanation = rows[0]
    until = queries.objection_until(explanation, concerned)
    if timezone.localtime(at).date() > until:
        raise TooLate(_("提出异议的期限是 %s，已经过了。") % until.isoformat())
    title, title_en = in_both(lambda: queries.objected_title(by, concerned, explanation))
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                explanation=explanation,
                subject_type=explanation.subject_type,
                subject_id=explanation.subject_id,
                figure=figure,
                title=title,
                title_en=title_en,
                reason=reason,
                by=by,
                made_at=at,
            )
    except IntegrityError as error:
        raise AlreadyObjected(_("这一项已经提出过异议。")) from error
    objection.case = submitting.submit_case(
        kind=OBJECTION,
        subject_id=objection.pk,
        applicant=by,
        title=lambda: _("异议：%s") % objection.heading,
        facts=lambda: _facts(objection),
        by=by,
        at=at,
    )
    objection.save(update_fields=["case"])
    record(
        "approvals.objected",
        obj=objection,
        by=by,
        at=at,
        changes={"figure": objection.title, "case": objection.case.number},
        reason=reason[:200],
    )
    publish(ObjectionMade(objection.pk, objection.subject_type, objection.subject_id, figure))
    return objection


@transaction.atomic
def complete_objection(
    *, objection_id: int, reason: str, by: Account, at: dt.datetime
) -> ApprovalCase:
    """
    Say more about one's returned objection and hand it in again.

    :raises NotYours: if somebody else's
    """
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection_id)
    if objection.by_id != by.pk or objection.case_id is None:
        raise NotYours(_("只有申请人可以重新提交。"))
    objection.reason = reason
    objection.save(update_fields=["reason"])
    return submitting.resubmit(
        case_id=objection.case_id,
        facts=lambda: _facts(objection),
        by=by,
        at=at,
    )


@transaction.atomic
def settle_objection(*, objection_id: int, state: str, at: dt.datetime) -> Objection:
    """Write down the answer once; doing it again changes nothing."""
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection_id)
    if objection.state != "open":
        return objection
    objection.state, objection.settled_at = state, at
    objection.save(update_fields=["state", "settled_at"])
    record("approvals.objection_settled", obj=objection, by=None, at=at, changes={"state": state})
    publish(
        ObjectionSettled(
            objection.pk, objection.subject_type, objection.subject_id, objection.figure, state
        )
    )
    return objection
