"""The appeal, decided by somebody else; and the day on which a decision holds (L15, L20)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account, Roles
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify
from cangke.people.public import holders_of_role

from .. import queries, rules
from ..events import MeasureFinal
from ..models import ConductCase
from ..rules import CaseState, Effect
from .effects import end_suspension
from .keeping import appeal_hearers, locked, must_be, note, refuse_own, tell, tell_person, today_of
from .refusals import ConductIncomplete, ConductOver, WrongPerson

OUTCOMES = ("upheld", "changed", "lifted")


@transaction.atomic
def appeal_case(*, case_id: int, text: str, by: Account, at: dt.datetime) -> ConductCase:
    """
    Appeal against a decision, once, within the time of the rules.

    :raises Http404: if it is somebody else's
    :raises ConductOver: when the time is over
    """
    case = locked(case_id)
    if case.employee.account_id != by.pk:
        raise Http404
    if not text.strip():
        raise ConductIncomplete(_("请写明为什么不同意。"), field="text")
    if not case.may_be_appealed_on(today_of(case, at)):
        raise ConductOver(_("申诉期已过，或已经申诉过。"))
    case.state, case.appeal, case.appealed_at = CaseState.APPEALED, text.strip(), at
    if case.acknowledged_at is None:
        case.acknowledged_at = at
    case.save(update_fields=["state", "appeal", "appealed_at", "acknowledged_at"])
    note(case, "appealed", by=by, at=at, text=case.appeal)
    record("discipline.appealed", obj=case, by=by, at=at)
    tell(appeal_hearers(case), case, gettext_lazy("有处分申诉待决定"), at=at)
    return case


@transaction.atomic
def answer_appeal(
    *, case_id: int, outcome: str, reason: str, by: Account, at: dt.datetime, kind: str = ""
) -> ConductCase:
    """
    Decide an appeal: the decision stands, becomes a milder one, or falls.

    ``kind`` names the milder measure: one that is only recorded and needs no approval.

    :raises ConductOver: if there is no appeal
    :raises WrongPerson: by who decided, or whom it is about
    :raises ConductIncomplete: without a reason or with a kind that is not milder
    """
    case = locked(case_id)
    must_be(case, CaseState.APPEALED)
    refuse_own(case.employee, by)
    if by.pk == case.decided_by_id:
        raise WrongPerson(_("申诉须由作出决定以外的人决定。"))
    if outcome not in OUTCOMES:
        raise ConductIncomplete(_("请选择结果。"), field="outcome")
    if not reason.strip():
        raise ConductIncomplete(_("请写明决定的理由。"), field="reason")
    if outcome == "changed":
        _make_milder(case, kind, today_of(case, at))
    case.answer, case.answered_by, case.answered_at = reason.strip(), by, at
    case.save()
    note(case, outcome, by=by, at=at, text=case.answer)
    record(
        "discipline.answered",
        obj=case,
        by=by,
        at=at,
        changes={"outcome": outcome, "kind": case.kind},
        reason=case.answer[:300],
    )
    tell_person(case, gettext_lazy("您的申诉有了决定"), at=at)
    if outcome == "lifted":
        case.state = CaseState.LIFTED
        case.save(update_fields=["state"])
    else:
        make_final(case, at=at)
    if case.began_at is not None and case.effect != Effect.SUSPENSION or outcome == "lifted":
        end_suspension(case, at=at)
    return case


def _make_milder(case: ConductCase, code: str, today: dt.date) -> None:
    found = queries.conduct_policy(case.employee, today).kind(code)
    if found is None or found.effect != Effect.NONE or found.approval or code == case.kind:
        raise ConductIncomplete(_("请选择一种更轻、只作记录的处分。"), field="kind")
    case.kind, case.effect, case.amount = found.code, found.effect, None


def make_final(case: ConductCase, *, at: dt.datetime) -> None:
    """Let a decision hold from now on: in the file, in pay, for personnel. Under its lock."""
    today = today_of(case, at)
    known = queries.conduct_policy(case.employee, today).kind(case.kind)
    case.state, case.final_at = CaseState.FINAL, at
    case.pay_month = today.replace(day=1) if case.amount else None
    case.visible_until = rules.months_later(today, known.months if known else 12)
    case.save(update_fields=["state", "final_at", "pay_month", "visible_until"])
    note(case, "final", by=None, at=at)
    record("discipline.final", obj=case, by=None, at=at, changes={"kind": case.kind})
    publish(MeasureFinal(case_id=case.pk, employee_id=case.employee_id, kind=case.kind, at=at))
    tell_person(case, gettext_lazy("处分已生效"), at=at)
    if case.effect in (Effect.CRITICISM, Effect.DISMISSAL):
        personnel = Account.objects.filter(pk__in=holders_of_role(Roles.HR))
        title = (
            gettext_lazy("通报批评已生效，请核对文字后发布")
            if case.effect == Effect.CRITICISM
            else gettext_lazy("停止劳动合同已生效，请办理离职")
        )
        notify(
            personnel,
            kind="discipline.todo",
            title=title,
            body=case.number,
            url=reverse("discipline:case", args=[case.pk]),
            at=at,
        )


def sweep_appeals(*, at: dt.datetime) -> int:
    """Let decisions hold whose time to appeal is over at their site; return how many."""
    done = 0
    rows = ConductCase.objects.filter(
        state=CaseState.DECIDED, appeal_until__lte=(at + dt.timedelta(days=1)).date()
    )
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            case = locked(pk)
            until = case.appeal_until
            if case.state == CaseState.DECIDED and until and today_of(case, at) > until:
                make_final(case, at=at)
                done += 1
    return done
