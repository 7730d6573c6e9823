"""What the actions of a case share: locking, writing down, seating people, telling them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.notices.public import notify

from .. import ports, queries, registry, rules
from ..events import CaseApproved, CaseRefused
from ..models import ApprovalCase, ApprovalDecision, ApprovalTask
from ..rules import Action, CaseState, Mode, Seat, Step, TaskFacts, TaskState, Who
from .refusals import NobodyDecides, StaleMatter


def locked_case(case_id: int) -> ApprovalCase:
    """Lock the case first, always; its tasks are changed only under this lock."""
    return (
        ApprovalCase.objects.select_for_update(of=("self",))
        .select_related("flow", "applicant")
        .get(pk=case_id)
    )


def snapshot_of(kind: str, subject_id: int) -> Mapping[str, Any]:
    """
    What is to be approved, as its room says now.

    :raises StaleMatter: if the subject is gone
    """
    try:
        return registry.KINDS[kind].snapshot(subject_id)
    except LookupError as error:
        raise StaleMatter(_("要审批的事项已经不在了。")) from error


def note(
    case: ApprovalCase,
    action: str,
    *,
    by: Account | None,
    at: dt.datetime,
    task: ApprovalTask | None = None,
    step: str = "",
    comment: str = "",
    agrees: bool | None = None,
    answers: Mapping[str, Any] | None = None,
    on_behalf_of: Account | None = None,
) -> ApprovalDecision:
    """Write down what was done, for the case's own page and for the audit log."""
    decision = ApprovalDecision.objects.create(
        case=case,
        task=task,
        round=case.round,
        step=task.step if task else step,
        action=action,
        by=by,
        on_behalf_of=on_behalf_of,
        agrees=agrees,
        comment=comment,
        answers=dict(answers or {}),
        fingerprint=case.fingerprint,
        at=at,
    )
    record(
        f"approvals.{action}",
        obj=case,
        by=by,
        on_behalf_of=on_behalf_of,
        at=at,
        changes={"round": case.round, "step": decision.step, "fingerprint": case.fingerprint},
        reason=comment[:200],
    )
    return decision


def barred(case: ApprovalCase) -> set[int]:
    """Applicant and submitter: neither decides on the case (Q7)."""
    return {one for one in (case.applicant_id, case.submitted_by_id) if one is not None}


def _able(ids: Iterable[int]) -> set[int]:
    return set(Account.objects.filter(pk__in=set(ids), is_active=True).values_list("pk", flat=True))


def wanted_of(case: ApprovalCase, step: Step, who: Who) -> list[int]:
    """The accounts a seat means, whether or not they may decide."""
    if who.seat == "chosen":
        return [int(one) for one in case.chosen.get(step.key, [])]
    if who.seat == "account":
        found = Account.objects.filter(username=who.value).values_list("pk", flat=True)
        return list(found)
    answer = ports.approvers.ask(seat=who.seat, value=who.value, applicant_id=case.applicant_id)
    return list(answer)


def seated(case: ApprovalCase, step: Step, wanted: Sequence[int]) -> list[Seat]:
    """
    Who sits for a seat: those wanted, or whoever steps in.

    :raises NobodyDecides: if the step is required and really nobody is left
    """
    if not wanted and not step.required:
        return []
    missing = wanted[0] if wanted else None
    groups = ports.substitutes.ask(account_id=missing, applicant_id=case.applicant_id)
    able = _able([*wanted, *(one for group in groups for one in group)])
    seats = rules.fallback_seat(wanted, barred=barred(case), able=able, groups=groups)
    if not seats and step.required:
        raise NobodyDecides(
            _("步骤“%s”没有人可以处理，请联系人事补上负责人后再提交。")
            % step.name_in(get_language() or "")
        )
    return seats


