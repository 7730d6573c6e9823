"""Who may see pay: the person, personnel and finance; who keeps, checks and pays it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    STAFF,
    Account,
    Roles,
    classify,
    gate,
    held_everywhere,
    mask_phone,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.foundation.notices.public import notice_kind

from .models import (
    SETTLED,
    AbsenceMeasure,
    BankAccount,
    Collection,
    LateChange,
    PayItem,
    PayLine,
    PayRun,
    PaySlip,
    PayTerm,
    Receivable,
    SlipQuestion,
)

PAY = [Roles.HR, Roles.FINANCE]

SIMULATE = permission("payroll.simulate", _("试算一个月的工资"), roles=STAFF)
OWN = permission("payroll.own", _("查看自己的工资条"), roles=STAFF)
LOOK = permission("payroll.look", _("查看全部工资"), roles=PAY, administrators=False)
KEEP = permission(
    "payroll.keep", _("维护薪资档案与工资单项、核算工资"), roles=PAY, administrators=False
)
CHECK = permission("payroll.check", _("复核、锁定与退回工资"), roles=PAY, administrators=False)
PAYING = permission(
    "payroll.pay", _("导出银行文件、登记发放"), roles=[Roles.FINANCE], administrators=False
)
ANSWER = permission(
    "payroll.answer", _("答复工资疑问、处理旷工通报"), roles=[Roles.HR], administrators=False
)
AWARD = permission("payroll.award", _("提出奖励"), roles=[*LEADING, Roles.HR, Roles.MANAGER])
EXPORT = permission("payroll.export", _("导出工资"), roles=PAY, administrators=False)
IMPORT = permission(
    "payroll.import", _("导入绩效与薪资档案"), roles=[Roles.HR], administrators=False
)

notice_kind("payroll.run", _("工资核算、复核与发薪日"))
notice_kind("payroll.slip", _("我的工资条"))
notice_kind("payroll.question", _("工资疑问"))
notice_kind("payroll.award", _("奖励审批结果"))
notice_kind("payroll.measure", _("旷工通报与处理"))


def _of(path: str, *, settled: str = "") -> dict[str, Any]:
    """
    Rows of one's own, whatever a grant covers; all rows for whoever looks after pay everywhere.

    Somebody's own are shown once they are settled, where ``settled`` names the state.
    """

    def visible(account: Any, ids: Any) -> Q:
        if isinstance(account, Account) and LOOK in held_everywhere(account):
            return Q(pk__isnull=False)
        own = Q(**{path: account})
        return own & Q(**{f"{settled}__in": SETTLED}) if settled else own

    kinds = ("self", "team", "department", "shop", "warehouse", "all")
    return dict.fromkeys(kinds, visible)


def _items(account: Any, ids: Any) -> Q:
    """Pay items of one's own, and awards one has asked for."""
    if isinstance(account, Account) and LOOK in held_everywhere(account):
        return Q(pk__isnull=False)
    return Q(employee__account=account, state="counted") | Q(kind="award", recorded_by=account)


gate(PayRun, permissions={"view": LOOK, "change": KEEP, "check": CHECK, "pay": PAYING}, paths={})
gate(
    PaySlip,
    permissions={"view": OWN, "look": LOOK},
    paths=_of("employee__account", settled="run__state"),
)
gate(
    PayLine,
    permissions={"view": OWN},
    paths=_of("slip__employee__account", settled="slip__run__state"),
)
gate(PayTerm, permissions={"view": LOOK, "change": KEEP}, paths={})
gate(BankAccount, permissions={"view": LOOK, "change": KEEP}, paths={})
gate(
    PayItem,
    permissions={"view": OWN, "change": KEEP, "look": LOOK},
    paths=dict.fromkeys(("self", "team", "department", "shop", "warehouse", "all"), _items),
)
gate(LateChange, permissions={"view": LOOK}, paths={})
gate(
    Receivable,
    permissions={"view": OWN, "pay": PAYING},
    paths=_of("employee__account"),
)
gate(Collection, permissions={"view": OWN}, paths=_of("receivable__employee__account"))
gate(AbsenceMeasure, permissions={"view": ANSWER, "change": ANSWER}, paths={})
gate(
    SlipQuestion,
    permissions={"view": OWN, "answer": ANSWER},
    paths=_of("slip__employee__account"),
)

MONEY = ["gross", "deductions", "insurance_employee", "insurance_company", "tax", "net"]
classify(
    PayRun,
    internal=["number", "site", "month", "state", "due_on", "people", *MONEY, "receivable"]
    + ["digest", "bank_hash", "paid_on"],
)
classify(PaySlip, internal=["employee", "month", *MONEY, "receivable", "digest", "run"])
classify(PayLine, internal=["code", "amount", "clause", "explain", "note"])
classify(
    PayTerm,
    internal=["employee", "from_date", "base_pay", "insurance_total", "tax", "special_additional"]
    + ["scheme", "reason", "warning", "source", "recorded_by", "recorded_at"],
)
classify(BankAccount, internal=["employee", "bank", "holder"], sensitive={"number": mask_phone})
classify(
    PayItem,
    internal=["employee", "month", "kind", "amount", "source", "reference", "reason", "state"]
    + ["recorded_by", "recorded_at", "closed_reason"],
)
classify(Receivable, internal=["employee", "slip", "item", "amount", "left", "recorded_at"])
classify(Collection, internal=["receivable", "kind", "amount", "slip", "note", "by", "at"])
classify(LateChange, internal=["employee", "month", "source", "noticed_at", "settled_in"])
classify(AbsenceMeasure, internal=["slip", "kind", "state", "text", "drafted_at"])
classify(
    SlipQuestion,
    internal=["slip", "code", "text", "asked_at", "due_on", "answer", "answered_by"],
)
page_of(PayRun, "payroll:run")
page_of(PaySlip, "payroll:slip")
page_of(Receivable, "payroll:receivable")
page_of(PayItem, "payroll:item")
page_of(AbsenceMeasure, "payroll:measure")
page_of(SlipQuestion, "payroll:question")
name_acts(
    {
        "payroll.term": _("登记薪资档案"),
        "payroll.bank": _("登记收款账户"),
        "payroll.item": _("登记工资单项"),
        "payroll.item_dropped": _("撤销工资单项"),
        "payroll.award_asked": _("提出奖励"),
        "payroll.award_decided": _("审批奖励"),
        "payroll.opened": _("建立工资核算"),
        "payroll.calculated": _("核算工资"),
        "payroll.submitted": _("提交复核"),
        "payroll.guard": _("确认法定保护"),
        "payroll.locked": _("锁定工资"),
        "payroll.reopened": _("退回工资"),
        "payroll.bank_file": _("导出银行文件"),
        "payroll.paid": _("登记发放"),
        "payroll.collected": _("登记收回应收款"),
        "payroll.acknowledged": _("确认工资条"),
        "payroll.asked": _("对工资条提出疑问"),
        "payroll.answered": _("答复工资疑问"),
        "payroll.measure": _("处理旷工通报"),
    }
)
