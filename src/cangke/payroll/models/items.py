from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def item_kind_choices() -> list[tuple[str, Any]]:
    return [("performance", _("绩效")), ("award", _("奖励")), ("recovery", _("追偿扣款"))]


def item_source_choices() -> list[tuple[str, Any]]:
    return [
        ("manual", _("手工录入")),
        ("import", _("导入")),
        ("appraisal", _("考核")),
        ("liability", _("责任判定")),
        ("discipline", _("奖惩")),
    ]


def item_state_choices() -> list[tuple[str, Any]]:
    return [
        ("asked", _("等审批")),
        ("counted", _("计入工资")),
        ("refused", _("未批准")),
        ("dropped", _("已撤销")),
    ]


class PayItem(models.Model):
    """
    One amount of one month beside base pay (工资单项): performance, award, recovery (L6, L7, L10).

    ``reference`` names the record it comes from, so that the same fact comes in once.
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    month = models.DateField(_("月份"))
    kind = models.CharField(_("类别"), max_length=12, choices=item_kind_choices)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    source = models.CharField(
        _("来源"), max_length=12, choices=item_source_choices, default="manual"
    )
    reference = models.CharField(_("出处"), max_length=120, blank=True)
    url = models.CharField(_("依据网址"), max_length=200, blank=True)
    reason = models.CharField(_("事由"), max_length=300)
    state = models.CharField(_("状态"), max_length=8, choices=item_state_choices, default="counted")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    recorded_at = models.DateTimeField(_("登记时间"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤销人"),
    )
    closed_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    closed_reason = models.CharField(_("撤销理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("工资单项")
        verbose_name_plural = _("工资单项")
        ordering = ["-month", "employee_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "month"],
                condition=Q(kind="performance", state="counted"),
                name="pay_item_one_performance",
            ),
            models.UniqueConstraint(
                fields=["source", "reference"],
                condition=Q(source__in=["appraisal", "liability"]),
                name="pay_item_once_a_record",
            ),
            models.CheckConstraint(name="pay_item_amount", condition=Q(amount__gte=0)),
        ]
        indexes = [models.Index(fields=["month", "employee"], name="pay_item_of_month")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.month} {self.kind}"

    @property
    def tone(self) -> str:
        return {"asked": "wait", "counted": "done", "refused": "late"}.get(self.state, "")
