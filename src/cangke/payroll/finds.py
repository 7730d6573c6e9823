"""What payroll declares to other rooms: figures, records they link to, matters to approve."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cangke.approvals.public import Concerned, approval_kind, objectionable
from cangke.rulebook.public import register_evaluator, register_fact, register_figure

from . import actions
from .models import AbsenceMeasure, PayItem, PaySlip, PayTerm, Receivable
from .rules import examples

register_fact("payroll.payterm", "payroll:term", model=PayTerm)
register_fact("payroll.payitem", "payroll:item", model=PayItem)
register_fact("payroll.receivable", "payroll:receivable", model=Receivable)


for evaluator in examples.EVALUATORS:
    register_evaluator(**evaluator)
register_figure("recovery", _("拟扣款"))


def _slip(slip: PaySlip) -> Concerned:
    """A slip is known to the person once it is locked."""
    return Concerned(slip.employee.account_id, slip.run.locked_at, f"{slip.month:%Y-%m}")


def _item(item: PayItem) -> Concerned:
    return Concerned(item.employee.account_id, name=f"{item.month:%Y-%m}")


objectionable("payroll.PaySlip", _slip)
objectionable("payroll.PayItem", _item)


def _award(subject_id: int) -> dict[str, Any]:
    row = PayItem.objects.filter(pk=subject_id).first()
    if row is None:
        raise LookupError(subject_id)
    return actions.award_snapshot(row)


def _dismissal(subject_id: int) -> dict[str, Any]:
    row = AbsenceMeasure.objects.select_related("slip").filter(pk=subject_id).first()
    if row is None:
        raise LookupError(subject_id)
    return actions.dismissal_snapshot(row)


approval_kind(
    actions.AWARD,
    _("奖励"),
    snapshot=_award,
    url_name="payroll:item",
    model="payroll.PayItem",
)
approval_kind(
    actions.DISMISSAL,
    _("辞退"),
    snapshot=_dismissal,
    url_name="payroll:measure",
    model="payroll.AbsenceMeasure",
)
