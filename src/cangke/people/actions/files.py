"""The personnel file: ratings of abilities and contracts of employment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.files.public import StoredFile
from cangke.foundation.refusal import Refusal

from ..models import AbilityRating, Contract, Employee

ONE_DAY = dt.timedelta(days=1)


@transaction.atomic
def rate_abilities(
    *,
    employee_id: int,
    month: dt.date,
    scores: Mapping[str, int],
    by: Account,
    at: dt.datetime,
    notes: Mapping[str, str] | None = None,
) -> int:
    """
    Rate somebody's abilities for a month, from 1 to 5; return how many ratings are new (R6).

    Only what differs from the newest rating of the month is added.

    :raises Refusal: for oneself, for a month that is neither this one nor the last, or without
        any score
    """
    employee = (
        Employee.objects.select_for_update(of=("self",)).select_related("site").get(pk=employee_id)
    )
    if employee.account_id == by.pk:
        raise Refusal(_("不能评价自己。"))
    month = month.replace(day=1)
    this = site_day(at, employee.site.zone).replace(day=1)
    if month not in (this, (this - ONE_DAY).replace(day=1)):
        raise Refusal(_("只能评价本月和上个月。"), field="month")
    newest = {
        row.ability: (row.score, row.note)
        for row in employee.ability_ratings.filter(month=month).order_by("pk")
    }
    said = notes or {}
    fresh = [
        AbilityRating(
            employee=employee,
            month=month,
            ability=ability,
            score=score,
            note=said.get(ability, "").strip(),
            by=by,
            at=at,
        )
        for ability, score in scores.items()
        if newest.get(ability) != (score, said.get(ability, "").strip())
    ]
    if not scores:
        raise Refusal(_("请至少给一项打分。"))
    AbilityRating.objects.bulk_create(fresh)
    if fresh:
        record(
            "people.abilities_rated",
            obj=employee,
            by=by,
            at=at,
            changes={
                "month": month,
                "scores": {row.ability: row.score for row in fresh},
            },
        )
    return len(fresh)


@transaction.atomic
def add_contract(
    *,
    employee_id: int,
    number: str,
    kind: str,
    from_date: dt.date,
    to_date: dt.date | None,
    by: Account | None,
    at: dt.datetime,
    note: str = "",
    scan: StoredFile | None = None,
) -> Contract:
    """
    Keep a contract of employment, with its scan where there is one (R8).

    :raises Refusal: if the number is taken, or a contract for a fixed term has no end
    """
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee_id)
    if Contract.objects.filter(number=number, voided_at__isnull=True).exists():
        raise Refusal(_("合同编号已被使用，请换一个。"), field="number")
    if kind == "fixed" and to_date is None:
        raise Refusal(_("固定期限的合同要填到期日。"), field="to_date")
    if to_date is not None and to_date < from_date:
        raise Refusal(_("到期日不能早于开始日。"), field="to_date")
    made = Contract.objects.create(
        employee=employee,
        number=number,
        kind=kind,
        from_date=from_date,
        to_date=to_date,
        note=note,
        scan=scan,
        recorded_by=by,
        recorded_at=at,
    )
    record(
        "people.contract_added",
        obj=employee,
        by=by,
        at=at,
        changes={
            "contract": number,
            "from": from_date,
            "until": to_date,
            "scan": scan.name if scan else "",
        },
    )
    return made


@transaction.atomic
def void_contract(*, contract_id: int, reason: str, by: Account, at: dt.datetime) -> Contract:
    """
    Void a contract that was recorded wrongly; it stays to be read.

    :raises Refusal: if it is void already
    """
    contract = (
        Contract.objects.select_for_update(of=("self",))
        .select_related("employee")
        .get(pk=contract_id)
    )
    if contract.voided_at is not None:
        raise Refusal(_("这份合同已经作废。"))
    contract.voided_at, contract.void_reason = at, reason
    contract.save(update_fields=["voided_at", "void_reason"])
    record(
        "people.contract_voided",
        obj=contract.employee,
        by=by,
        at=at,
        changes={"contract": contract.number},
        reason=reason,
    )
    return contract
