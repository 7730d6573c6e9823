"""Make-up punches: asked for, vouched for, and what a false certificate leads to (K19)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee

from ..events import CertificateProvenFalse
from ..models import PunchCorrection, ShiftAssignment
from ..queries.duty import zone_of
from ..queries.rosters import month_of
from ..rules import nearest_moment
from .days import recompute

MATTER = "attendance.correction"


class CorrectionImpossible(Refusal):
    """There is no such shift, or it has its correction already."""


class CorrectionOver(Conflict):
    """It is decided already."""


@transaction.atomic
def ask_correction(
    *,
    employee: Employee,
    date: dt.date,
    side: str,
    clock: dt.time,
    reason: str,
    by: Account,
    at: dt.datetime,
    made_up: dt.time | None = None,
) -> PunchCorrection:
    """
    Ask the supervisor to vouch for one side of a shift; ``clock`` is when one came or went.

    ``made_up`` is when the punch was made up, which counts beyond the free ones (AMB-13). Left
    out, it is now while the shift still runs, and ``clock`` afterwards.

    :raises CorrectionImpossible: if there is no ended shift that day, or one is asked for already
    """
    row = (
        ShiftAssignment.objects.published()
        .select_related("shift_type")
        .filter(employee=employee, date=date)
        .first()
    )
    if row is None or row.starts_at > at:
        raise CorrectionImpossible(_("这一天没有已经开始的班次。"), field="date")
    if employee.account is None:
        raise CorrectionImpossible(_("这位员工没有账户，不能提交审批。"))
    anchor = row.starts_at if side == "in" else row.ends_at
    moment = nearest_moment(date, clock, zone_of(employee), to=anchor)
    if moment > at:
        raise CorrectionImpossible(_("补卡时间不能在将来。"), field="clock")
    made_up_at = moment
    if made_up is not None:
        made_up_at = nearest_moment(date, made_up, zone_of(employee), to=moment)
    elif side == "in" and at <= row.ends_at:
        made_up_at = at
    try:
        with transaction.atomic():
            made = PunchCorrection.objects.create(
                employee=employee,
                date=date,
                side=side,
                claimed_at=moment,
                made_up_at=made_up_at,
                reason=reason,
                asked_at=at,
                asked_by=by,
            )
    except IntegrityError as error:
        raise CorrectionImpossible(_("这一次打卡已经有补卡申请。"), field="side") from error
    record(
        "attendance.correction_asked",
        obj=made,
        by=by,
        at=at,
        changes={"date": date.isoformat(), "side": side, "clock": f"{clock:%H:%M}"},
        reason=reason,
    )
    approvals.submit_case(
        kind=MATTER,
        subject_id=made.pk,
        applicant=employee.account,
        title=lambda: (
            _("补卡证明：%(name)s %(day)s %(side)s")
            % {
                "name": employee.name,
                "day": f"{date:%m-%d}",
                "side": made.get_side_display(),
            }
        ),
        facts=lambda: [
            (_("班次"), f"{date} {row.shift_type} {row.shift_type.hours_text}"),
            (_("实际到离时间"), f"{clock:%H:%M}"),
            (_("补卡时间"), f"{made_up_at.astimezone(zone_of(employee)):%H:%M}"),
            (_("原因"), reason),
            (_("责任"), _("证明不实由证明人负责（K19）。")),
        ],
        by=by,
        at=at,
    )
    _judge(made, at)
    return made


def _judge(correction: PunchCorrection, at: dt.datetime) -> None:
    recompute(employee_ids=[correction.employee_id], months=[month_of(correction.date)], at=at)


def _locked(pk: int) -> PunchCorrection:
    rows = PunchCorrection.objects.select_for_update(of=("self",))
    return rows.select_related("employee__account", "employee__site").get(pk=pk)


@transaction.atomic
def certify(*, correction_id: int, by: Account, at: dt.datetime) -> PunchCorrection:
    """The supervisor has vouched for it; who it was stays on record. Safe to repeat."""
    found = _locked(correction_id)
    if found.state != "asked":
        return found
    found.state, found.certified_by, found.certified_at = "certified", by, at
    found.save(update_fields=["state", "certified_by", "certified_at"])
    record("attendance.correction_certified", obj=found, by=by, at=at)
    _judge(found, at)
    return found


@transaction.atomic
def drop_correction(*, correction_id: int, state: str, at: dt.datetime) -> PunchCorrection:
    """It was refused or taken back: the side stays open. Safe to repeat."""
    found = _locked(correction_id)
    if found.state != "asked":
        return found
    found.state = state
    found.save(update_fields=["state"])
    _judge(found, at)
    return found


@transaction.atomic
def prove_false(*, correction_id: int, note: str, by: Account, at: dt.datetime) -> PunchCorrection:
    """
    Find that a certificate was not so: the punch no longer counts, who vouched is told (AMB-37).

    :raises CorrectionOver: if it is not certified
    """
    found = _locked(correction_id)
    if found.state != "certified" or found.certified_by_id is None:
        raise CorrectionOver(_("只有已证明的补卡可以认定为不实。"))
    found.state, found.note = "false", note
    found.save(update_fields=["state", "note"])
    record("attendance.correction_false", obj=found, by=by, at=at, reason=note)
    publish(
        CertificateProvenFalse(
            correction_id=found.pk,
            employee_id=found.employee_id,
            certifier_id=found.certified_by_id,
            date=found.date,
        )
    )
    assert found.certified_by is not None
    notify(
        found.certified_by,
        kind="attendance.day",
        title=gettext_lazy("您证明的补卡被认定为不实"),
        body=f"{found.employee.name} {found.date:%m-%d}",
        url=reverse("attendance:correction", args=[found.pk]),
        at=at,
    )
    _judge(found, at)
    return found
