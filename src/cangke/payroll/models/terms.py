from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.access.public import SecretField


def tax_choices() -> list[tuple[str, Any]]:
    return [("none", _("不计")), ("cumulative", _("累计预扣"))]


def term_source_choices() -> list[tuple[str, Any]]:
    return [("manual", _("人事登记")), ("regularization", _("转正")), ("import", _("导入"))]


class PayTerm(models.Model):
    """
    What somebody is paid by from a day on (薪资档案, L2, L4); a correction of a day is a new row.

    ``insurance_total`` is the whole insurance of a month, company and employee (AMB-28).
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    from_date = models.DateField(_("生效日"))
    base_pay = models.DecimalField(_("底薪"), max_digits=12, decimal_places=2)
    insurance_total = models.DecimalField(
        _("每月保险合计"), max_digits=12, decimal_places=2, default=Decimal(0)
    )
    tax = models.CharField(_("个税"), max_length=12, choices=tax_choices, default="none")
    special_additional = models.DecimalField(
        _("专项附加扣除"), max_digits=12, decimal_places=2, default=Decimal(0)
    )
    scheme = models.CharField(_("薪资方案"), max_length=200, blank=True)
    reason = models.CharField(_("事由"), max_length=200)
    warning = models.CharField(_("提醒"), max_length=200, blank=True)
    source = models.CharField(
        _("来源"), max_length=16, choices=term_source_choices, default="manual"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    recorded_at = models.DateTimeField(_("登记时间"))
    replaced_at = models.DateTimeField(_("被更正时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("薪资档案")
        verbose_name_plural = _("薪资档案")
        ordering = ["employee_id", "-from_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "from_date"],
                condition=Q(replaced_at__isnull=True),
                name="pay_term_once_a_day",
            ),
            models.CheckConstraint(
                name="pay_term_not_negative",
                condition=Q(base_pay__gte=0, insurance_total__gte=0, special_additional__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.from_date}"


class BankAccount(models.Model):
    """Where somebody's pay goes (收款账户); the number is kept encrypted."""

    employee = models.OneToOneField(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    bank = models.CharField(_("开户行"), max_length=80)
    holder = models.CharField(_("户名"), max_length=60)
    number = SecretField(pgettext_lazy("bank", "账号"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("收款账户")
        verbose_name_plural = _("收款账户")
        ordering = ["employee_id"]

    def __str__(self) -> str:
        return f"{self.employee_id}"
