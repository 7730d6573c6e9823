from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..rules import FileState, Outcome
from .templates import TemplateVersion

OPEN_STATES = (FileState.OPEN, FileState.RUNNING, FileState.RETURNED)


def file_state_choices() -> list[tuple[str, Any]]:
    return [
        (FileState.OPEN, _("待提交")),
        (FileState.RUNNING, _("审批中")),
        (FileState.RETURNED, _("已退回补充")),
        (FileState.PASSED, _("已通过")),
        (FileState.REJECTED, _("未通过")),
        (FileState.ENDED, _("已终止")),
    ]


def outcome_choices() -> list[tuple[str, Any]]:
    return [
        (Outcome.PASS, _("通过")),
        (Outcome.EXTEND, _("延长试用")),
        (Outcome.REJECT, _("不通过")),
    ]


class FileQuerySet(models.QuerySet["RegularizationFile"]):
    def pending(self) -> FileQuerySet:
        """Those about which nothing has been decided."""
        return self.filter(state__in=OPEN_STATES)


class RegularizationFile(models.Model):
    """One probation of one employee, from its first day to the decision (转正档案)."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    version = models.ForeignKey(
        TemplateVersion, models.PROTECT, related_name="files", verbose_name=_("转正流程")
    )
    begins_on = models.DateField(_("试用期起"))
    ends_on = models.DateField(_("试用期至"))  # the last day, included
    state = models.CharField(
        _("状态"), max_length=10, choices=file_state_choices, default=FileState.OPEN
    )
    performance = models.TextField(_("工作表现"), blank=True)
    achievements = models.TextField(_("主要成绩"), blank=True)
    self_evaluation = models.TextField(_("自我评价"), blank=True)
    progress = models.TextField(_("进步与不足"), blank=True)
    wish = models.TextField(_("转正意愿与今后打算"), blank=True)
    declared = models.BooleanField(_("声明属实"), default=False)
    written_at = models.DateTimeField(_("填写时间"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    is_late = models.BooleanField(_("逾期提交"), default=False)
    sheet = models.JSONField(_("转正条件"), null=True, blank=True)  # as frozen at submission
    case = models.ForeignKey(
        "approvals.ApprovalCase",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("审批单"),
    )
    asked = models.ManyToManyField(
        "people.Department", related_name="+", blank=True, verbose_name=_("征求意见的部门")
    )
    effective_on = models.DateField(_("转正生效日"), null=True, blank=True)
    pay_scheme = models.CharField(_("转正后薪资方案"), max_length=200, blank=True)
    benefits = models.CharField(_("福利"), max_length=400, blank=True)
    extended = models.PositiveSmallIntegerField(_("延长次数"), default=0)
    reminded_on = models.DateField(_("提醒日"), null=True, blank=True)
    told_on = models.DateField(_("到期上报日"), null=True, blank=True)
    opened_at = models.DateTimeField(_("建档时间"))
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("转正档案")
        verbose_name_plural = _("转正档案")
        ordering = ["ends_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(state__in=["open", "running", "returned"]),
                name="regularization_one_open_file",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("begins_on")), name="regularization_period"
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_on"], name="regularization_due")]

    def __str__(self) -> str:
        return f"{self.number} {self.employee}"

    @property
    def is_pending(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def may_be_written(self) -> bool:
        """Whether the employee may still change the application."""
        return self.state in (FileState.OPEN, FileState.RETURNED)

    def days_left(self, today: dt.date) -> int:
        """Days until the last day of the probation; 0 on that day, negative after it."""
        return (self.ends_on - today).days


class Conclusion(models.Model):
    """What was decided about a file, and why (结论); only ever added."""

    file = models.ForeignKey(RegularizationFile, models.PROTECT, related_name="conclusions")
    outcome = models.CharField(_("结论"), max_length=8, choices=outcome_choices)
    case = models.ForeignKey("approvals.ApprovalCase", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("person", "决定人"),
    )
    reason = models.TextField(_("理由"), blank=True)
    until = models.DateField(_("试用期至"), null=True, blank=True)  # the new end, if extended
    effective_on = models.DateField(_("生效日"), null=True, blank=True)
    sheet = models.JSONField(_("转正条件"), null=True)  # as it was decided on
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("结论")
        verbose_name_plural = _("结论")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], name="regularization_one_conclusion_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.outcome}"
