from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from cangke.foundation.money.public import currency_choices

NONE = Decimal(0)
OPEN = ("draft", "calculated", "in_review")
SETTLED = ("locked", "paid")


def run_state_choices() -> list[tuple[str, Any]]:
    return [
        ("draft", _("待核算")),
        ("calculated", _("已核算")),
        ("in_review", _("复核中")),
        ("locked", _("已锁定，待发放")),
        ("paid", _("已发放")),
    ]


def run_kind_choices() -> list[tuple[str, Any]]:
    return [("regular", _("月度工资")), ("supplement", _("补发")), ("final", _("离职结算"))]


def _money(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=14, decimal_places=2, default=NONE)


def _who(label: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


class PayRun(models.Model):
    """
    A site's pay of a month: calculated, checked, locked, paid (工资核算, L11).

    A ``supplement`` (its ``sequence`` counts from 1) pays after the lock what was missed, a
    ``final`` run settles the month of one leaver at once.

    ``digest`` is over all its slips: the same facts give the same. ``complete`` is false while a
    calculation is under way or was interrupted.
    """

    number = models.CharField(_("编号"), max_length=30, unique=True)
    site = models.ForeignKey(
        "people.Site", models.PROTECT, related_name="+", verbose_name=_("站点")
    )
    month = models.DateField(_("月份"))
    kind = models.CharField(_("类别"), max_length=10, choices=run_kind_choices, default="regular")
    sequence = models.PositiveSmallIntegerField(_("第几次补发"), default=0)
    employee = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("离职员工"),
    )
    state = models.CharField(_("状态"), max_length=12, choices=run_state_choices, default="draft")
    currency = models.CharField(_("币种"), max_length=3, choices=currency_choices)
    due_on = models.DateField(_("发薪日"))
    opened_at = models.DateTimeField(_("建立时间"))
    complete = models.BooleanField(_("算完"), default=False)
    people = models.PositiveIntegerField(_("人数"), default=0)
    gross = _money(_("应发"))
    deductions = _money(_("扣款"))
    insurance_employee = _money(_("保险（员工）"))
    insurance_company = _money(_("保险（公司）"))
    tax = _money(_("个税"))
    net = _money(_("实发"))
    receivable = _money(_("应收"))
    digest = models.CharField(_("指纹"), max_length=64, blank=True)
    calculated_by = _who(_("核算人"))
    calculated_at = models.DateTimeField(_("核算时间"), null=True, blank=True)
    submitted_by = _who(_("提交人"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    locked_by = _who(_("复核人"))
    locked_at = models.DateTimeField(_("锁定时间"), null=True, blank=True)
    bank_by = _who(_("导出人"))
    bank_at = models.DateTimeField(_("银行文件时间"), null=True, blank=True)
    bank_hash = models.CharField(_("银行文件指纹"), max_length=64, blank=True)
    paid_by = _who(_("发放人"))
    paid_at = models.DateTimeField(_("登记发放时间"), null=True, blank=True)
    paid_on = models.DateField(_("发放日"), null=True, blank=True)
    reopened_by = _who(_("退回人"))
    reopened_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    reopened_reason = models.CharField(_("退回理由"), max_length=300, blank=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    overdue_told_on = models.DateField(_("逾期提醒日"), null=True, blank=True)

    class Meta:
        verbose_name = _("工资核算")
        verbose_name_plural = _("工资核算")
        ordering = ["-month", "site_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "month"], condition=Q(kind="regular"), name="pay_run_once_a_month"
            ),
            models.UniqueConstraint(
                fields=["site", "month"],
                condition=Q(kind="supplement", state__in=OPEN),
                name="pay_run_one_open_supplement",
            ),
            models.UniqueConstraint(
                fields=["employee", "month"], condition=Q(kind="final"), name="pay_run_one_final"
            ),
            models.CheckConstraint(
                name="pay_run_final_of_somebody",
                condition=Q(kind="final", employee__isnull=False)
                | ~Q(kind="final") & Q(employee__isnull=True),
            ),
            models.CheckConstraint(
                name="pay_run_locked_by_another",
                condition=~Q(state__in=["locked", "paid"])
                | Q(locked_by__isnull=False, locked_at__isnull=False, complete=True)
                & ~Q(locked_by=F("calculated_by")),
            ),
            models.CheckConstraint(
                name="pay_run_paid_with_file",
                condition=~Q(state="paid")
                | Q(paid_on__isnull=False, paid_at__isnull=False) & ~Q(bank_hash=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether slips may still be calculated anew."""
        return self.state in OPEN

    @property
    def tone(self) -> str:
        tones = {"draft": "", "calculated": "wait", "in_review": "wait", "locked": "accent"}
        return tones.get(self.state, "done")


class PaySlip(models.Model):
    """
    What a month's work of one person comes to (工资条).

    ``facts`` is what it was worked out from and ``digest`` its fingerprint together with the lines;
    a locked one never changes. A month has one slip with all its facts (``part`` 0); what
    supplements correct afterwards are further parts.
    """

    run = models.ForeignKey(PayRun, models.PROTECT, related_name="slips")
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    month = models.DateField(_("月份"))
    part = models.PositiveSmallIntegerField(_("第几次补发"), default=0)
    currency = models.CharField(_("币种"), max_length=3, choices=currency_choices)
    gross = _money(_("应发"))
    deductions = _money(_("扣款"))
    insurance_employee = _money(_("保险（员工）"))
    insurance_company = _money(_("保险（公司）"))
    tax = _money(_("个税"))
    net = _money(_("实发"))
    receivable = _money(_("应收"))
    facts = models.JSONField(_("事实"), default=dict)
    problems = models.JSONField(_("问题"), default=list)
    digest = models.CharField(_("指纹"), max_length=64)
    calculated_at = models.DateTimeField(_("核算时间"))
    guard_mode = models.CharField(_("法定保护"), max_length=4)
    guard_limit = _money(_("保护限额"))
    guard_exceeded = models.BooleanField(_("超过限额"), default=False)
    uncollected = _money(_("未扣部分"))
    confirmed_by = _who(_("确认人"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_reason = models.CharField(_("确认理由"), max_length=300, blank=True)
    acknowledged_at = models.DateTimeField(_("本人确认时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("工资条")
        verbose_name_plural = _("工资条")
        ordering = ["-month", "employee_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "month", "part"], name="pay_slip_once_a_month"
            ),
            models.CheckConstraint(
                name="pay_slip_net_or_receivable",
                condition=Q(net__gte=0, receivable__gte=0) & (Q(net=0) | Q(receivable=0)),
            ),
            models.CheckConstraint(
                name="pay_slip_adds_up",
                # SQLite reckons with floats here; the rounding makes the comparison exact again.
                condition=Q(
                    net=Round(
                        F("gross")
                        - F("deductions")
                        - F("insurance_employee")
                        - F("tax")
                        + F("receivable"),
                        precision=2,
                    )
                ),
            ),
        ]
        indexes = [models.Index(fields=["run", "employee"], name="pay_slip_of_run")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m}"

    @property
    def needs_confirmation(self) -> bool:
        """Whether somebody has to decide before the run is locked (L12)."""
        decided = self.confirmed_at is not None
        guarded = self.guard_exceeded and self.guard_mode != "off"
        return not decided and (guarded or self.receivable > 0)


class PayLine(models.Model):
    """One amount of a slip with clause and arithmetic; signed, rounded once (工资项)."""

    slip = models.ForeignKey(PaySlip, models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField(_("序号"))
    code = models.CharField(_("项目"), max_length=120)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    clause = models.CharField(_("条款"), max_length=10)
    explain = models.CharField(_("算法"), max_length=300)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("工资项")
        verbose_name_plural = _("工资项")
        ordering = ["slip_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["slip", "code"], name="pay_line_once_a_code")
        ]

    def __str__(self) -> str:
        return f"{self.slip_id} {self.code}"
