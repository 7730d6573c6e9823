from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def roll_state_choices() -> list[tuple[str, Any]]:
    return [
        ("present", pgettext_lazy("roll", "到岗")),
        ("absent", pgettext_lazy("roll", "未到")),
        ("later", pgettext_lazy("roll", "未到上班时间")),
    ]


def mood_choices() -> list[tuple[str, Any]]:
    return [
        ("good", pgettext_lazy("mood", "饱满")),
        ("fair", pgettext_lazy("mood", "一般")),
        ("tired", pgettext_lazy("mood", "疲惫")),
        ("unwell", pgettext_lazy("mood", "不适")),
    ]


class RollCall(models.Model):
    """Who was there at the morning meeting of a team (点名, K25)."""

    team = models.ForeignKey(
        "people.Team",
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    date = models.DateField(_("日期"))
    note = models.CharField(_("备注"), max_length=500, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("点名人")
    )
    held_at = models.DateTimeField(_("点名时间"))

    class Meta:
        verbose_name = _("点名")
        verbose_name_plural = _("点名")
        ordering = ["-date", "team_id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "date"], name="roll_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.date}"


class RollLine(models.Model):
    """One person at a roll call: there or why not, and in what state of mind (点名记录)."""

    roll = models.ForeignKey(RollCall, models.CASCADE, related_name="lines")
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    state = models.CharField(_("到岗"), max_length=8, choices=roll_state_choices)
    came_at = models.DateTimeField(_("打卡"), null=True, blank=True)
    mood = models.CharField(_("精神面貌"), max_length=8, choices=mood_choices, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("点名记录")
        verbose_name_plural = _("点名记录")
        ordering = ["employee__number"]
        constraints = [
            models.UniqueConstraint(fields=["roll", "employee"], name="roll_line_once"),
            models.CheckConstraint(
                name="roll_absent_has_reason", condition=~Q(state="absent") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roll_id} {self.employee_id}"
