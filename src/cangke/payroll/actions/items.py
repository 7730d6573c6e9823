"""Amounts of one month beside base pay: performance, awards, recoveries (L6, L7, L10)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.money.public import to_cents
from cangke.foundation.notices.public import notify
from cangke.people.public import Employee

from ..models import OPEN, LateChange, PayItem, PayRun, PaySlip
from ..queries.recorded import month_span
from .calculating import is_settled
from .changes import note_change
from .explaining import explain_items
from .owed import drop_owed
from .refusals import Decided, MonthSettled

AWARD = "payroll.award"


def is_supplemented(employee_id: int, month: dt.date) -> bool:
    """Whether what somebody's locked month missed is being paid by an open supplement."""
    own = PaySlip.objects.filter(employee=employee_id, month=month, part=0)
    return PayRun.objects.filter(
        kind="supplement", month=month, state__in=OPEN, site__in=own.values("run__site")
    ).exists()


def check_month(employee: Employee, month: dt.date, *, supplement: bool = False) -> dt.date:
    """
    Return the first of the month, if amounts may still come into it for somebody.

    With ``supplement`` a locked month takes them while a supplement to it is open.

    :raises MonthSettled: if it is locked, or nobody is employed then
    """
    first, last = month_span(month)
    locked = is_settled(employee.pk, first)
    if locked and not (supplement and is_supplemented(employee.pk, first)):
        raise MonthSettled(
            _("%s 的工资已经锁定，请计入下一个月。") % f"{first:%Y-%m}", field="month"
        )
    ended = employee.employed_to is not None and employee.employed_to < first
    if ended or employee.employed_from > last:
        raise MonthSettled(_("这个月不在职。"), field="month")
    return first


@transaction.atomic
def set_item(
    *,
    employee: Employee,
    month: dt.date,
    kind: str,
    amount: Decimal,
    reason: str,
    by: Account | None,
    at: dt.datetime,
    source: str = "manual",
    reference: str = "",
) -> PayItem:
    """
    Enter performance pay or a recovery by hand, with where it comes from.

    A month has one performance pay: a second one takes the place of the first, which stays on
    record as dropped.

    :raises MonthSettled: if the month is locked
    """
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    if by is not None and employee.account_id == by.pk:
        raise MonthSettled(_("不能登记自己的工资单项，请由另一位同事登记。"))
    first = check_month(employee, month, supplement=True)
    amount = to_cents(amount)
    if kind == "performance":
        before = PayItem.objects.filter(
            employee=employee, month=first, kind=kind, state="counted"
        ).first()
        if before is not None:
            if (before.amount, before.reason) == (amount, reason):
                return before
            _drop(before, reason=_("被新的绩效代替"), by=by, at=at)
    made = PayItem.objects.create(
        employee=employee,
        month=first,
        kind=kind,
        amount=amount,
        source=source,
        reference=reference,
        reason=reason[:300],
        recorded_by=by,
        recorded_at=at,
    )
    record(
        "payroll.item",
        obj=made,
        by=by,
        at=at,
        changes={"kind": kind, "amount": str(amount), "month": f"{first:%Y-%m}"},
        reason=reason,
    )
    explain_items([made], at=at)
    if is_settled(employee.pk, first):
        note_change(
            employee_id=employee.pk, month=first, source="item", reference=str(made.pk), at=at
        )
    if kind == "recovery" and employee.account is not None:
        notify(
            employee.account,
            kind="payroll.slip",
            title=gettext_lazy("有一项拟扣款，请查看依据"),
            body=f"{first:%Y-%m}",
            url=made_url(made),
            at=at,
        )
    return made


def made_url(item: PayItem) -> str:
    return reverse("payroll:item", args=[item.pk])


