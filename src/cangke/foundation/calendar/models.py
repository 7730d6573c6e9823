from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.wording import in_english

from . import rules


def kind_choices() -> list[tuple[str, Any]]:
    return [
        (rules.DayKind.HOLIDAY, _("放假")),
        (rules.DayKind.WORKDAY, pgettext_lazy("kind of day", "上班")),
    ]


class CalendarDay(models.Model):
    """A day of a region that differs from the plain week: a holiday, or a make-up working day."""

    region = models.CharField(_("地区"), max_length=10)
    date = models.DateField(_("日期"))
    kind = models.CharField(_("类别"), max_length=8, choices=kind_choices)
    name = models.CharField(_("名称"), max_length=120, blank=True)
    by_hand = models.BooleanField(_("人工设置"), default=False)

    class Meta:
        verbose_name = _("日历日")
        verbose_name_plural = _("日历日")
        ordering = ["region", "date"]
        constraints = [
            models.UniqueConstraint(fields=["region", "date"], name="calendar_one_kind_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.title or self.kind}"

    @property
    def title(self) -> str:
        """The name in the reader's language; what a company wrote stays as it wrote it."""
        if self.by_hand or not in_english():
            return self.name
        return rules.english_names(self.region, self.date.year).get(self.date, self.name)


class CalendarYear(models.Model):
    """A year of a region whose holidays are known; in any other only the weekend is free."""

    region = models.CharField(_("地区"), max_length=10)
    year = models.PositiveSmallIntegerField(_("年份"))
    seeded_at = models.DateTimeField(_("载入时间"))

    class Meta:
        verbose_name = _("日历年")
        verbose_name_plural = _("日历年")
        ordering = ["region", "year"]
        constraints = [
            models.UniqueConstraint(fields=["region", "year"], name="calendar_one_year"),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.year}"


class OpeningTable(models.Model):
    """Named opening hours that channels, queues and service clocks refer to."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    hours = models.JSONField(_("时间"), default=dict)

    class Meta:
        verbose_name = _("营业时间")
        verbose_name_plural = _("营业时间")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def opening_hours(self) -> rules.OpeningHours:
        """Return the hours as a rule that can be asked."""
        return rules.OpeningHours.from_data(self.hours)
