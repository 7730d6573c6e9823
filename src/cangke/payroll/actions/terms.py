"""Keeping what people are paid by, and where their pay goes (L2, L4, L22)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.attendance import public as attendance
from cangke.foundation.access.public import Account, Roles
from cangke.foundation.audit.public import record
from cangke.people.public import Employee, term_on
from cangke.rulebook.public import policy, set_for

from .. import rules
from ..models import BankAccount, LateChange, PayTerm
from .calculating import settled_months
from .refusals import BadTerm
from .telling import tell_roles

NONE = Decimal(0)


def range_warning(employee: Employee, base: Decimal, on: dt.date) -> str:
    """The post's salary range in words, if the base is outside it; else nothing."""
    group = set_for(attendance.units_of(employee), on=on)
    found = policy(rules.SalaryPolicy, on=on, group=group).outside(employee.post.code, base)
    if found is None:
        return ""
    return _("%(post)s的参考范围是 %(low)s–%(high)s") % {
        "post": employee.post.name,
        "low": found.low,
        "high": found.high,
    }


@transaction.atomic
def set_terms(
    *,
    employee: Employee,
    from_date: dt.date,
    base_pay: Decimal,
    by: Account | None,
    at: dt.datetime,
    reason: str,
    insurance_total: Decimal = NONE,
    tax: str = "none",
    special_additional: Decimal = NONE,
    scheme: str = "",
    source: str = "manual",
) -> PayTerm:
    """
    Say what somebody is paid by from a day on; the same day again corrects it by a new row (L2).

    A day in a month that is locked is a late change: its difference comes into the next run. A
    base outside the post's range is kept with a warning.

    :raises BadTerm: before the first day of employment, or where nothing would change
    """
    employee = (
        Employee.objects.select_for_update(of=("self",))
        .select_related("post", "site", "team", "department")
        .get(pk=employee.pk)
    )
    if by is not None and employee.account_id == by.pk:
        raise BadTerm(_("不能登记自己的薪资，请由另一位同事登记。"))
    if from_date < employee.employed_from:
        raise BadTerm(_("生效日不能早于入职日。"), field="from_date")
    if employee.employed_to is not None and from_date > employee.employed_to:
        raise BadTerm(_("生效日不能晚于离职日。"), field="from_date")
    values = {
        "base_pay": base_pay,
        "insurance_total": insurance_total,
        "tax": tax,
        "special_additional": special_additional,
        "scheme": scheme,
    }
    known = PayTerm.objects.filter(
        employee=employee, from_date=from_date, replaced_at__isnull=True
    ).first()
    if known is not None:
        if all(getattr(known, name) == value for name, value in values.items()):
            raise BadTerm(_("和已登记的相同，没有要改的。"))
        known.replaced_at = at
        known.save(update_fields=["replaced_at"])
    term = PayTerm.objects.create(
        employee=employee,
        from_date=from_date,
        reason=reason[:200],
        warning=range_warning(employee, base_pay, from_date)[:200],
        source=source,
        recorded_by=by,
        recorded_at=at,
        **values,
    )
    for month in settled_months(employee.pk, from_date):
        LateChange.objects.get_or_create(
            employee=employee,
            month=month,
            source="terms",
            reference=str(term.pk),
            defaults={"noticed_at": at},
        )
    record(
        "payroll.term",
        obj=employee,
        by=by,
        at=at,
        changes={"from": from_date, "base_pay": str(base_pay), "insurance": str(insurance_total)},
        reason=reason,
    )
    return term


@transaction.atomic
def set_bank_account(
    *, employee: Employee, bank: str, holder: str, number: str, by: Account, at: dt.datetime
) -> BankAccount:
    """
    Say where somebody's pay goes; the record keeps only the end of the number.

    :raises BadTerm: for one's own account, as who pays does not choose where to
    """
    if employee.account_id == by.pk:
        raise BadTerm(_("不能登记自己的收款账户，请由另一位同事登记。"))
    found, _is_new = BankAccount.objects.update_or_create(
        employee=employee,
        defaults={
            "bank": bank,
            "holder": holder,
            "number": number,
            "recorded_by": by,
            "recorded_at": at,
        },
    )
    record(
        "payroll.bank", obj=employee, by=by, at=at, changes={"bank": bank, "number": number[-4:]}
    )
    return found


@transaction.atomic
def follow_regularization(
    *, employee_id: int, from_date: dt.date, at: dt.datetime
) -> PayTerm | None:
    """
    Pay a formal employee by the scheme that was decided, from the effective day (L22).

    Without a scheme of that name personnel is asked to enter the terms. Safe to repeat.
    """
    employee = Employee.objects.select_related("post", "site", "team", "department", "account").get(
        pk=employee_id
    )
    decided = term_on(employee_id, from_date)
    name = decided.pay_scheme if decided else ""
    group = set_for(attendance.units_of(employee), on=from_date)
    scheme = policy(rules.SalaryPolicy, on=from_date, group=group).scheme(name)
    known = (
        PayTerm.objects.filter(
            employee=employee, from_date__lte=from_date, replaced_at__isnull=True
        )
        .order_by("-from_date")
        .first()
    )
    if known is not None and known.source == "regularization" and known.from_date == from_date:
        return known
    if scheme is None:
        tell_roles(
            Roles.HR,
            kind="payroll.run",
            title=gettext_lazy("转正后请登记薪资"),
            body=f"{employee.name} · {from_date} {name}".strip(),
            url=reverse("payroll:terms", args=[employee.pk]),
            at=at,
        )
        return None
    return set_terms(
        employee=employee,
        from_date=from_date,
        base_pay=scheme.base,
        by=None,
        at=at,
        reason=_("转正：%s") % scheme.name,
        insurance_total=known.insurance_total if known else NONE,
        tax=known.tax if known else "none",
        special_additional=known.special_additional if known else NONE,
        scheme=scheme.name,
        source="regularization",
    )
