from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .runs import PayRun, PaySlip


def change_source_choices() -> list[tuple[str, Any]]:
    return [
        ("attendance", _("考勤")),
        ("terms", _("薪资档案")),
        ("item", _("工资单项")),
        ("objection", _("异议")),
    ]


def measure_kind_choices() -> list[tuple[str, Any]]:
    return [("criticism", _("通报批评")), ("dismissal", _("提请辞退"))]


def measure_state_choices() -> list[tuple[str, Any]]:
    return [
        ("draft", _("草稿")),
        ("asked", _("等审批")),
        ("published", _("已发布")),
        ("approved", _("已批准")),
        ("refused", _("未批准")),
        ("dropped", _("已撤销")),
    ]


class LateChange(models.Model):
    """
    A fact of a locked month that became known afterwards; settled once, by one run (锁定后更正).

    The difference it makes is worked out by the next open run.
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    month = models.DateField(_("月份"))
    source = models.CharField(_("来源"), max_length=12, choices=change_source_choices)
    reference = models.CharField(_("出处"), max_length=60)
    noticed_at = models.DateTimeField(_("发现时间"))
    settled_in = models.ForeignKey(
        PayRun, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("更正于")
    )

    class Meta:
        verbose_name = _("锁定后更正")
        verbose_name_plural = _("锁定后更正")
        ordering = ["-noticed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "month", "source", "reference"], name="late_change_once"
            )
        ]
        indexes = [models.Index(fields=["settled_in", "employee"], name="late_change_open")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m} {self.source}"


class AbsenceMeasure(models.Model):
    """What a month's absence calls for beside pay: a draft notice, a proposal (K21)."""

    slip = models.ForeignKey(PaySlip, models.PROTECT, related_name="measures")
    kind = models.CharField(_("类别"), max_length=10, choices=measure_kind_choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=measure_state_choices, default="draft"
    )
    text = models.TextField(_("内容"), max_length=2000)
    drafted_at = models.DateTimeField(_("起草时间"))
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("处理人"),
    )
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    settled_reason = models.CharField(_("处理理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("旷工处理")
        verbose_name_plural = _("旷工处理")
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["slip", "kind"], name="absence_measure_once")
        ]

    def __str__(self) -> str:
        return f"{self.slip_id} {self.kind}"

    @property
    def tone(self) -> str:
        return {"draft": "wait", "asked": "wait", "dropped": "", "refused": ""}.get(
            self.state, "late"
        )


class SlipQuestion(models.Model):
    """What somebody asks about their slip, and what personnel answered (工资疑问)."""

    slip = models.ForeignKey(PaySlip, models.PROTECT, related_name="questions")
    code = models.CharField(_("项目"), max_length=120, blank=True)
    text = models.CharField(_("疑问"), max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提问人")
    )
    asked_at = models.DateTimeField(_("提问时间"))
    due_on = models.DateField(_("答复期限"))
    answer = models.CharField(_("答复"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("答复人"),
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("工资疑问")
        verbose_name_plural = _("工资疑问")
        ordering = ["answered_at", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="slip_answer_by_somebody",
                condition=Q(answered_at__isnull=True)
                | Q(answered_by__isnull=False) & ~Q(answer=""),
            )
        ]
        indexes = [models.Index(fields=["answered_at", "due_on"], name="slip_question_open")]

    def __str__(self) -> str:
        return f"{self.slip_id} {self.asked_at:%Y-%m-%d}"
