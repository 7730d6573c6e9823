"""Matters that go through approval, and where the facts of an explanation are opened."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cangke.approvals.public import Concerned, approval_kind, objectionable
from cangke.rulebook.public import register_evaluator, register_fact, register_figure

from . import wording
from .actions.correcting import MATTER as CORRECTION
from .actions.leave import MATTER as LEAVE
from .models import DayRecord, LeaveRequest, PunchCorrection
from .rules import examples


def _whose(day: DayRecord) -> Concerned:
    return Concerned(day.employee.account_id, name=f"{day.date:%Y-%m-%d}")


register_figure("day_in", _("上班"), said=wording.result_text)
register_figure("day_out", _("下班"), said=wording.result_text)
register_figure("day_whole", _("整天"), said=wording.result_text)
register_fact("attendance.dayrecord", "attendance:day")
objectionable("attendance.DayRecord", _whose)
for evaluator in examples.EVALUATORS:
    register_evaluator(**evaluator)


def leave_snapshot(subject_id: int) -> dict[str, Any]:
    """What is approved about leave: whose, which kind, which days."""
    row = LeaveRequest.objects.filter(pk=subject_id).first()
    if row is None:
        raise LookupError(subject_id)
    return {"employee": row.employee_id, "kind": row.kind, "days": row.day_list}


def correction_snapshot(subject_id: int) -> dict[str, Any]:
    """What is vouched for: whose punch, which side, when."""
    row = PunchCorrection.objects.filter(pk=subject_id).first()
    if row is None:
        raise LookupError(subject_id)
    return {
        "employee": row.employee_id,
        "date": row.date.isoformat(),
        "side": row.side,
        "claimed_at": row.claimed_at.isoformat(),
        "made_up_at": row.made_up_at.isoformat(),
    }


approval_kind(LEAVE, _("请假与休假"), snapshot=leave_snapshot, url_name="attendance:leave-request")
approval_kind(
    CORRECTION, _("补卡证明"), snapshot=correction_snapshot, url_name="attendance:correction"
)
