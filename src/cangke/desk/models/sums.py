from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportSums(models.Model):
    """
    What past days add to the reports (日汇总): one day, or a month made of such days.

    Only derived: deleting all of it loses nothing. ``reach`` is whose talk (the house's or one
    department's), ``part`` a channel, shop or stage of it, empty for all. ``fingerprint`` is of all
    that the numbers depend on besides the talk; where it is another one now, they do not count.
    ``cases`` stand apart: only the report of costs reads them.
    """

    reach = models.CharField(_("范围"), max_length=40)
    part = models.CharField(_("部分"), max_length=40, blank=True)
    first_date = models.DateField(_("从"))
    last_date = models.DateField(_("到"))
    fingerprint = models.CharField(_("依据指纹"), max_length=64)
    sums = models.JSONField(_("汇总"))
    cases = models.JSONField(_("接待成本"), default=dict)

    class Meta:
        verbose_name = _("日汇总")
        verbose_name_plural = _("日汇总")
        ordering = ["first_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reach", "part", "first_date", "last_date"], name="report_sums_once"
            ),
            models.CheckConstraint(
                name="report_sums_days_in_order",
                condition=models.Q(first_date__lte=models.F("last_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reach} {self.part} {self.first_date}–{self.last_date}"


class StaleDay(models.Model):
    """
    A past day of which something was written again, so that its sums do not count (待重算).

    Only ever added by writers, in the transaction of the change; who sums the day up again takes
    away the rows seen before the counting began. So nothing that comes in between is lost.
    """

    date = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("待重算")
        verbose_name_plural = _("待重算")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.date)