def seat_stage(case: ApprovalCase, stage: int, *, at: dt.datetime) -> list[ApprovalTask]:
    """Give the steps of a stage their people; the first of a sequence begins."""
    flow = case.flow.flow
    post = ports.post_of.ask(account_id=case.applicant_id)
    made: list[ApprovalTask] = []
    for step in flow.of_stage(stage):
        taken: set[int] = set()
        position = 0
        for who in step.seats(post=post, amount=case.amount, currency=case.currency):
            seats = seated(case, step, wanted_of(case, step, who))
            if step.mode == Mode.SEQUENCE:
                seats = seats[:1]
            first = None
            for seat in seats:
                if seat.account_id in taken:
                    continue
                taken.add(seat.account_id)
                waits = step.mode == Mode.SEQUENCE and position > 0
                task = _task(case, step, seat, position, beside=first, waits=waits, at=at)
                made.append(task)
                if seat.reason:  # several who step in for one share that one's seat
                    first = first or task
            position += 1
    case.stage = stage
    case.save(update_fields=["stage"])
    tell_askers(case, [task for task in made if task.state == TaskState.OPEN], at=at)
    cover_away(case, made, at=at)
    return made


def _task(
    case: ApprovalCase,
    step: Step,
    seat: Seat,
    position: int,
    *,
    beside: ApprovalTask | None,
    waits: bool,
    at: dt.datetime,
) -> ApprovalTask:
    return ApprovalTask.objects.create(
        case=case,
        round=case.round,
        step=step.key,
        position=position,
        account_id=seat.account_id,
        instead_of_id=seat.instead_of,
        reason=seat.reason,
        seat=beside,
        state=TaskState.WAITING if waits else TaskState.OPEN,
        opened_at=None if waits else at,
        due_at=None if waits else due_of(step, at),
    )


def due_of(step: Step, at: dt.datetime) -> dt.datetime | None:
    """When a task opened at ``at`` is due; hours are plain hours."""
    return at + dt.timedelta(hours=step.hours) if step.hours else None


def open_task(task: ApprovalTask, step: Step, *, at: dt.datetime) -> None:
    task.state, task.opened_at, task.due_at, task.warned = TaskState.OPEN, at, due_of(step, at), 0
    task.save()


def give_seats(
    case: ApprovalCase, task: ApprovalTask, seats: list[Seat], *, at: dt.datetime
) -> None:
    """Seat others in the place of a task, or beside whoever holds it, and tell them."""
    step = case.flow.flow.step(task.step)
    made = []
    for seat in seats:
        given = ApprovalTask(
            case=case,
            round=case.round,
            step=task.step,
            position=task.position,
            account_id=seat.account_id,
            instead_of_id=seat.instead_of,
            reason=seat.reason,
            added=task.added,
            seat_id=task.own_seat_id,
            state=TaskState.OPEN,
        )
        open_task(given, step, at=at)
        made.append(given)
    tell_askers(case, made, at=at)


def stepping_in(case: ApprovalCase, task: ApprovalTask, *, at: dt.datetime) -> list[int]:
    """Who may sit beside the holder of a task: the nearest who is here and not in the step yet."""
    groups = ports.substitutes.ask(account_id=task.account_id, applicant_id=case.applicant_id)
    able = _able(one for group in groups for one in group)
    able -= set(ports.away.ask(account_ids=able, at=at))
    seated_before = case.tasks.filter(round=case.round, step=task.step)
    taken = set(seated_before.values_list("account_id", flat=True))
    seats = rules.fallback_seat([], barred=barred(case) | taken, able=able, groups=groups)
    return [seat.account_id for seat in seats]


def cover_away(case: ApprovalCase, tasks: Sequence[ApprovalTask], *, at: dt.datetime) -> int:
    """
    Seat somebody beside each holder who is on leave and has asked nobody to decide for them.

    Either may decide. Opinions are not waited for beyond their time, so nobody stands in there.
    """
    waiting = [task for task in tasks if task.state == TaskState.OPEN]
    away = set(ports.away.ask(account_ids={task.account_id for task in waiting}, at=at))
    covered = 0
    for task in waiting:
        step = case.flow.flow.step(task.step)
        if task.account_id not in away or step.mode == Mode.OPINION:
            continue
        if queries.deciders_of([task.account_id], kind=case.kind, at=at).count() > 1:
            continue  # somebody decides for them already
        beside = stepping_in(case, task, at=at)
        if beside:
            note(case, Action.REROUTE, by=None, at=at, task=task, answers={"to": beside})
            give_seats(case, task, [Seat(one, task.account_id, "away") for one in beside], at=at)
            covered += 1
    return covered


