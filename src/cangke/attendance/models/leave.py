from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

REST = "rest"


def request_state_choices() -> list[tuple[str, Any]]:
    return [
        ("asked", _("等审批")),
        ("approved", _("已批准")),
        ("refused", _("未批准")),
        ("withdrawn", _("已撤回")),
        ("cancelled", _("已取消")),
    ]


def act_choices() -> list[tuple[str, Any]]:
    return [
        ("grant", _("给予")),
        ("use", _("使用")),
        ("reverse", _("冲回")),
    ]


class EmergencyCall(models.Model):
    """Somebody called the supervisor about not being able to come (紧急来电, K14)."""

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    date = models.DateField(_("缺勤日"))
    called_at = models.DateTimeField(_("来电时间"))
    reason = models.CharField(_("情况"), max_length=300)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("紧急来电")
        verbose_name_plural = _("紧急来电")
        ordering = ["-called_at", "-pk"]
        indexes = [models.Index(fields=["employee", "date"], name="call_of_employee")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.date}"


class LeaveRequest(models.Model):
    """
    Leave or rest days asked for; they hold once approved (请假申请, K11–K18).

    ``kind`` is a code of the rulebook's kinds of leave, or ``rest``. ``day_list`` are the days with
    their share, ``[["2026-04-10", "1"], …]``.
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    kind = models.CharField(_("假别"), max_length=30)
    first = models.DateField(_("从"))
    last = models.DateField(_("到"))
    half = models.BooleanField(_("半天"), default=False)
    days = models.DecimalField(_("天数"), max_digits=5, decimal_places=1)
    day_list = models.JSONField(_("各天"), default=list)
    reason = models.CharField(_("原因"), max_length=300)
    emergency = models.BooleanField(_("补申请"), default=False)
    call = models.ForeignKey(
        EmergencyCall,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("紧急来电"),
    )
    override_reason = models.CharField(_("破例理由"), max_length=300, blank=True)
    warnings = models.JSONField(_("提醒"), default=list)
    state = models.CharField(
        _("状态"), max_length=10, choices=request_state_choices, default="asked"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"))
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("请假申请")
        verbose_name_plural = _("请假申请")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="leave_ends_after_it_begins", condition=Q(last__gte=models.F("first"))
            ),
            models.CheckConstraint(name="leave_has_days", condition=Q(days__gt=0)),
        ]
        indexes = [models.Index(fields=["employee", "first"], name="leave_of_employee")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind} {self.first}"

    @property
    def spread(self) -> list[tuple[str, Decimal]]:
        """The days asked for with their share."""
        return [(day, Decimal(share)) for day, share in self.day_list]


class LeaveEntry(models.Model):
    """
    A row of the leave ledger, only ever added (假期台账, K11–K18).

    ``grant`` gives rest days of the month of ``date`` (a correction may be negative); ``use`` takes
    days, ``reverse`` gives them back with the opposite sign.
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    kind = models.CharField(_("假别"), max_length=30)
    act = models.CharField(_("类型"), max_length=8, choices=act_choices)
    date = models.DateField(_("日期"))
    days = models.DecimalField(_("天数"), max_digits=5, decimal_places=1)
    request = models.ForeignKey(
        LeaveRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("申请"),
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("冲回哪条")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
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
        verbose_name = _("假期台账")
        verbose_name_plural = _("假期台账")
        ordering = ["-date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "date"],
                condition=Q(act="use"),
                name="leave_used_once_a_request_and_day",
            ),
            models.CheckConstraint(
                name="leave_signs",
                condition=Q(act="grant")
                | Q(act="use", days__gt=0)
                | Q(act="reverse", days__lt=0, reverses__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "date"], name="leave_entry_of_employee"),
            models.Index(fields=["date"], name="leave_entry_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind} {self.date} {self.days}"
