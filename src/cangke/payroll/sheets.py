"""Pay as tables: slips and terms out for finance, performance and terms in (L6)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, held_everywhere, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.sheets.public import (
    BadValue,
    Column,
    Field,
    Importer,
    Outcome,
    Row,
    Task,
    amount,
    day,
    refused,
    register_exporter,
    register_importer,
    taken,
    text,
    unchanged,
)
from cangke.people.public import Employee

from . import actions, queries, wording
from .models import PayItem, PaySlip, PayTerm

MONTH = re.compile(r"([12]\d{3})[-/.年]?(0?[1-9]|1[0-2])月?")


def _slips(account: Account | None) -> QuerySet[PaySlip]:
    rows = PaySlip.objects.all() if account is None else scope(account, PaySlip, "look")
    return queries.listed_slips(rows).order_by("-month", "employee__number")


def _lines(slip: PaySlip) -> str:
    return "；".join(f"{wording.line_label(line.code)} {line.amount}" for line in slip.lines.all())


register_exporter(
    "payroll.slips",
    _("工资条"),
    permission="payroll.export",
    needs_reason=True,
    columns=[
        Column("month", _("月份"), value=lambda row: f"{row.month:%Y-%m}"),
        Column("number", _("工号"), value=lambda row: row.employee.number),
        Column("name", _("姓名"), value=lambda row: row.employee.name),
        Column("department", _("部门"), value=lambda row: row.employee.department.name),
        Column("post", _("岗位"), value=lambda row: row.employee.post.title),
        Column("gross", _("应发"), field="gross"),
        Column("deductions", _("扣款"), field="deductions"),
        Column("insurance_employee", _("保险（员工）"), field="insurance_employee"),
        Column("insurance_company", _("保险（公司）"), field="insurance_company"),
        Column("tax", _("个税"), field="tax"),
        Column("net", _("实发"), field="net"),
        Column("receivable", _("应收"), field="receivable"),
        Column("currency", _("币种"), value=lambda row: row.currency),
        Column("lines", _("各项"), value=_lines),
        Column("state", _("状态"), value=lambda row: row.run.get_state_display()),
        Column("digest", _("指纹"), field="digest"),
    ],
    rows=_slips,
)


def _terms(account: Account | None) -> QuerySet[Employee]:
    rows = Employee.objects.select_related("post", "site").order_by("number")
    if account is not None and "payroll.look" not in held_everywhere(account):
        return rows.none()
    return rows


def _base(employee: Employee) -> str:
    # The list brings the figures with it; a whole export looks each up.
    known = getattr(employee, "base_pay", None)
    if known is None:
        term = (
            PayTerm.objects.filter(employee=employee, replaced_at__isnull=True)
            .order_by("-from_date")
            .first()
        )
        known = term.base_pay if term else None
    return "" if known is None else str(known)


register_exporter(
    "payroll.terms",
    _("薪资档案"),
    permission="payroll.export",
    needs_reason=True,
    columns=[
        Column("number", _("工号"), value=lambda row: row.number),
        Column("name", _("姓名"), value=lambda row: row.name),
        Column("post", _("岗位"), value=lambda row: row.post.title),
        Column("site", _("站点"), value=lambda row: row.site.name),
        Column("base", _("底薪"), value=_base),
        Column("currency", _("币种"), value=lambda row: row.site.currency),
    ],
    rows=_terms,
)


def month(cell: str) -> dt.date:
    """``2026-04``, ``2026/4`` or ``2026年4月`` as the first of the month."""
    found = MONTH.fullmatch(cell.strip())
    if not found:
        raise BadValue("day")
    return dt.date(int(found[1]), int(found[2]), 1)


class _OfPeople(Importer):
    """What both tables share: whose row it is, and one transaction for each row."""

    permission = "payroll.import"
    by_number: dict[str, Employee]

    def begin(self, task: Task) -> None:
        rows = Employee.objects.select_related("site", "post", "team", "department", "account")
        self.by_number = {each.number.casefold(): each for each in rows}

    def take(self, values: dict[str, Any], person: Employee, task: Task) -> Outcome:
        """
        Take one row in.

        :raises Refusal: with the sentence that the report shows
        """
        raise NotImplementedError

    def commit_chunk(self, rows: Sequence[Row], task: Task) -> Sequence[Outcome]:
        outcomes = []
        for row in rows:
            person = self.by_number.get(str(row.values["number"]).casefold())
            if person is None:
                words = gettext("没有工号为 %s 的员工") % row.values["number"]
                outcomes.append(refused(words))
                continue
            name = row.values["name"]
            if name and name != person.name:
                words = gettext("工号 %(number)s 是 %(name)s，不是 %(other)s") % {
                    "number": person.number,
                    "name": person.name,
                    "other": name,
                }
                outcomes.append(refused(words))
                continue
            try:
                outcomes.append(self.take(dict(row.values), person, task))
            except Refusal as refusal:
                outcomes.append(refused(str(refusal.message)))
        return outcomes


@register_importer
class PerformanceImport(_OfPeople):
    kind, label = "performance", _("绩效工资")
    fields = [
        Field("number", _("工号"), aliases=("员工编号", "Employee No"), required=True),
        Field("name", _("姓名"), aliases=("员工", "Name")),
        Field("month", _("月份"), aliases=("考核月份", "Month"), required=True, parse=month),
        Field(
            "amount",
            _("绩效金额"),
            aliases=("绩效", "绩效工资", "金额", "Amount"),
            required=True,
            parse=amount(least=Decimal(0)),
        ),
        Field(
            "reason",
            _("说明"),
            aliases=("得分", "考核得分", "备注", "Note"),
            parse=text(),
            default="",
        ),
    ]
    chunk_size = 200

    def take(self, values: dict[str, Any], person: Employee, task: Task) -> Outcome:
        reason = values["reason"] or gettext("导入的绩效")
        known = PayItem.objects.filter(
            employee=person, month=values["month"], kind="performance", state="counted"
        ).first()
        if known is not None and (known.amount, known.reason) == (values["amount"], reason):
            return unchanged(str(known.pk))
        made = actions.set_item(
            employee=person,
            month=values["month"],
            kind="performance",
            amount=values["amount"],
            reason=reason,
            source="import",
            reference=f"import {task.key}"[:120],
            by=task.by,
            at=task.at,
        )
        return taken(str(made.pk))


@register_importer
class TermsImport(_OfPeople):
    kind, label = "pay-terms", _("薪资档案")
    fields = [
        Field("number", _("工号"), aliases=("员工编号", "Employee No"), required=True),
        Field("name", _("姓名"), aliases=("员工", "Name")),
        Field("from_date", _("生效日"), aliases=("From",), required=True, parse=day()),
        Field(
            "base_pay", _("底薪"), aliases=("Base",), required=True, parse=amount(least=Decimal(0))
        ),
        Field(
            "insurance_total",
            _("每月保险合计"),
            aliases=("保险", "Insurance"),
            parse=amount(least=Decimal(0)),
            default=None,
        ),
        Field("reason", _("事由"), aliases=("Reason",), parse=text(), default=""),
    ]
    chunk_size = 200

    def take(self, values: dict[str, Any], person: Employee, task: Task) -> Outcome:
        known = (
            PayTerm.objects.filter(
                employee=person, replaced_at__isnull=True, from_date__lte=values["from_date"]
            )
            .order_by("-from_date")
            .first()
        )
        insurance = values["insurance_total"]
        if insurance is None:
            insurance = known.insurance_total if known else Decimal(0)
        if (
            known is not None
            and known.from_date == values["from_date"]
            and (known.base_pay, known.insurance_total) == (values["base_pay"], insurance)
        ):
            return unchanged(str(known.pk))
        made = actions.set_terms(
            employee=person,
            from_date=values["from_date"],
            base_pay=values["base_pay"],
            insurance_total=insurance,
            tax=known.tax if known else "none",
            special_additional=known.special_additional if known else Decimal(0),
            scheme=known.scheme if known else "",
            reason=values["reason"] or gettext("导入"),
            source="import",
            by=task.by,
            at=task.at,
        )
        return taken(str(made.pk))