def settle(task: ApprovalTask, state: TaskState, *, at: dt.datetime) -> None:
    task.state, task.settled_at = state, at
    task.save(update_fields=["state", "settled_at"])


def drop_open(case: ApprovalCase, *, at: dt.datetime) -> None:
    """Nobody is asked any more: the round or the case is over."""
    case.tasks.filter(state__in=[TaskState.OPEN, TaskState.WAITING]).update(
        state=TaskState.DROPPED, settled_at=at
    )


def move_on(case: ApprovalCase, *, at: dt.datetime) -> None:
    """Do what follows from the tasks: next seat, next stage, approved, refused."""
    flow = case.flow.flow
    while case.state == CaseState.RUNNING and case.stage is not None:
        tasks = {task.pk: task for task in case.tasks.filter(round=case.round)}
        facts = [
            TaskFacts(t.pk, t.step, t.position, TaskState(t.state), t.added, t.own_seat_id)
            for t in tasks.values()
        ]
        course = rules.progress(flow, case.stage, facts)
        for pk in course.to_drop:
            settle(tasks[pk], TaskState.DROPPED, at=at)
        for pk in course.to_open:
            open_task(tasks[pk], flow.step(tasks[pk].step), at=at)
            tell_askers(case, [tasks[pk]], at=at)
            cover_away(case, [tasks[pk]], at=at)
        if course.state != CaseState.RUNNING:
            _close(case, course.state, at=at)
            return
        if not course.next_stage:
            return
        following = rules.stage_after(flow, case.stage)
        assert following is not None  # progress says so
        seat_stage(case, following, at=at)


def _close(case: ApprovalCase, state: CaseState, *, at: dt.datetime) -> None:
    case.state, case.stage, case.closed_at = state, None, at
    case.save(update_fields=["state", "stage", "closed_at"])
    if state == CaseState.APPROVED:
        publish(
            CaseApproved(
                case_id=case.pk,
                kind=case.kind,
                subject_id=case.subject_id,
                fingerprint=case.fingerprint,
            )
        )
    else:
        publish(CaseRefused(case_id=case.pk, kind=case.kind, subject_id=case.subject_id))
    titles = {
        CaseState.APPROVED: gettext_lazy("审批已通过"),
        CaseState.REFUSED: gettext_lazy("审批未通过"),
    }
    tell_applicant(case, titles[state], at=at)


def url_of(case: ApprovalCase) -> str:
    return reverse("approvals:case", args=[case.pk])


def tell_applicant(
    case: ApprovalCase, title: object, *, at: dt.datetime, but: Account | None = None
) -> None:
    people = {case.applicant_id: case.applicant}
    if case.submitted_by_id and case.submitted_by_id not in people and case.submitted_by:
        people[case.submitted_by_id] = case.submitted_by
    if but is not None:
        people.pop(but.pk, None)
    notify(
        people.values(),
        kind="approvals.decided",
        title=title,
        body=case,
        url=url_of(case),
        at=at,
    )


def tell_askers(
    case: ApprovalCase,
    tasks: Iterable[ApprovalTask],
    title: object = gettext_lazy("有审批待您处理"),
    *,
    at: dt.datetime,
    but: Account | None = None,
) -> None:
    """Tell those whose turn it is, and whoever decides for them now."""
    people = queries.deciders_of([task.account_id for task in tasks], kind=case.kind, at=at)
    people = people.exclude(pk__in=barred(case) | ({but.pk} if but else set()))
    notify(
        people,
        kind="approvals.asked",
        title=title,
        body=case,
        url=url_of(case),
        at=at,
    )
