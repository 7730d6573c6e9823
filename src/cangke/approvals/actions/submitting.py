"""Handing a matter in, again after a change, taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.events.public import publish
from cangke.foundation.numbering.public import next_number
from cangke.foundation.wording import in_both

from .. import registry, rules
from ..events import CaseSubmitted, CaseWithdrawn
from ..models import ApprovalCase, ApprovalFlow
from ..rules import Action, CaseState, TaskState
from .keeping import (
    drop_open,
    locked_case,
    move_on,
    note,
    seat_stage,
    snapshot_of,
    tell_applicant,
)
from .refusals import AlreadyDecided, AlreadyRunning, NoFlow, NotYours

# What a person typed is text; what the program words is made anew for each language.
Words = str | Callable[[], str]
Facts = Sequence[tuple[str, str]] | Callable[[], Sequence[tuple[str, str]]]
Money = tuple[Decimal | None, str]  # an amount and its currency


def flow_in_force(kind: str) -> ApprovalFlow:
    """
    Return the published flow of a kind of matter.

    :raises NoFlow: if there is none
    """
    key = registry.KINDS[kind].flow
    found = ApprovalFlow.objects.filter(key=key, state="published").first()
    if found is None:
        raise NoFlow(_("这类事项还没有发布审批流程，请联系人事。"))
    return found


@transaction.atomic
def submit_case(
    *,
    kind: str,
    subject_id: int,
    applicant: Account,
    title: Words,
    by: Account,
    at: dt.datetime,
    facts: Facts = (),
    amount: Decimal | None = None,
    currency: str = "",
    chosen: Mapping[str, Sequence[int]] | None = None,
    comment: str = "",
    flow: ApprovalFlow | None = None,
) -> ApprovalCase:
    """
    Start the approval of a matter under the flow in force, which stays its flow to the end.

    A room that keeps several flows for a kind names the one that is meant. ``facts`` are shown
    beside the buttons; title and facts that the program words are given as functions, so that each
    reader has them in their own language. ``chosen`` names the people of steps that ask for it.

    :raises AlreadyRunning: if the matter is on its way already
    :raises NoFlow: if no flow is published for the kind
    :raises NobodyDecides: if a required step of the first stage has nobody
    """
    flow = flow or flow_in_force(kind)
    if ApprovalCase.objects.filter(
        kind=kind, subject_id=subject_id, state__in=[CaseState.RUNNING, CaseState.RETURNED]
    ).exists():
        raise AlreadyRunning(_("这件事已经在审批中。"))
    try:
        with transaction.atomic():
            case = ApprovalCase(
                number=next_number("approval", at=at),
                flow=flow,
                kind=kind,
                subject_id=subject_id,
                amount=amount,
                currency=currency,
                chosen={step: list(ids) for step, ids in (chosen or {}).items()},
                applicant=applicant,
                submitted_by=by if by.pk != applicant.pk else None,
                fingerprint=rules.fingerprint(snapshot_of(kind, subject_id)),
                submitted_at=at,
            )
            _write(case, title=title, facts=facts)
            case.save()
    except IntegrityError as error:
        raise AlreadyRunning(_("这件事已经在审批中。")) from error
    note(case, Action.SUBMIT, by=by, at=at, comment=comment)
    publish(CaseSubmitted(case_id=case.pk, kind=kind, subject_id=subject_id))
    _begin(case, None, at=at)
    return case


def _begin(case: ApprovalCase, stage: int | None, *, at: dt.datetime) -> None:
    first = stage if stage is not None else rules.stage_after(case.flow.flow, None)
    assert first is not None  # a flow has steps
    seat_stage(case, first, at=at)
    move_on(case, at=at)


@transaction.atomic
def resubmit(
    *,
    case_id: int,
    by: Account,
    at: dt.datetime,
    title: Words = "",
    facts: Facts | None = None,
    money: Money | None = None,
    comment: str = "",
) -> ApprovalCase:
    """
    Hand a returned matter in again: a new round from the first step, earlier decisions stay.

    :raises NotYours: if somebody else's
    :raises AlreadyDecided: if it was not returned
    """
    case = locked_case(case_id)
    if by.pk not in (case.applicant_id, case.submitted_by_id):
        raise NotYours(_("只有申请人可以重新提交。"))
    if case.state != CaseState.RETURNED:
        raise AlreadyDecided(_("这张审批单没有被退回，不能重新提交。"))
    _renew(case, title=title, facts=facts, money=money)
    case.state = CaseState.RUNNING
    case.save()
    note(case, Action.SUBMIT, by=by, at=at, comment=comment)
    publish(CaseSubmitted(case_id=case.pk, kind=case.kind, subject_id=case.subject_id))
    _begin(case, None, at=at)
    return case


def _renew(case: ApprovalCase, *, title: Words, facts: Facts | None, money: Money | None) -> None:
    case.round += 1
    case.fingerprint = rules.fingerprint(snapshot_of(case.kind, case.subject_id))
    _write(case, title=title, facts=facts)
    if money is not None:
        case.amount, case.currency = money


def _write(case: ApprovalCase, *, title: Words, facts: Facts | None) -> None:
    """Write title and facts into the case, in both languages where the program words them."""
    if callable(title):
        case.title, case.title_en = (words[:160] for words in in_both(title))
    elif title:
        case.title, case.title_en = title[:160], ""
    if callable(facts):
        case.facts, case.facts_en = ([list(each) for each in kept] for kept in in_both(facts))
    elif facts is not None:
        case.facts, case.facts_en = [list(each) for each in facts], []


@transaction.atomic
def subject_changed(
    *,
    kind: str,
    subject_id: int,
    by: Account | None,
    at: dt.datetime,
    title: Words = "",
    facts: Facts | None = None,
    money: Money | None = None,
) -> ApprovalCase | None:
    """
    The room changed a matter that is on its way: what was decided about the old one holds no more.

    The round starts anew if anybody has decided in it, or if it began at a later stage, given back
    there; otherwise only the fingerprint moves on. An unchanged snapshot changes nothing. Returns
    the case, or None where none is open.
    """
    found = ApprovalCase.objects.filter(
        kind=kind, subject_id=subject_id, state=CaseState.RUNNING
    ).first()
    if found is None:
        return None
    case = locked_case(found.pk)
    now = rules.fingerprint(snapshot_of(kind, subject_id))
    if case.state != CaseState.RUNNING or now == case.fingerprint:
        return case
    decided = (
        case.stage != rules.stage_after(case.flow.flow, None)
        or case.tasks.filter(
            round=case.round, state__in=[TaskState.AGREED, TaskState.OBJECTED, TaskState.LAPSED]
        ).exists()
    )
    old_round = case.round
    _renew(case, title=title, facts=facts, money=money)
    if not decided:
        case.round = old_round
        case.save()
        return case
    drop_open(case, at=at)
    case.save()
    note(case, Action.RESTART, by=by, at=at)
    tell_applicant(case, gettext_lazy("内容有变，审批重新开始"), at=at)
    _begin(case, None, at=at)
    return case


@transaction.atomic
def withdraw(
    *, case_id: int, by: Account | None, at: dt.datetime, comment: str = ""
) -> ApprovalCase:
    """
    Take one's own matter back before the last decision; without ``by`` its room does.

    :raises NotYours: if somebody else's
    :raises AlreadyDecided: if it is closed
    """
    case = locked_case(case_id)
    if by is not None and by.pk not in (case.applicant_id, case.submitted_by_id):
        raise NotYours(_("只有申请人可以撤回。"))
    if not case.is_open:
        raise AlreadyDecided(_("审批已经结束，不能撤回。需要改变时请另提一份申请。"))
    drop_open(case, at=at)
    case.state, case.stage, case.closed_at = CaseState.WITHDRAWN, None, at
    case.save(update_fields=["state", "stage", "closed_at"])
    note(case, Action.WITHDRAW, by=by, at=at, comment=comment)
    publish(CaseWithdrawn(case_id=case.pk, kind=case.kind, subject_id=case.subject_id))
    return case
