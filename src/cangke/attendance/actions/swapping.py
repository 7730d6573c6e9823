"""Exchanging shifts: one asks, the other agrees, the planner approves (K2)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee, approvers

from ..models import RosterPublication, ShiftAssignment, SwapRequest
from ..queries.rosters import published_body


class SwapImpossible(Refusal):
    """The shifts cannot be exchanged as asked."""


class SwapOver(Conflict):
    """Somebody else was first, or the shifts have changed meanwhile."""


def _shift(employee_id: int, day: dt.date) -> ShiftAssignment | None:
    return (
        ShiftAssignment.objects.published()
        .select_for_update(of=("self",))
        .select_related("roster", "shift_type")
        .filter(employee_id=employee_id, date=day, dropped_at__isnull=True)
        .first()
    )


def _is_taken(employee_id: int, day: dt.date) -> bool:
    """Whether somebody has a shift that day, published or planned."""
    return ShiftAssignment.objects.filter(employee_id=employee_id, date=day).exists()


def _check(swap: SwapRequest, at: dt.datetime) -> tuple[ShiftAssignment, ShiftAssignment | None]:
    """
    The two shifts a swap is about.

    :raises SwapImpossible: if one is not there, over, or somebody would work twice a day
    """
    mine = _shift(swap.asker_id, swap.date)
    if mine is None or mine.starts_at <= at:
        raise SwapImpossible(_("这一天没有还没开始的班次。"), field="date")
    if swap.partner.team_id != swap.asker.team_id:
        raise SwapImpossible(_("只能和同组的同事换班。"), field="partner")
    theirs = None
    if swap.their_date is not None:
        theirs = _shift(swap.partner_id, swap.their_date)
        if theirs is None or theirs.starts_at <= at:
            raise SwapImpossible(_("对方这一天没有还没开始的班次。"), field="their_date")
    same_day = swap.their_date == swap.date
    if not same_day and _is_taken(swap.partner_id, swap.date):
        raise SwapImpossible(_("对方这一天已经有班次。"), field="partner")
    if theirs is not None and not same_day and _is_taken(swap.asker_id, theirs.date):
        raise SwapImpossible(_("您在对方的那一天已经有班次。"), field="their_date")
    return mine, theirs


def _tell(account: Account | None, title: object, swap: SwapRequest, at: dt.datetime) -> None:
    if account is not None:
        notify(
            account,
            kind="attendance.swap",
            title=title,
            body=f"{swap.asker.name} ⇄ {swap.partner.name} · {swap.date:%m-%d}",
            url=reverse("attendance:swap", args=[swap.pk]),
            at=at,
        )


@transaction.atomic
def ask_swap(
    *,
    asker: Employee,
    date: dt.date,
    partner: Employee,
    their_date: dt.date | None,
    reason: str,
    by: Account,
    at: dt.datetime,
) -> SwapRequest:
    """
    Ask a colleague of the team to take a shift, or to exchange it for one of theirs.

    :raises SwapImpossible: if the shifts do not fit
    """
    if asker.pk == partner.pk:
        raise SwapImpossible(_("请选一位同事。"), field="partner")
    swap = SwapRequest(
        asker=asker,
        date=date,
        partner=partner,
        their_date=their_date,
        reason=reason,
        asked_at=at,
    )
    _check(swap, at)
    try:
        with transaction.atomic():
            swap.save()
    except IntegrityError as error:
        raise SwapImpossible(_("这个班次已经有一份换班申请。"), field="date") from error
    record("attendance.swap_asked", obj=swap, by=by, at=at, reason=reason)
    _tell(partner.account, gettext_lazy("有同事想和您换班"), swap, at)
    return swap


def _open(pk: int, state: str) -> SwapRequest:
    swap = (
        SwapRequest.objects.select_for_update(of=("self",))
        .select_related("asker__account", "partner__account")
        .get(pk=pk)
    )
    if swap.state != state:
        raise SwapOver(_("这份换班申请现在是“%s”。") % swap.get_state_display())
    return swap


@transaction.atomic
def answer_swap(
    *, swap_id: int, agrees: bool, by: Account, at: dt.datetime, answer: str = ""
) -> SwapRequest:
    """
    The colleague agrees or not; the planner of the team hears of it.

    :raises SwapOver: if it is not waiting for the colleague
    :raises SwapImpossible: if the shifts have changed meanwhile
    """
    swap = _open(swap_id, "asked")
    if agrees:
        _check(swap, at)
    swap.state, swap.answered_at, swap.answer = "agreed" if agrees else "declined", at, answer
    swap.save(update_fields=["state", "answered_at", "answer"])
    act = "attendance.swap_agreed" if agrees else "attendance.swap_declined"
    record(act, obj=swap, by=by, at=at, reason=answer)
    if not agrees:
        _tell(swap.asker.account, gettext_lazy("对方不同意换班"), swap, at)
        return swap
    planners = approvers(seat="manager", value="1", applicant_id=swap.asker.account_id or 0)
    for account in Account.objects.filter(pk__in=planners):
        _tell(account, gettext_lazy("有换班等您批准"), swap, at)
    return swap


@transaction.atomic
def decide_swap(
    *, swap_id: int, approves: bool, by: Account, at: dt.datetime, answer: str = ""
) -> SwapRequest:
    """
    The planner approves: the published rosters change at once as a new version; or refuses.

    :raises SwapOver: if it is not waiting for the planner
    :raises SwapImpossible: if the shifts have changed meanwhile, or it is the planner's own
    """
    swap = _open(swap_id, "agreed")
    if by.pk in (swap.asker.account_id, swap.partner.account_id):
        raise SwapImpossible(_("自己的换班要由别人批准。"))
    if approves:
        mine, theirs = _check(swap, at)
        _exchange(swap, mine, theirs, by, at)
    swap.state, swap.decided_by, swap.decided_at = "approved" if approves else "refused", by, at
    swap.answer = answer or swap.answer
    swap.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    act = "attendance.swap_approved" if approves else "attendance.swap_refused"
    record(act, obj=swap, by=by, at=at, reason=answer)
    title = gettext_lazy("换班已批准") if approves else gettext_lazy("换班没有批准")
    for person in (swap.asker, swap.partner):
        _tell(person.account, title, swap, at)
    return swap


def _exchange(
    swap: SwapRequest,
    mine: ShiftAssignment,
    theirs: ShiftAssignment | None,
    by: Account,
    at: dt.datetime,
) -> None:
    changes = [[swap.asker_id, mine.date.isoformat(), mine.shift_type.code, ""]]
    rosters = {mine.roster_id: mine.roster}
    moved = [(mine, swap.partner)]
    if theirs is not None:
        moved.append((theirs, swap.asker))
        changes.append([swap.partner_id, theirs.date.isoformat(), theirs.shift_type.code, ""])
        rosters[theirs.roster_id] = theirs.roster
    ShiftAssignment.objects.filter(pk__in=[row.pk for row, _who in moved]).delete()
    for row, person in moved:
        row.pk, row.employee = None, person
        row.recorded_by, row.recorded_at = by, at
        row._state.adding = True
        row.save()
        changes.append([person.pk, row.date.isoformat(), "", row.shift_type.code])
    for roster in rosters.values():
        roster.number += 1
        roster.published_at = at
        roster.save(update_fields=["number", "published_at"])
        RosterPublication.objects.create(
            roster=roster,
            number=roster.number,
            at=at,
            by=by,
            body=published_body(roster),
            changes=changes,
        )


@transaction.atomic
def withdraw_swap(*, swap_id: int, by: Account, at: dt.datetime) -> SwapRequest:
    """
    The asker takes the request back before it is decided.

    :raises SwapOver: if it is decided
    """
    swap = (
        SwapRequest.objects.select_for_update().select_related("asker", "partner").get(pk=swap_id)
    )
    if swap.state not in ("asked", "agreed"):
        raise SwapOver(_("这份换班申请现在是“%s”。") % swap.get_state_display())
    swap.state = "withdrawn"
    swap.save(update_fields=["state"])
    record("attendance.swap_withdrawn", obj=swap, by=by, at=at)
    return swap
