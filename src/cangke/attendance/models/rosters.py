from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..rules import Planned, Shift
from .shifts import ShiftType


def swap_state_choices() -> list[tuple[str, Any]]:
    return [
        ("asked", _("等对方答复")),
        ("agreed", _("等排班人批准")),
        ("declined", _("对方不同意")),
        ("approved", _("已换班")),
        ("refused", _("未批准")),
        ("withdrawn", _("已撤回")),
    ]


class Roster(models.Model):
    """A team's month of shifts; ``number`` is the last published version, 0 for none (排班表)."""

    team = models.ForeignKey(
        "people.Team",
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    month = models.DateField(_("月份"))
    number = models.PositiveIntegerField(_("版本"), default=0)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    changed_at = models.DateTimeField(_("修改时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("排班表")
        verbose_name_plural = _("排班表")
        ordering = ["-month", "team_id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "month"], name="roster_once_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.month:%Y-%m}"


class ShiftAssignmentQuerySet(models.QuerySet["ShiftAssignment"]):
    def published(self) -> ShiftAssignmentQuerySet:
        """What holds: people see it and are judged by it."""
        return self.filter(published_at__isnull=False)

    def working(self) -> ShiftAssignmentQuerySet:
        """What the planner has before the eyes: published or not, without what was taken out."""
        return self.filter(dropped_at__isnull=True)


class ShiftAssignment(models.Model):
    """
    Somebody's shift on a day (排班).

    A change after publication waits beside the published row until the next publication: a new row
    has no ``published_at``, one taken out has ``dropped_at``, a new leader differs from
    ``published_leads``.
    """

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="assignments")
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    date = models.DateField(_("日期"))
    shift_type = models.ForeignKey(
        ShiftType, models.PROTECT, related_name="+", verbose_name=_("班次")
    )
    starts_at = models.DateTimeField(_("上班"))
    ends_at = models.DateTimeField(_("下班"))
    break_minutes = models.PositiveSmallIntegerField(_("休息分钟"), default=0)
    leads = models.BooleanField(_("当班组长"), default=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_leads = models.BooleanField(_("发布时为组长"), default=False)
    dropped_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    objects = ShiftAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("排班")
        verbose_name_plural = _("排班")
        ordering = ["date", "starts_at", "employee_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "date"],
                condition=Q(dropped_at__isnull=True),
                name="assignment_one_planned_a_day",
            ),
            models.UniqueConstraint(
                fields=["employee", "date"],
                condition=Q(published_at__isnull=False),
                name="assignment_one_published_a_day",
            ),
            models.CheckConstraint(
                name="assignment_ends_after_it_begins",
                condition=Q(ends_at__gt=models.F("starts_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "starts_at"], name="assignment_of_employee"),
            models.Index(fields=["date"], name="assignment_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.date} {self.shift_type_id}"

    def shift(self, zone: ZoneInfo) -> Shift:
        """The shift as the rules know it."""
        begins = self.starts_at.astimezone(dt.UTC)
        ends = self.ends_at.astimezone(dt.UTC)
        return Shift(self.date, begins, ends, ends, zone)

    def planned(self, zone: ZoneInfo) -> Planned:
        """The row as the check of a roster reads it; needs its shift type fetched."""
        return Planned(
            self.employee_id,
            self.shift_type.code,
            self.shift(zone),
            self.break_minutes,
            self.leads,
        )


class RosterPublication(models.Model):
    """One published version of a roster as it stood, with what was warned of (排班发布)."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField(_("版本"))
    at = models.DateTimeField(_("发布时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发布人"),
    )
    body = models.JSONField(_("内容"), default=list)
    changes = models.JSONField(_("改动"), default=list)
    warnings = models.JSONField(_("提醒"), default=list)

    class Meta:
        verbose_name = _("排班发布")
        verbose_name_plural = _("排班发布")
        ordering = ["roster_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="roster_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} v{self.number}"


class StaffingNeed(models.Model):
    """How many people a team needs at least in a shift, every day (最少人数, K2)."""

    team = models.ForeignKey(
        "people.Team",
        models.CASCADE,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    shift_type = models.ForeignKey(
        ShiftType, models.CASCADE, related_name="+", verbose_name=_("班次")
    )
    least = models.PositiveSmallIntegerField(_("最少人数"))

    class Meta:
        verbose_name = _("最少人数")
        verbose_name_plural = _("最少人数")
        ordering = ["team_id", "shift_type_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "shift_type"], name="staffing_once_a_team_and_shift"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.shift_type_id}: {self.least}"


class SwapRequest(models.Model):
    """
    Somebody asks a colleague to take a shift or to exchange two (换班, K2).

    ``their_date`` is None where the colleague takes the shift without giving one.
    """

    asker = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    date = models.DateField(_("我的班次"))
    partner = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("换班对象")
    )
    their_date = models.DateField(_("对方的班次"), null=True, blank=True)
    reason = models.CharField(_("事由"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=swap_state_choices, default="asked")
    asked_at = models.DateTimeField(_("提出时间"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("批准人"),
    )
    decided_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    answer = models.CharField(_("答复"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("换班")
        verbose_name_plural = _("换班")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asker", "date"],
                condition=Q(state__in=["asked", "agreed"]),
                name="swap_one_open_a_shift",
            ),
            models.CheckConstraint(
                name="swap_between_two", condition=~Q(asker=models.F("partner"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker_id} → {self.partner_id} {self.date}"
