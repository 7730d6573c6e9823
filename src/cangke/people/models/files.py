from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .. import rules
from .organisation import Employee


def ability_choices() -> list[tuple[str, Any]]:
    return [
        (rules.Ability.EXPRESSION, _("表达能力")),
        (rules.Ability.PRODUCT, _("产品知识")),
        (rules.Ability.TOOLS, _("工具使用")),
        (rules.Ability.EMPATHY, _("同理心")),
        (rules.Ability.LISTENING, _("倾听")),
        (rules.Ability.PROMISES, _("信守承诺")),
    ]


def contract_kind_choices() -> list[tuple[str, Any]]:
    return [
        ("fixed", _("固定期限")),
        ("open", _("无固定期限")),
        ("task", _("以完成任务为期限")),
        ("intern", _("实习协议")),
        ("service", _("劳务协议")),
    ]


class AbilityRating(models.Model):
    """
    What a superior gave somebody for one ability in a month (能力评价, R6); rows are only added.

    The newest of a month counts; those before stay to be read.
    """

    employee = models.ForeignKey(
        Employee, models.CASCADE, related_name="ability_ratings", verbose_name=_("员工")
    )
    month = models.DateField(_("月份"))
    ability = models.CharField(_("能力"), max_length=12, choices=ability_choices)
    score = models.PositiveSmallIntegerField(_("评分"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("评价人")
    )
    at = models.DateTimeField(_("评价时间"))

    class Meta:
        verbose_name = _("能力评价")
        verbose_name_plural = _("能力评价")
        ordering = ["employee_id", "month", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=rules.LEAST) & Q(score__lte=rules.MOST),
                name="ability_rated_one_to_five",
            ),
        ]
        indexes = [models.Index(fields=["employee", "-month"], name="ability_of_employee")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m} {self.ability} {self.score}"


class Contract(models.Model):
    """A contract of employment (劳动合同, R8); a wrong one is voided, never erased."""

    employee = models.ForeignKey(
        Employee, models.CASCADE, related_name="contracts", verbose_name=_("员工")
    )
    number = models.CharField(_("合同编号"), max_length=60)
    kind = models.CharField(
        pgettext_lazy("contract", "类别"), max_length=8, choices=contract_kind_choices
    )
    from_date = models.DateField(_("开始日"))
    to_date = models.DateField(_("到期日"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True)
    scan = models.ForeignKey(
        "files.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("扫描件"),
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
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("劳动合同")
        verbose_name_plural = _("劳动合同")
        ordering = ["employee_id", "-from_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=models.F("from_date")),
                name="contract_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(voided_at__isnull=True),
                name="contract_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Handover(models.Model):
    """
    A list of the open work somebody had, and whom it was given to (工作交接, Q8).

    Without a receiver it is what was in hand on the day of leaving or suspension, which the rooms
    pass on by themselves: to the superior, or back into the queues.
    """

    employee = models.ForeignKey(
        Employee, models.CASCADE, related_name="handovers", verbose_name=_("员工")
    )
    to = models.ForeignKey(
        Employee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("接手人"),
    )
    items = models.JSONField(_("清单"), default=list)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("办理人"),
    )
    at = models.DateTimeField(_("交接时间"))

    class Meta:
        verbose_name = _("工作交接")
        verbose_name_plural = _("工作交接")
        ordering = ["employee_id", "-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.at:%Y-%m-%d}"
