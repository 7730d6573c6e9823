from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.wording import either

from ..rules import Shift, place_shift


def tone_choices() -> list[tuple[str, Any]]:
    return [
        ("", _("灰")),
        ("accent", _("蓝")),
        ("done", _("绿")),
        ("wait", _("黄")),
        ("block", _("紫")),
    ]


class ShiftType(models.Model):
    """When a kind of shift begins and ends by the clock of the site (班次, K1)."""

    code = models.SlugField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=30)
    name_en = models.CharField(_("英文名称"), max_length=30, blank=True)
    mark = models.CharField(_("排班表上的字"), max_length=2)
    start = models.TimeField(_("上班"))
    end = models.TimeField(_("下班"))
    break_minutes = models.PositiveSmallIntegerField(_("休息分钟"), default=0)
    tone = models.CharField(
        _("颜色"), max_length=8, choices=tone_choices, blank=True, default="accent"
    )
    place = models.PositiveSmallIntegerField(_("顺序"), default=0)
    active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("班次")
        verbose_name_plural = pgettext_lazy("several", "班次")
        ordering = ["place", "start", "pk"]
        constraints = [
            models.CheckConstraint(
                name="shift_type_has_length",
                condition=~models.Q(start=models.F("end")),
            )
        ]

    def __str__(self) -> str:
        return either(self.name, self.name_en)

    @property
    def crosses_midnight(self) -> bool:
        """Whether it ends on the day after the one it belongs to."""
        return self.end <= self.start

    @property
    def hours_text(self) -> str:
        """From when to when, as people write it."""
        return f"{self.start:%H:%M}–{self.end:%H:%M}"

    def on(self, day: dt.date, zone: ZoneInfo) -> Shift:
        """The shift of a day at a site."""
        return place_shift(day, self.start, self.end, zone)