@transaction.atomic
def ask_award(
    *,
    employee: Employee,
    month: dt.date,
    amount: Decimal,
    reason: str,
    by: Account,
    at: dt.datetime,
) -> PayItem:
    """
    Ask for an award for outstanding performance; it is paid once it is approved (L7).

    :raises MonthSettled: if the month is locked, or it is for oneself
    """
    if employee.account_id == by.pk:
        raise MonthSettled(_("不能给自己提奖励。"), field="employee")
    first = check_month(employee, month)
    made = PayItem.objects.create(
        employee=employee,
        month=first,
        kind="award",
        amount=to_cents(amount),
        reason=reason[:300],
        state="asked",
        recorded_by=by,
        recorded_at=at,
    )
    record(
        "payroll.award_asked",
        obj=made,
        by=by,
        at=at,
        changes={"amount": str(made.amount), "month": f"{first:%Y-%m}"},
        reason=reason,
    )
    approvals.submit_case(
        kind=AWARD,
        subject_id=made.pk,
        applicant=by,
        title=lambda: (
            _("奖励 %(name)s %(month)s") % {"name": employee.name, "month": f"{first:%Y-%m}"}
        ),
        facts=lambda: [
            (_("员工"), employee.name),
            (_("月份"), f"{first:%Y-%m}"),
            (_("金额"), f"{made.amount} {employee.site.currency}"),
            (_("理由"), reason),
        ],
        amount=made.amount,
        currency=employee.site.currency,
        by=by,
        at=at,
    )
    return made


@transaction.atomic
def settle_award(
    *, item_id: int, approved: bool, fingerprint: str = "", at: dt.datetime
) -> PayItem | None:
    """
    Count an award that was approved, or close one that was not. Safe to repeat.

    What was approved for a month that is locked meanwhile comes into the month after.
    """
    item = (
        PayItem.objects.select_for_update(of=("self",)).select_related("employee").get(pk=item_id)
    )
    if item.state != "asked":
        return None
    if approved and approvals.fingerprint(award_snapshot(item)) != fingerprint:
        return None
    if approved:
        while is_settled(item.employee_id, item.month):
            item.month = month_span(item.month)[1] + dt.timedelta(days=1)
    item.state = "counted" if approved else "refused"
    item.save(update_fields=["state", "month"])
    record("payroll.award_decided", obj=item, by=None, at=at, changes={"state": item.state})
    if item.recorded_by is not None:
        notify(
            item.recorded_by,
            kind="payroll.award",
            title=gettext_lazy("奖励已批准") if approved else gettext_lazy("奖励没有批准"),
            body=f"{item.employee.name} {item.month:%Y-%m}",
            url=made_url(item),
            at=at,
        )
    return item


def award_snapshot(item: PayItem) -> dict[str, object]:
    """What is approved: who gets how much, and why."""
    return {"employee": item.employee_id, "amount": str(item.amount), "reason": item.reason}


@transaction.atomic
def drop_item(*, item_id: int, reason: str, by: Account, at: dt.datetime) -> PayItem:
    """
    Take an amount back before its month is locked, with the reason.

    :raises MonthSettled: if the month is locked
    :raises Decided: if it does not count
    """
    item = (
        PayItem.objects.select_for_update(of=("self",)).select_related("employee").get(pk=item_id)
    )
    if item.state != "counted":
        raise Decided(_("这一项现在是“%s”。") % item.get_state_display())
    late = LateChange.objects.filter(
        employee=item.employee_id, source="item", reference=str(item.pk), settled_in__isnull=True
    )
    if is_settled(item.employee_id, item.month) and not late.exists():
        raise MonthSettled(_("%s 的工资已经锁定，不能再撤销。") % f"{item.month:%Y-%m}")
    _drop(item, reason=reason, by=by, at=at)
    return item


def _drop(item: PayItem, *, reason: str, by: Account | None, at: dt.datetime) -> None:
    item.state, item.closed_by, item.closed_at = "dropped", by, at
    item.closed_reason = reason[:200]
    item.save(update_fields=["state", "closed_by", "closed_at", "closed_reason"])
    record("payroll.item_dropped", obj=item, by=by, at=at, changes={}, reason=reason)


@transaction.atomic
def follow_item_objection(
    *, item_id: int, objection_id: int, upheld: bool, at: dt.datetime
) -> None:
    """
    Drop a recovery whose objection was upheld; in a locked month the next run corrects it (S7).

    Safe to repeat.
    """
    item = PayItem.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        return
    if is_settled(item.employee_id, item.month):
        if upheld:
            drop_owed(item.pk, at=at)
        note_change(
            employee_id=item.employee_id,
            month=item.month,
            source="objection",
            reference=str(objection_id),
            at=at,
        )
    elif upheld and item.state == "counted":
        _drop(item, reason=str(gettext_lazy("异议成立")), by=None, at=at)
