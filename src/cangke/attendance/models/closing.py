from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ClosedMonth(models.Model):
    """Somebody's month is settled: its day records stay as they are (考勤封账)."""

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    month = models.DateField(_("月份"))
    closed_at = models.DateTimeField(_("封账时间"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("封账人"),
    )

    class Meta:
        verbose_name = _("考勤封账")
        verbose_name_plural = _("考勤封账")
        ordering = ["-month", "employee_id"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "month"], name="closed_month_once")
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.month}"


class LateFact(models.Model):
    """
    A fact of a closed month that became known afterwards (封账后的事实).

    Gone once the month is opened again.

    ``source`` is ``day`` or ``leave``, ``digest`` what the facts come to, so that the same fact is
    noted once.
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    month = models.DateField(_("月份"))
    date = models.DateField(_("日期"))
    source = models.CharField(_("来源"), max_length=10)
    digest = models.CharField(_("事实指纹"), max_length=64)
    noticed_at = models.DateTimeField(_("发现时间"))

    class Meta:
        verbose_name = _("封账后的事实")
        verbose_name_plural = _("封账后的事实")
        ordering = ["-noticed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "date", "source", "digest"], name="late_fact_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.date} {self.source}"
