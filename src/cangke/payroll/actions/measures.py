"""What a month's absence calls for beside pay: drafts and proposals, decided by people (K21)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account, Roles
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import announce, notify
from cangke.foundation.wording import listed
from cangke.people.public import Employee

from ..models import AbsenceMeasure, PayRun, PaySlip
from .refusals import Decided
from .telling import tell_roles

DISMISSAL = "payroll.dismissal"
KINDS = {"company_criticism": "criticism", "dismissal": "dismissal"}


def draft_measures(run: PayRun, *, at: dt.datetime) -> int:
    """
    Draft the notice, and the proposal, for whoever was absent that long; return how many.

    Nothing is published or decided by the machine. The caller holds the run's lock.
    """
    known = {(each.slip_id, each.kind): each for each in _measures_of(run)}
    fresh: list[AbsenceMeasure] = []
    again: list[AbsenceMeasure] = []
    for slip in run.slips.select_related("employee__department"):
        for code in (*slip.facts["notices"], *slip.facts["proposals"]):
            kind = KINDS[code]
            row = known.get((slip.pk, kind))
            text = _draft_text(slip, kind)
            if row is None:
                fresh.append(AbsenceMeasure(slip=slip, kind=kind, text=text, drafted_at=at))
            elif row.state == "dropped" and row.settled_by_id is None:
                row.state, row.text, row.drafted_at, row.settled_at = "draft", text, at, None
                again.append(row)
    AbsenceMeasure.objects.bulk_create(fresh)
    AbsenceMeasure.objects.bulk_update(again, ["state", "text", "drafted_at", "settled_at"])
    made = len(fresh) + len(again)
    if made:
        tell_roles(
            Roles.HR,
            kind="payroll.measure",
            title=gettext_lazy("有旷工通报或辞退提议待处理"),
            body=f"{run.site.name} {run.month:%Y-%m}",
            url=reverse("payroll:measures"),
            at=at,
        )
    return made


def _measures_of(run: PayRun) -> QuerySet[AbsenceMeasure]:
    return AbsenceMeasure.objects.filter(slip__run=run)


def _draft_text(slip: PaySlip, kind: str) -> str:
    """The words personnel starts from."""
    days = listed(
        _("%(day)s（%(share)s）") % {"day": day[5:], "share": share}
        for day, share in slip.facts["absent"]
    )
    text = _("%(department)s %(name)s，%(month)s 累计旷工 %(days)s 天（%(list)s）。") % {
        "department": slip.employee.department.name,
        "name": slip.employee.name,
        "month": f"{slip.month:%Y-%m}",
        "days": slip.facts["absent_days"],
        "list": days,
    }
    if kind == "criticism":
        return text + _("按制度予以通报批评。")
    return text + _("按制度提请辞退，请审批。")


def drop_drafts(run: PayRun, *, by: Account, at: dt.datetime) -> None:
    """Take back the drafts of a run that is opened again; what people have decided stays."""
    drafts = _measures_of(run).filter(state="draft")
    drafts.update(state="dropped", settled_at=at, settled_reason="reopened")


def locked_draft(measure_id: int) -> AbsenceMeasure:
    """
    The measure under its lock, if it is still a draft.

    :raises Decided: if not
    """
    measure = (
        AbsenceMeasure.objects.select_for_update(of=("self",))
        .select_related("slip__employee__account", "slip__run__site")
        .get(pk=measure_id)
    )
    if measure.state != "draft":
        raise Decided(_("这份文件现在是“%s”。") % measure.get_state_display())
    return measure


@transaction.atomic
def publish_criticism(
    *, measure_id: int, text: str, by: Account, at: dt.datetime
) -> AbsenceMeasure:
    """Publish a notice of criticism to the whole company, in the words personnel settled on."""
    measure = locked_draft(measure_id)
    if measure.kind != "criticism":
        raise Decided(_("只有通报批评可以发布。"))
    measure.text, measure.state = text, "published"
    measure.settled_by, measure.settled_at = by, at
    measure.save()
    readers = Account.objects.filter(
        pk__in=Employee.objects.at_work().values("account"), is_active=True
    )
    notify(
        readers,
        kind="payroll.measure",
        title=gettext_lazy("通报批评"),
        body=text,
        at=at,
    )
    announce(kind="payroll.measure", title=gettext_lazy("通报批评"), body=text, at=at)
    record("payroll.measure", obj=measure, by=by, at=at, changes={"state": "published"})
    return measure


@transaction.atomic
def propose_dismissal(
    *, measure_id: int, text: str, by: Account, at: dt.datetime
) -> AbsenceMeasure:
    """Hand the proposal to dismiss in for approval; approved or not, people carry it out."""
    measure = locked_draft(measure_id)
    if measure.kind != "dismissal":
        raise Decided(_("只有辞退提议要审批。"))
    measure.text, measure.state = text, "asked"
    measure.settled_by, measure.settled_at = by, at
    measure.save()
    record("payroll.measure", obj=measure, by=by, at=at, changes={"state": "asked"})
    approvals.submit_case(
        kind=DISMISSAL,
        subject_id=measure.pk,
        applicant=by,
        title=lambda: _("提请辞退 %s") % measure.slip.employee.name,
        facts=lambda: [(_("员工"), measure.slip.employee.name), (_("事由"), text)],
        by=by,
        at=at,
    )
    return measure


@transaction.atomic
def drop_measure(*, measure_id: int, reason: str, by: Account, at: dt.datetime) -> AbsenceMeasure:
    """Let a draft go, with the reason."""
    measure = locked_draft(measure_id)
    measure.state, measure.settled_by, measure.settled_at = "dropped", by, at
    measure.settled_reason = reason[:300]
    measure.save()
    record(
        "payroll.measure", obj=measure, by=by, at=at, changes={"state": "dropped"}, reason=reason
    )
    return measure


def dismissal_snapshot(measure: AbsenceMeasure) -> dict[str, object]:
    """What is approved: whom it is about and in which words."""
    return {"employee": measure.slip.employee_id, "text": measure.text}


@transaction.atomic
def settle_dismissal(*, measure_id: int, approved: bool, at: dt.datetime) -> AbsenceMeasure | None:
    """Note what was decided; personnel is told to carry it out. Safe to repeat."""
    measure = (
        AbsenceMeasure.objects.select_for_update(of=("self",))
        .select_related("slip__employee")
        .get(pk=measure_id)
    )
    if measure.state != "asked":
        return None
    measure.state = "approved" if approved else "refused"
    measure.save(update_fields=["state"])
    record("payroll.measure", obj=measure, by=None, at=at, changes={"state": measure.state})
    tell_roles(
        Roles.HR,
        kind="payroll.measure",
        title=gettext_lazy("辞退已批准，请办理离职")
        if approved
        else gettext_lazy("辞退提议没有批准"),
        body=measure.slip.employee.name,
        url=reverse("payroll:measure", args=[measure.pk]),
        at=at,
    )
    return measure
