from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def source_choices() -> list[tuple[str, Any]]:
    return [
        ("built_in", _("系统打卡")),
        ("sheet", _("导入的打卡记录")),
        ("dingtalk", _("导入的钉钉日报")),
    ]


def side_choices() -> list[tuple[str, Any]]:
    return [("in", _("上班")), ("out", _("下班"))]


def correction_state_choices() -> list[tuple[str, Any]]:
    return [
        ("asked", _("等主管证明")),
        ("certified", _("主管已证明")),
        ("refused", _("主管不予证明")),
        ("withdrawn", _("已撤回")),
        ("false", _("证明不实")),
    ]


BUILT_IN = "built_in"


class RawPunch(models.Model):
    """One punch as a clock recorded it; only ever added (打卡)."""

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    at = models.DateTimeField(_("打卡时间"))
    minute = models.DateTimeField(_("所在分钟"))
    source = models.CharField(_("来源"), max_length=10, choices=source_choices)
    zone = models.CharField(_("时区"), max_length=40)
    place = models.CharField(_("地点或设备"), max_length=120, blank=True)
    run_key = models.CharField(_("导入批次"), max_length=40, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("打卡")
        verbose_name_plural = _("打卡")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "source", "minute"], name="punch_once_a_minute"
            )
        ]
        indexes = [models.Index(fields=["employee", "minute"], name="punch_of_employee")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.at}"


class PunchSource(models.Model):
    """How far the data of an outside clock reach, at a site (打卡数据截至)."""

    site = models.ForeignKey("people.Site", models.CASCADE, related_name="+")
    synced_until = models.DateTimeField(_("数据截至"))
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("打卡来源")
        verbose_name_plural = _("打卡来源")
        constraints = [models.UniqueConstraint(fields=["site"], name="punch_source_once_a_site")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.synced_until}"


class PunchCorrection(models.Model):
    """
    A make-up punch: one side of a shift, when it really was, and who vouches for it (补卡, K19).

    ``certified_by`` stays responsible, also after the certificate has proved false.
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    date = models.DateField(_("班次日期"))
    side = models.CharField(_("哪一次"), max_length=3, choices=side_choices)
    claimed_at = models.DateTimeField(_("实际到离时间"))
    made_up_at = models.DateTimeField(_("补卡时间"))
    reason = models.CharField(_("原因"), max_length=300)
    state = models.CharField(
        _("状态"), max_length=10, choices=correction_state_choices, default="asked"
    )
    asked_at = models.DateTimeField(_("提出时间"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("证明人"),
    )
    certified_at = models.DateTimeField(_("证明时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("补卡")
        verbose_name_plural = _("补卡")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "date", "side"],
                condition=Q(state__in=["asked", "certified"]),
                name="correction_once_a_side",
            ),
            models.CheckConstraint(
                name="correction_certified_by_somebody",
                condition=~Q(state__in=["certified", "false"]) | Q(certified_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.date} {self.side}"
