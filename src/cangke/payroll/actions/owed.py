"""What slips could not take: noted with the lock, collected by later runs or in cash (L10, L12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.money.public import to_cents
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Refusal

from ..models import Collection, PayRun, PaySlip, Receivable
from ..queries import Reckoned
from .refusals import NotReady, RunClosed, SamePerson

NONE = Decimal(0)


class TooMuch(Refusal):
    """More than is still owed."""


def owe(
    run: PayRun, reckoned: Sequence[Reckoned], slips: dict[int, PaySlip], *, at: dt.datetime
) -> None:
    """
    Book what a run collects of earlier months, and note what its own slips could not take.

    The caller holds the run's lock.

    :raises NotReady: if something came in since it was worked out
    """
    taken: dict[int, tuple[PaySlip, Decimal]] = {}
    fresh: list[Receivable] = []
    for each in reckoned:
        slip = slips[each.employee.pk]
        lines = {line.code: -line.amount for line in each.slip.lines}
        for code, amount in lines.items():
            kind, _dot, ref = code.partition(".")
            if kind == "carried":
                taken[int(ref)] = slip, amount
        left = {
            int(ref): to_cents(amount) - lines.get(f"recovery.{ref}", NONE)
            for ref, amount in each.facts.recoveries
            if not each.corrects_only
        }
        owed: list[tuple[int | None, Decimal]] = [(None, slip.receivable), *left.items()]
        fresh += [
            Receivable(
                slip=slip,
                employee_id=each.employee.pk,
                item_id=item,
                currency=run.currency,
                amount=amount,
                left=amount,
                recorded_at=at,
            )
            for item, amount in owed
            if amount > 0
        ]
    Receivable.objects.bulk_create(fresh)
    rows = list(Receivable.objects.select_for_update().filter(pk__in=taken).order_by("pk"))
    for row in rows:
        row.left -= taken[row.pk][1]
        if row.left < 0:
            raise NotReady(_("应收款在核算之后又收回了一部分，请重新核算。"))
    Receivable.objects.bulk_update(rows, ["left"])
    Collection.objects.bulk_create(
        Collection(
            receivable=row, kind="pay", amount=taken[row.pk][1], slip=taken[row.pk][0], at=at
        )
        for row in rows
    )


def take_back(run: PayRun) -> None:
    """
    Undo what the lock of a run booked; the caller holds its lock.

    :raises RunClosed: if something of what its slips left open has come in since
    """
    own = Receivable.objects.select_for_update().filter(slip__run=run)
    if Collection.objects.filter(receivable__in=own.values("pk")).exists():
        raise RunClosed(_("这次工资留下的应收款已经收回过，请在下一次工资里更正。"))
    own.delete()
    booked = Collection.objects.filter(slip__run=run)
    amounts = dict(booked.values_list("receivable_id", "amount"))
    rows = list(Receivable.objects.select_for_update().filter(pk__in=amounts).order_by("pk"))
    for row in rows:
        row.left += amounts[row.pk]
    Receivable.objects.bulk_update(rows, ["left"])
    booked.delete()


@transaction.atomic
def collect_cash(
    *, receivable_id: int, amount: Decimal, note: str, by: Account, at: dt.datetime
) -> Receivable:
    """
    Note that somebody paid what is owed, or a part of it, in cash.

    :raises SamePerson: for one's own
    :raises TooMuch: if it is more than is still owed
    """
    row = (
        Receivable.objects.select_for_update(of=("self",))
        .select_related("employee__account", "slip")
        .get(pk=receivable_id)
    )
    if row.employee.account_id == by.pk:
        raise SamePerson(_("不能登记自己的应收款，请由另一位同事登记。"))
    amount = to_cents(amount)
    if amount > row.left:
        raise TooMuch(_("还没有收回的是 %s，不能登记得更多。") % row.left, field="amount")
    row.left -= amount
    row.save(update_fields=["left"])
    Collection.objects.create(
        receivable=row, kind="cash", amount=amount, note=note[:300], by=by, at=at
    )
    record(
        "payroll.collected",
        obj=row,
        by=by,
        at=at,
        changes={"amount": str(amount), "left": str(row.left)},
        reason=note,
    )
    if row.employee.account is not None:
        notify(
            row.employee.account,
            kind="payroll.slip",
            title=gettext_lazy("已登记收到您的应收款"),
            body=f"{amount} {row.currency} · {row.slip.month:%Y-%m}",
            url=reverse("payroll:receivable", args=[row.pk]),
            at=at,
        )
    return row


def drop_owed(item_id: int, *, at: dt.datetime) -> None:
    """Ask no more for the rest of a recovery that does not count; the caller has a transaction."""
    for row in Receivable.objects.select_for_update().filter(item=item_id, left__gt=0):
        Collection.objects.create(receivable=row, kind="dropped", amount=row.left, at=at)
        row.left = NONE
        row.save(update_fields=["left"])
