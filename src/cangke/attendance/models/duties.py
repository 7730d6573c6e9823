from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def duty_kind_choices() -> list[tuple[str, Any]]:
    return [
        ("chores", _("班前值日")),
        ("holiday", _("假日值班")),
        ("night", _("夜间值班")),
    ]


class DutyTurn(models.Model):
    """
    Somebody's turn: chores before the shift (值日, K26), or duty on a holiday or night (值班, K27).

    Duty ends with a hand-over note; chores are ticked.
    """

    team = models.ForeignKey(
        "people.Team",
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    date = models.DateField(_("日期"))
    kind = models.CharField(_("类别"), max_length=8, choices=duty_kind_choices)
    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    planned_at = models.DateTimeField(_("登记时间"))
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    note = models.CharField(_("交接说明"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("值日与值班")
        verbose_name_plural = _("值日与值班")
        ordering = ["date", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "date", "kind", "employee"], name="duty_once_a_person_and_day"
            ),
            models.CheckConstraint(
                name="duty_handed_over",
                condition=models.Q(done_at__isnull=True)
                | models.Q(kind="chores")
                | ~models.Q(note=""),
            ),
        ]
        indexes = [models.Index(fields=["team", "date"], name="duty_of_team")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.date} {self.kind}"
