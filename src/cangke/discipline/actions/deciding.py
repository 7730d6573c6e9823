"""Hearing, decision with its three ratings, notice and the person's receipt (L15, L16)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.money.public import to_cents

from .. import queries
from ..models import ConductCase
from ..rules import CaseState, Effect, Kind
from .effects import clear_roster
from .keeping import locked, must_be, note, refuse_own, tell, tell_person, today_of
from .refusals import ConductIncomplete, ConductOver

DECISION = "discipline.decision"


@transaction.atomic
def ask_person(*, case_id: int, by: Account, at: dt.datetime) -> ConductCase:
    """
    Open the hearing: the person sees the matter and has so many days to state their view.

    :raises ConductOver: if it was opened or let go
    :raises WrongPerson: about oneself or somebody above
    """
    case = locked(case_id)
    must_be(case, CaseState.PROPOSED)
    refuse_own(case.employee, by)
    today = today_of(case, at)
    days = queries.conduct_policy(case.employee, today).hearing_days
    case.state, case.asked_by, case.asked_at = CaseState.HEARING, by, at
    case.hear_until = today + dt.timedelta(days=days)
    case.save(update_fields=["state", "asked_by", "asked_at", "hear_until"])
    note(case, "asked", by=by, at=at)
    record("discipline.asked", obj=case, by=by, at=at, changes={"until": case.hear_until})
    tell_person(case, gettext_lazy("有一件事请您说明情况"), at=at)
    return case


@transaction.atomic
def state_view(*, case_id: int, text: str, by: Account, at: dt.datetime) -> ConductCase:
    """
    The person's word, once; late is better than never, as long as nothing is decided.

    :raises Http404: if it is somebody else's
    """
    case = locked(case_id)
    if case.employee.account_id != by.pk:
        raise Http404
    must_be(case, CaseState.HEARING)
    if case.stated_at is not None:
        raise ConductOver(_("您已经说明过了。"))
    if not text.strip():
        raise ConductIncomplete(_("请写下您的说明。"), field="text")
    case.statement, case.stated_at = text.strip(), at
    case.save(update_fields=["statement", "stated_at"])
    note(case, "stated", by=by, at=at, text=case.statement)
    record("discipline.stated", obj=case, by=by, at=at)
    if case.asked_by is not None:
        tell([case.asked_by], case, gettext_lazy("本人已说明，请作决定"), at=at)
    return case


@dataclass(frozen=True)
class Measure:
    """What somebody decides: kind, the three ratings, the reasons, and what the kind asks for."""

    kind: str
    severity: str
    consequence: str
    attitude: str
    reasoning: str
    amount: Decimal | None = None
    suspended_from: dt.date | None = None
    suspended_to: dt.date | None = None


@transaction.atomic
def decide_case(*, case_id: int, measure: Measure, by: Account, at: dt.datetime) -> ConductCase:
    """
    Decide a matter after the hearing; kinds that need it go to approval first (L15, L16).

    :raises ConductOver: if it is not at its hearing
    :raises WrongPerson: about oneself or somebody above
    :raises ConductIncomplete: before the person was heard or the time is over; with ratings,
        reasons, an amount or dates missing or beyond the rules
    """
    case = locked(case_id)
    must_be(case, CaseState.HEARING)
    refuse_own(case.employee, by)
    today = today_of(case, at)
    if not case.was_heard and case.hear_until is not None and today <= case.hear_until:
        raise ConductIncomplete(
            _("本人还没有说明，期限到 %s 为止。") % f"{case.hear_until:%Y-%m-%d}"
        )
    kind = _fill(case, measure, today)
    case.decided_by, case.decided_at = by, at
    if not kind.approval:
        return serve(case, by=by, at=at)
    case.state = CaseState.APPROVAL
    case.save()
    note(case, "submitted", by=by, at=at, text=case.reasoning)
    record("discipline.submitted", obj=case, by=by, at=at, changes={"kind": case.kind})

    def name() -> str:
        return queries.in_words(kind, case.kind)

    approvals.submit_case(
        kind=DECISION,
        subject_id=case.pk,
        applicant=by,
        title=lambda: _("%(kind)s：%(name)s") % {"kind": name(), "name": case.employee.name},
        facts=lambda: [
            (_("员工"), case.employee.name),
            (_("处分"), name()),
            (_("经过"), case.matter[:500]),
            (_("本人说明"), case.statement[:500] or _("没有说明")),
            (_("理由"), case.reasoning[:500]),
            *([(_("金额"), f"{case.amount} {case.employee.site.currency}")] if case.amount else []),
        ],
        amount=case.amount,
        currency=case.employee.site.currency,
        by=by,
        at=at,
    )
    return case


def _fill(case: ConductCase, measure: Measure, today: dt.date) -> Kind:
    """
    Put the measure onto the case, if the rules of the day allow it; return its kind.

    :raises ConductIncomplete: if not
    """
    policy = queries.conduct_policy(case.employee, today)
    kind = policy.kind(measure.kind)
    if kind is None:
        raise ConductIncomplete(_("制度里没有这种处分。"), field="kind")
    for name in ("severity", "consequence", "attitude"):
        if getattr(measure, name) not in ("light", "medium", "grave"):
            raise ConductIncomplete(_("请评定情节、后果和态度。"), field=name)
    if not measure.reasoning.strip():
        raise ConductIncomplete(_("请写明决定的理由。"), field="reasoning")
    effect = Effect(kind.effect)
    if effect.takes_money:
        if measure.amount is None or measure.amount <= 0:
            raise ConductIncomplete(_("请写明金额。"), field="amount")
        if measure.amount > policy.most_amount:
            raise ConductIncomplete(_("每次不超过 %s。") % policy.most_amount, field="amount")
    if effect is Effect.SUSPENSION:
        first, last = measure.suspended_from, measure.suspended_to
        if first is None or last is None or last < first:
            raise ConductIncomplete(_("请写明停职从哪天到哪天。"), field="suspended_to")
        if first < today:
            raise ConductIncomplete(_("停职不能从过去的日子开始。"), field="suspended_from")
    case.kind, case.effect = kind.code, kind.effect
    case.severity, case.consequence = measure.severity, measure.consequence
    case.attitude, case.reasoning = measure.attitude, measure.reasoning.strip()
    case.amount = to_cents(measure.amount) if effect.takes_money and measure.amount else None
    is_suspension = effect is Effect.SUSPENSION
    case.suspended_from = measure.suspended_from if is_suspension else None
    case.suspended_to = measure.suspended_to if is_suspension else None
    return kind


def serve(case: ConductCase, *, by: Account | None, at: dt.datetime) -> ConductCase:
    """Give notice of a decision; from now on the person may appeal. The caller holds the lock."""
    today = today_of(case, at)
    policy = queries.conduct_policy(case.employee, today)
    case.state = CaseState.DECIDED
    case.appeal_until = today + dt.timedelta(days=policy.appeal_days)
    case.save()
    note(case, "decided", by=by, at=at, text=case.reasoning)
    record(
        "discipline.decided",
        obj=case,
        by=by,
        at=at,
        changes={
            "kind": case.kind,
            "ratings": [case.severity, case.consequence, case.attitude],
            "amount": str(case.amount or ""),
        },
        reason=case.reasoning[:300],
    )
    tell_person(case, gettext_lazy("处分决定已作出，请查看并签收"), at=at)
    clear_roster(case, at=at)
    return case


def decision_snapshot(case: ConductCase) -> dict[str, object]:
    """What is approved: who, what, how much, from when, and why."""
    return {
        "employee": case.employee_id,
        "ground": case.ground,
        "kind": case.kind,
        "ratings": [case.severity, case.consequence, case.attitude],
        "reasoning": case.reasoning,
        "amount": str(case.amount or ""),
        "from": str(case.suspended_from or ""),
        "to": str(case.suspended_to or ""),
    }


@transaction.atomic
def settle_decision(
    *,
    case_id: int,
    approved: bool,
    at: dt.datetime,
    fingerprint: str = "",
    approval_id: int | None = None,
) -> ConductCase | None:
    """
    Serve what was approved; what was not goes back to the hearing. Safe to repeat.

    Whoever the matter is about has no say in it: an approval of theirs counts as none.
    """
    case = locked(case_id)
    if case.state != CaseState.APPROVAL:
        return None
    if approved and fingerprint != approvals.fingerprint(decision_snapshot(case)):
        approved = False
    if approved and approval_id is not None and case.employee.account_id is not None:
        found = approvals.ApprovalCase.objects.filter(pk=approval_id).first()
        if found is not None and any(
            each.by_id == case.employee.account_id for each in approvals.decisions_of(found)
        ):
            approved = False
    if approved:
        return serve(case, by=case.decided_by, at=at)
    case.state = CaseState.HEARING
    decider = case.decided_by
    case.decided_by = case.decided_at = None
    case.save()
    note(case, "returned", by=None, at=at)
    record("discipline.returned", obj=case, by=None, at=at)
    if decider is not None:
        tell([decider], case, gettext_lazy("处分没有获得批准，请重新决定"), at=at)
    return case


@transaction.atomic
def acknowledge(*, case_id: int, by: Account, at: dt.datetime) -> ConductCase:
    """
    The person confirms having received the decision, which is not agreeing; once is enough.

    :raises Http404: if it is somebody else's
    """
    case = locked(case_id)
    if case.employee.account_id != by.pk:
        raise Http404
    if not case.is_served and case.state != CaseState.LIFTED:
        raise ConductOver(_("还没有可以签收的决定。"))
    if case.acknowledged_at is None:
        case.acknowledged_at = at
        case.save(update_fields=["acknowledged_at"])
        note(case, "acknowledged", by=by, at=at)
        record("discipline.acknowledged", obj=case, by=by, at=at)
    return case
